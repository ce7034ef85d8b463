from __future__ import annotations

import asyncio
import re
from threading import Event
from typing import Any

import httpx
import pytest
import segno
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.audit import Audit
from bot.desk.decisions import Decisions
from bot.desk.reports import Answer, Reports
from bot.desk.search import Index
from bot.facts import formats
from bot.facts.store import FactStore
from tests.desk.conftest import SignIn, Time, person
from tests.web.page import read
from tests.web.rasa_side import RasaSide

READER, EDITOR = person("reader"), person("editor")
# Seconds within which threads meet.
WAITING = 20


def shown(response: httpx.Response, name: str) -> str | None:
    """Return the value of a data attribute of the page."""
    assert response.status_code == 200, response.text
    found = re.search(rf'data-{name}="([^"]*)"', response.text)
    return found[1] if found else None


def choices(response: httpx.Response) -> list[str]:
    return re.findall(r'name="amne" value="(\w+)" data-key', response.text)


async def test_the_box_has_the_focus_at_first(sign_in: SignIn) -> None:
    page = await sign_in(READER).get("/desk")

    assert re.search(r'<input id="question"[^>]* autofocus>', page.text)
    assert shown(page, "topic") is None


async def test_a_question_shows_what_the_resident_would_get(sign_in: SignIn, rasa: RasaSide) -> None:
    rasa.means("answered", "appeal", nearest=["complaint"])
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question="hur överklagar man beslutet", sprak="")

    assert (shown(page, "topic"), shown(page, "outcome"), shown(page, "evidence")) == ("appeal", "answered", "certain")
    assert choices(page)[:2] == ["appeal", "complaint"]


async def test_no_conversation_is_gone_on_with(sign_in: SignIn, rasa: RasaSide) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")
    for _ in range(2):
        await staff.post("/desk", question="hur överklagar man beslutet")

    senders = [body["sender"] for body in rasa.received]
    assert len(set(senders)) == len(senders) == 2
    assert {body["metadata"]["topic"] for body in rasa.received} == {None}


async def test_without_rasa_the_search_answers(sign_in: SignIn, rasa: RasaSide) -> None:
    rasa.fails(lambda request: httpx.Response(502))
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question="overklaga beslutet")

    assert (shown(page, "topic"), shown(page, "outcome"), shown(page, "evidence")) == ("appeal", "unavailable", "guess")


async def test_another_hit_can_be_chosen(sign_in: SignIn) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question="hur överklagar man beslutet", amne="complaint")

    assert (shown(page, "topic"), shown(page, "evidence")) == ("complaint", None)
    assert 'value="hur överklagar man beslutet"' in page.text


@pytest.mark.parametrize(("chosen", "language"), [("", "so"), ("fi", "fi"), ("sv", None)])
async def test_the_callers_language_is_chosen_or_that_of_the_question(
    sign_in: SignIn, chosen: str, language: str | None, catalog: Catalog
) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question=catalog.language("so").titles["appeal"], sprak=chosen)

    others = set(re.findall(r'<div lang="(\w+)"', page.text)) - {"sv"}
    assert others == ({language} if language else set())


@pytest.mark.parametrize("chosen", ["", "fi", "sv"])
async def test_a_question_is_understood_in_the_language_it_is_written_in(
    sign_in: SignIn, rasa: RasaSide, chosen: str, catalog: Catalog
) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    await staff.post("/desk", question=catalog.language("so").titles["appeal"], sprak=chosen)

    assert rasa.received[-1]["metadata"]["language"] == "so"


async def test_personal_data_go_no_further(sign_in: SignIn, rasa: RasaSide) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question="jag heter 19121212-1212, hur överklagar jag")

    assert "19121212" not in page.text
    assert "19121212" not in rasa.messages[-1]


@pytest.mark.parametrize("question", ["", "   ", "x" * 2000])
async def test_what_is_no_question_is_told_beside_the_box(sign_in: SignIn, question: str, rasa: RasaSide) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question=question)

    assert page.status_code == 422
    assert re.search(
        r'<input id="question"[^>]* aria-describedby="question-hint question-error" aria-invalid', page.text
    )
    assert rasa.received == []


async def test_what_was_asked_is_shown_as_text(sign_in: SignIn) -> None:
    staff = sign_in(READER)
    await staff.get("/desk")

    page = await staff.post("/desk", question='"><script>alert(1)</script> överklaga')

    assert "<script>alert" not in page.text


