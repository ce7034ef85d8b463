from __future__ import annotations

import re

import httpx
import pytest

from bot.catalog import Catalog
from bot.facts.store import FactStore
from tests.desk.conftest import SignIn, person
from tests.web.rasa_side import RasaSide

READER, EDITOR = person("reader"), person("editor")


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
    await staff.get("/desk")

    few = await staff.post("/desk/suggest", question="öv")
    found = await staff.post("/desk/suggest", question="öve")

    assert few.json() == []
    assert "appeal" in [one["topic"] for one in found.json()[:3]]
    assert found.json()[0].keys() == {"topic", "title", "text", "language"}


async def test_a_withheld_amount_is_not_told(sign_in: SignIn, desk_store: FactStore, light_catalog: Catalog) -> None:
    page = await sign_in(READER).get("/desk?amne=grant_amount&sprak=en")

    # Nothing has been confirmed in this store for long: what is shown says so.
    assert 'id="unconfirmed"' in page.text


async def test_a_report_names_exactly_what_was_said(sign_in: SignIn) -> None:
    staff, editor = sign_in(READER), sign_in(EDITOR)
    version = shown(await staff.get("/desk?amne=appeal&sprak=so"), "version")
    fields = {"amne": "appeal", "sprak": "so", "kind": "wrong", "reason": "Ring 070-123 45 67"}

    sent = await staff.post("/desk/report", **fields, version=str(version))
    stale = await staff.post("/desk/report", **fields, version="0" * 12)
    page = await editor.get("/desk/reports")

    assert (sent.status_code, stale.status_code) == (303, 409)
    assert page.text.count("data-report=") == 1
    assert str(version) in page.text
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


async def test_readers_do_not_deal_with_reports(sign_in: SignIn) -> None:
    assert (await sign_in(READER).get("/desk/reports")).status_code == 403