async def test_a_topic_has_an_address_of_its_own(sign_in: SignIn) -> None:
    staff = sign_in(READER)

    assert shown(await staff.get("/desk?amne=appeal&sprak=ar"), "topic") == "appeal"
    assert (await staff.get("/desk?amne=nothing")).status_code == 404


async def test_suggestions_come_from_the_third_letter(sign_in: SignIn, light_catalog: Catalog) -> None:
    staff = sign_in(READER)
    # Whoever asks waits for the index.
    await staff.post("/desk", question="överklaga")

    few = await staff.post("/desk/suggest", question="öv")
    found = await staff.post("/desk/suggest", question="öve")

    assert few.json() == []
    assert "appeal" in [one["topic"] for one in found.json()[:3]]
    assert found.json()[0].keys() == {"topic", "title", "text", "language"}


async def test_who_types_before_the_index_is_made_takes_no_thread(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, made = Event(), Event()

    def make(*arguments: Any) -> Index:
        making.set()
        assert made.wait(WAITING)
        return Index(*arguments)

    monkeypatch.setattr("bot.desk.assistant.Index", make)
    staff = sign_in(READER)
    await staff.get("/desk")
    first = asyncio.create_task(staff.post("/desk", question="överklaga"))
    assert await asyncio.to_thread(making.wait, WAITING)
    try:
        # As many as there are threads.
        typing = asyncio.gather(*(staff.post("/desk/suggest", question="överklaga") for _ in range(40)))
        early = await asyncio.wait_for(typing, WAITING / 2)
        page = await asyncio.wait_for(staff.get("/desk/facts"), WAITING / 2)
    finally:
        made.set()
    await first
    late = await staff.post("/desk/suggest", question="överklaga")

    assert {(one.status_code, one.text) for one in early} == {(202, "[]")}
    assert page.status_code == 200
    assert (late.status_code, late.json()[0]["topic"]) == (200, "appeal")


async def test_what_is_not_confirmed_says_so(sign_in: SignIn) -> None:
    page = await sign_in(READER).get("/desk?amne=grant_amount&sprak=en")

    # Nothing has been confirmed in this store for long.
    assert 'id="unconfirmed"' in page.text
    assert "350,000" in page.text


@pytest.fixture
def withheld(desk_store: FactStore, light_catalog: Catalog, engine: Engine, time: Time) -> None:
    """An amount is withheld before the gateway starts."""
    Decisions(desk_store, light_catalog.ledger.facts, Audit(engine), time).withhold(EDITOR, "grant_adult", "Fel")


@pytest.mark.usefixtures("withheld")
async def test_a_withheld_amount_is_not_told(sign_in: SignIn) -> None:
    page = await sign_in(READER).get("/desk?amne=grant_amount&sprak=en")

    assert shown(page, "topic") == "grant_amount"
    assert not re.search(r"350\D?000", page.text)


async def test_an_answer_is_shown_with_all_that_staff_need_beside_it(
    sign_in: SignIn, rasa: RasaSide, light_catalog: Catalog
) -> None:
    rasa.means("answered", "grant_amount")
    staff = sign_in(READER)
    await staff.get("/desk")

    page = read((await staff.post("/desk", question="hur mycket pengar är bidraget", sprak="so")).text)
    sheet = page.one("article", id="sheet")

    blocks = [pair for pair in sheet.all("div", class_="pair") if pair.get("class") == "pair"]
    sides = [[side["lang"] for side in pair.all("div") if side.text.strip()] for pair in blocks]
    assert sides == [["sv", "so"]] * len(light_catalog.language("sv").answers["grant_amount"])
    assert all(list(sheet.one("section", class_=kind).all("li")) for kind in ("say", "avoid"))
    sources = list(sheet.one("ul", class_="sources").all("li"))
    assert sources
    for source in sources:
        assert source.one("a")["href"].startswith("https://")
        # How it stands, and since which day.
        [state] = [one for one in source.all("span") if one.get("class") in ("confirmed", "unconfirmed")]
        assert re.search(r"\d{4}", state.text)
    owner = sheet.one("section", id="owner")
    assert "tel:" in [link["href"][:4] for link in owner.all("a")]
    assert owner.one("p", id="hours").text.strip()
    assert list(sheet.one("details", id="why").all("li"))
    assert {one["data-copy"] for one in sheet.all("button") if one.get("data-copy")} == {"copy-sv", "copy-so"}


@pytest.mark.parametrize("code", ["sv", "so"])
async def test_an_answer_is_copied_with_title_link_and_date(
    sign_in: SignIn, light_catalog: Catalog, code: str, time: Time
) -> None:
    page = read((await sign_in(READER).get("/desk?amne=appeal&sprak=so")).text)
    language = light_catalog.language(code)

    lines = page.one("textarea", id=f"copy-{code}").text.strip().splitlines()

    assert lines[0] == language.titles["appeal"]
    assert len("".join(lines[1:-2])) > 100
    assert lines[-2:] == [f"http://desk.test/amne/appeal?sprak={code}", formats.day(time().date(), language.locale)]


async def test_a_picture_leads_to_the_answer_in_the_callers_language(sign_in: SignIn) -> None:
    staff = sign_in(READER)
    page = read((await staff.get("/desk?amne=appeal&sprak=so")).text)
    code = page.one("figure", class_="code")

    picture = await staff.get(code.one("img")["src"])

    link = "http://desk.test/amne/appeal?sprak=so"
    assert code.one("a")["href"] == link
    drawn = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    assert re.findall(r' d="([^"]+)"', picture.text) == re.findall(r' d="([^"]+)"', drawn) != []


async def test_a_report_names_exactly_what_was_said(sign_in: SignIn) -> None:
    staff, editor = sign_in(READER), sign_in(EDITOR)
    version = shown(await staff.get("/desk?amne=appeal&sprak=so"), "version")
    fields = {"amne": "appeal", "sprak": "so", "kind": "wrong", "reason": "Ring 070-123 45 67"}

    sent = await staff.post("/desk/report", **fields, version=str(version))
    stale = await staff.post("/desk/report", **fields, version="0" * 12)
    page = await editor.get("/desk/reports")

    assert (sent.status_code, stale.status_code) == (303, 409)
    reports = list(read(page.text).all("article", class_="report"))
    assert [report.one("code").text for report in reports] == [version]
    said = read((await staff.get("/desk?amne=appeal&sprak=so")).text).one("textarea", id="copy-so").text
    assert reports[0].one("p", class_="as-written").text.strip() in said
    assert "070-123" not in page.text


async def test_a_report_is_dealt_with_for_a_reason(sign_in: SignIn) -> None:
    staff, editor = sign_in(READER), sign_in(EDITOR)
    version = str(shown(await staff.get("/desk?amne=appeal&sprak=so"), "version"))
    await staff.post("/desk/report", amne="appeal", sprak="so", kind="wrong", reason="Fel", version=version)
    id = shown(await editor.get("/desk/reports"), "report")

    assert (await editor.post(f"/desk/reports/{id}", reason=" ")).status_code == 422
    assert (await editor.post(f"/desk/reports/{id}", reason="Rättat")).status_code == 303
    assert shown(await editor.get("/desk/reports"), "report") is None
    assert (await editor.post(f"/desk/reports/{id}", reason="Rättat")).status_code == 404


@pytest.mark.parametrize("missing", ["reason", "kind", "version"])
async def test_a_report_without_its_parts_is_refused(sign_in: SignIn, missing: str) -> None:
    staff = sign_in(READER)
    version = str(shown(await staff.get("/desk?amne=appeal&sprak=so"), "version"))
    fields = {"amne": "appeal", "sprak": "so", "kind": "wrong", "reason": "Fel", "version": version}
    del fields[missing]

    assert (await staff.post("/desk/report", **fields)).status_code in (409, 422)


async def test_a_report_on_a_topic_that_is_gone_is_shown_with_its_time_in_stockholm(
    sign_in: SignIn, engine: Engine, time: Time
) -> None:
    # Half past midnight in Stockholm.
    time.pass_by(hours=14.5)
    answer = Answer("gone_topic", "sv", "0123456789ab", "Svar")
    Reports(engine, Audit(engine)).add(answer, "wrong", "Fel", READER, time())

    page = read((await sign_in(EDITOR).get("/desk/reports")).text)

    report = page.one("article", class_="report")
    assert report.one("h2").text == "gone_topic"
    assert report.one("time").text == "2026-11-27 00:30"


async def test_readers_do_not_deal_with_reports(sign_in: SignIn) -> None:
    assert (await sign_in(READER).get("/desk/reports")).status_code == 403
