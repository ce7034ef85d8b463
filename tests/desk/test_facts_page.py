from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import lxml.html
import pytest
from fastapi import FastAPI
from markupsafe import escape
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.desk.audit import Audit
from bot.desk.board import Board
from bot.desk.decisions import Decisions
from bot.desk.local import ADMINISTRATOR
from bot.desk.sessions import Sessions
from bot.facts.ledger import State
from bot.facts.page import Page
from bot.facts.standing import Reading, Verdict, all_effective, confirmed, judged
from bot.facts.store import Check, FactStore, SeenPage
from tests.desk.conftest import MARKUP, SignIn, Staff, Time, person
from tests.web.page import read

FACT = "grant_adult"
PAGE = f"/desk/facts/{FACT}"


def hidden(html: str, action: str) -> str:
    """What the form of an action holds as shown."""
    found = re.search(f'name="action" value="{action}">\\s*<input type="hidden" name="shown" value="([^"]*)"', html)
    assert found, action
    return found[1]


async def decide(staff: Staff, action: str, page: str = PAGE, reason: str = "Källan säger så.", **fields: str) -> int:
    """Decide as the page's form does. Returns the status."""
    html = (await staff.get(page)).text
    # One's own proposal cannot be accepted, nor one that is gone: there is no form.
    shown = hidden(html, action) if f'value="{action}"' in html else ""
    return (await staff.post(page, action=action, reason=reason, **{"shown": shown, **fields})).status_code


def value_and_state(store: FactStore, time: Time, id: str = FACT) -> tuple[object, State]:
    fact = all_effective([store._ledger.facts[id]], store.standings())[id]
    return fact.value, fact.state(time().date())


@pytest.fixture
def editor(sign_in: SignIn) -> Staff:
    return sign_in(person("editor", "Anna"))


async def test_the_board_shows_every_fact(editor: Staff, desk_store: FactStore) -> None:
    html = (await editor.get("/desk/facts")).text

    assert set(re.findall(r'<tr id="(\w+)">', html)) == set(desk_store._ledger.facts)


async def test_a_row_tells_how_a_fact_stands_and_where_it_comes_from(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    source = desk_store._ledger.facts[FACT].source
    read_at, due = time() - timedelta(hours=3), time() + timedelta(hours=21)
    kept = SeenPage(source.id, due, failures=2, fetched_at=read_at)
    desk_store.decide((), lambda _, standing: (standing, ""), time(), page=kept)
    await decide(editor, "confirm")
    time.pass_by(days=3)

    row = read((await sign_in(person("reader")).get("/desk/facts")).text).one("tr", id=FACT)

    value, _, checked, age, link, last, next_one = row.all("td")
    assert "350\u00a0000" in value.text
    assert (checked.text, age.text) == ("2026-11-26", "3 dagar")
    assert link.one("a")["href"] == source.url
    assert (last.one("time")["datetime"], next_one.one("time")["datetime"]) == (read_at.isoformat(), due.isoformat())
    assert last.one("strong").text.startswith("2")


async def test_each_state_is_told_in_words(editor: Staff, desk_store: FactStore) -> None:
    told = []
    for action in ("", "confirm", "withhold"):
        if action:
            await decide(editor, action)
        row = read((await editor.get("/desk/facts")).text).one("tr", id=FACT)
        told.append(list(row.all("td"))[1].text)

    assert len(set(told)) == 3


async def test_alerts_stand_above_the_facts(editor: Staff, desk_store: FactStore) -> None:
    await decide(editor, "withhold")

    page = read((await editor.get("/desk/facts")).text)

    order = [one for one in page.one("main").all() if one.tag == "table" or one.get("class") == "alerts"]
    assert [one.tag for one in order] == ["section", "table"]
    assert f"/desk/facts/{FACT}" in [link["href"] for link in order[0].all("a")]
    # The facts that somebody should look at come first in the table too.
    rows = [row["id"] for row in order[1].one("tbody").all("tr")]
    only = read((await editor.get("/desk/facts?show=attention")).text)
    assert rows[: len(list(only.one("tbody").all("tr")))] == [row["id"] for row in only.one("tbody").all("tr")]
    assert FACT in rows


async def test_checks_of_a_source_are_shown_beside_its_fact(editor: Staff, desk_store: FactStore, time: Time) -> None:
    source = desk_store._ledger.facts[FACT].source
    check = Check(source.id, time(), 0.25, "timeout")
    desk_store.decide((), lambda _, standing: (standing, ""), time(), check=check)

    page = read((await editor.get(PAGE)).text)

    caption = page.one("caption", id="checks-caption")
    assert caption.parent
    [row] = caption.parent.one("tbody").all("tr")
    assert row.one("time")["datetime"] == time().isoformat()


async def test_confirming_makes_a_fact_fresh(editor: Staff, desk_store: FactStore, time: Time) -> None:
    assert value_and_state(desk_store, time) == (350000, State.UNCONFIRMED)

    assert await decide(editor, "confirm") == 303

    assert value_and_state(desk_store, time) == (350000, State.CONFIRMED)
    [change] = desk_store.history(desk_store._ledger.facts[FACT])
    assert (change.by, change.reason, change.cause) == ("Anna", "Källan säger så.", "person")


async def test_a_decision_and_its_record_are_kept_together(
    editor: Staff, engine: Engine, desk_store: FactStore, time: Time
) -> None:
    await decide(editor, "withhold", reason=" Fel på sidan. ")

    [row] = Audit(engine).latest(10)
    assert (row["person"], row["action"], row["subject"], row["reason"]) == (
        *("sub-Anna", "fact.withhold", FACT),
        "Fel på sidan.",
    )
    assert row["before"] == '{"state": "unconfirmed", "value": 350000}'
    assert row["after"] == '{"state": "withheld", "value": 350000}'
    assert row["at"] == time()


@pytest.mark.parametrize("action", ["confirm", "correct", "withhold"])
@pytest.mark.parametrize("reason", ["", "  "])
async def test_nothing_is_decided_without_a_reason(
    action: str, reason: str, editor: Staff, engine: Engine, desk_store: FactStore
) -> None:
    assert await decide(editor, action, reason=reason, value="1") == 422

    assert desk_store.last_change() == 0
    assert Audit(engine).latest(10) == []


async def test_a_value_that_cannot_be_read_is_told_beside_its_field(editor: Staff, desk_store: FactStore) -> None:
    html = (await editor.get(PAGE)).text
    response = await editor.post(PAGE, action="correct", reason="Ny", value="mycket", shown=hidden(html, "correct"))

    assert response.status_code == 422
    assert re.search(r'value="mycket"[^>]*aria-invalid="true"[^>]*aria-describedby="new-value-error"', response.text)
    assert desk_store.last_change() == 0


async def test_one_editor_alone_corrects_an_amount(editor: Staff, desk_store: FactStore, time: Time) -> None:
    assert await decide(editor, "correct", value="360 000 kr") == 303

    assert value_and_state(desk_store, time) == (360000, State.CONFIRMED)


async def test_another_amount_waits_for_a_second_editor(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time, engine: Engine
) -> None:
    second = sign_in(person("admin", "Bo"))
    await decide(editor, "correct", value="360000")
    assert value_and_state(desk_store, time)[0] == 350000
    assert 'id="proposal"' in (await second.get(PAGE)).text

    # Not by the one who proposed it, and not a second time.
    assert await decide(editor, "accept") == 422
    assert await decide(second, "correct", value="370000") == 422
    assert value_and_state(desk_store, time)[0] == 350000

    assert await decide(second, "accept", reason="Jag har sett det.") == 303
    assert value_and_state(desk_store, time) == (360000, State.CONFIRMED)
    assert 'id="proposal"' not in (await second.get(PAGE)).text
    actions = [(row["name"], row["action"]) for row in Audit(engine).latest(10)]
    assert actions == [("Bo", "fact.accept"), ("Anna", "fact.propose")]


async def test_a_second_person_who_is_no_editor_changes_nothing_of_that(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    sign_in(person("reviewer", "Rut"))
    await decide(editor, "correct", value="360000")

    assert value_and_state(desk_store, time)[0] == 360000


async def test_the_administrator_without_an_account_is_not_waited_for(
    sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    sign_in(ADMINISTRATOR)
    time.pass_by(days=1)
    await decide(sign_in(person("editor", "Anna")), "correct", value="360000")

    assert value_and_state(desk_store, time)[0] == 360000


async def test_an_editor_who_has_long_been_away_is_not_waited_for(
    sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    sign_in(person("editor", "Bo"))
    time.pass_by(days=31)
    await decide(sign_in(person("editor", "Anna")), "correct", value="360000")

    assert value_and_state(desk_store, time)[0] == 360000


async def test_what_is_no_amount_needs_one_editor(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    sign_in(person("editor", "Bo"))
    await decide(editor, "correct", "/desk/facts/adult_age", value="19")

    assert value_and_state(desk_store, time, "adult_age")[0] == 19


async def test_a_proposal_can_be_declined_by_either(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    second = sign_in(person("editor", "Bo"))
    for staff in (editor, second):
        await decide(editor, "correct", value="360000")
        assert await decide(staff, "decline") == 303
        assert 'id="proposal"' not in (await staff.get(PAGE)).text
    assert await decide(second, "accept") == 422
    assert value_and_state(desk_store, time)[0] == 350000


async def test_a_proposal_does_not_undo_what_came_after_it(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    second = sign_in(person("editor", "Bo"))
    await decide(editor, "correct", value="360000")
    other = desk_store._ledger.facts[FACT]
    # Somebody at a terminal was faster.
    desk_store.decide([other], lambda fact, s: (confirmed(fact, s, 380000, None, time()), "person"), time())

    assert await decide(second, "accept") == 422
    assert value_and_state(desk_store, time)[0] == 380000


async def test_what_somebody_else_changed_meanwhile_is_not_decided_on(
    sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    first, second = sign_in(person("editor", "Anna")), sign_in(person("editor", "Anna"))
    old = hidden((await first.get(PAGE)).text, "confirm")
    await decide(second, "correct", value="360000")

    for action in ("confirm", "correct"):
        response = await first.post(PAGE, action=action, reason="x", value="1", shown=old)
        assert response.status_code == 422
        assert 'id="fault"' in response.text
    assert value_and_state(desk_store, time)[0] == 360000


@pytest.mark.parametrize("action", ["confirm", "correct"])
async def test_what_somebody_else_withheld_meanwhile_stays_withheld(
    action: str, sign_in: SignIn, desk_store: FactStore, time: Time, engine: Engine
) -> None:
    first, second = sign_in(person("editor", "Anna")), sign_in(person("editor", "Bo"))
    old = hidden((await first.get(PAGE)).text, action)
    await decide(second, "withhold")

    sent = {"action": action, "reason": "Jag har läst det.", "value": "350000", "shown": old}
    response = await first.post(PAGE, **sent)

    assert response.status_code == 422
    assert value_and_state(desk_store, time)[1] is State.WITHHELD
    assert [row["action"] for row in Audit(engine).latest(5)] == ["fact.withhold"]
    # What was typed is still there, and the form stands for what is shown now.
    page = read(response.text)
    assert page.one("div", id="fault").one("p").text
    assert page.one("input", id=f"{action}-reason")["value"] == sent["reason"]
    assert (await first.post(PAGE, **{**sent, "shown": hidden(response.text, action)})).status_code == 303


async def test_a_doubt_raised_meanwhile_is_not_cleared(editor: Staff, desk_store: FactStore, time: Time) -> None:
    fact = next(fact for fact in desk_store._ledger.facts.values() if fact.watched and fact.known and fact.max_age)
    page = f"/desk/facts/{fact.id}"
    old = hidden((await editor.get(page)).text, "confirm")
    for hash in ("one", "other", "other"):
        time.pass_by(minutes=6)
        seen = partial(judged, reading=Reading(fact.id, Verdict.SILENT), page_hash=hash, now=time())
        desk_store.decide([fact], seen, time())
    assert desk_store.standings()[fact.id].doubted

    assert (await editor.post(page, action="confirm", reason="x", shown=old)).status_code == 422
    assert desk_store.standings()[fact.id].doubted


async def test_a_page_that_was_read_again_meanwhile_is_seen_before_a_fact_is_confirmed(
    editor: Staff, desk_store: FactStore, time: Time
) -> None:
    old = hidden((await editor.get(PAGE)).text, "confirm")
    page = SeenPage(desk_store._ledger.facts[FACT].source.id, time(), hash="other")
    desk_store.decide((), lambda _, standing: (standing, ""), time(), page=page)

    assert (await editor.post(PAGE, action="confirm", reason="x", shown=old)).status_code == 422
    assert desk_store.last_change() == 0


@pytest.mark.parametrize("action", ["accept", "decline"])
async def test_another_proposal_than_the_one_that_was_seen_is_not_decided_on(
    action: str, editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    second = sign_in(person("editor", "Bo"))
    await decide(editor, "correct", value="360000")
    old = hidden((await second.get(PAGE)).text, action)
    await decide(editor, "decline")
    await decide(editor, "correct", value="390000")

    response = await second.post(PAGE, action=action, reason="Jag har sett det.", shown=old)

    assert response.status_code == 422
    assert value_and_state(desk_store, time)[0] == 350000
    page = read(response.text)
    assert "390" in page.one("p", id="proposal").text
    assert page.one("input", id=f"{action}-reason")["value"] == "Jag har sett det."
    assert await decide(second, action) == 303


async def test_a_fact_that_was_withheld_after_the_proposal_was_seen_stays_withheld(
    editor: Staff, sign_in: SignIn, desk_store: FactStore, time: Time
) -> None:
    second = sign_in(person("editor", "Bo"))
    await decide(editor, "correct", value="360000")
    old = hidden((await second.get(PAGE)).text, "accept")
    await decide(editor, "withhold")

    assert (await second.post(PAGE, action="accept", reason="x", shown=old)).status_code == 422
    assert value_and_state(desk_store, time) == (350000, State.WITHHELD)


async def test_why_a_proposal_that_is_gone_was_accepted_is_not_lost(
    editor: Staff, sign_in: SignIn, desk_store: FactStore
) -> None:
    second = sign_in(person("editor", "Bo"))
    await decide(editor, "correct", value="360000")
    old = hidden((await second.get(PAGE)).text, "accept")
    await decide(editor, "decline")

    response = await second.post(PAGE, action="accept", reason="Jag har sett det.", shown=old)
    assert response.status_code == 422
    assert "Jag har sett det." in response.text


def test_a_decision_uses_one_connection_at_once(desk_store: FactStore, engine: Engine, time: Time) -> None:
    facts = desk_store._ledger.facts
    decisions = Decisions(desk_store, facts, Audit(engine), time)
    board = Board(desk_store, facts, decisions, time)
    used = [0]
    open_now: set[object] = set()

    @event.listens_for(engine, "checkout")
    def _take(connection: object, *_: object) -> None:
        open_now.add(connection)
        used.append(len(open_now))

    @event.listens_for(engine, "checkin")
    def _give_back(connection: object, *_: object) -> None:
        open_now.discard(connection)

    anna, bo = person("editor", "Anna"), person("editor", "Bo")
    Sessions(engine).begin(bo, time())
    decisions.confirm(anna, FACT, board.entry(FACT).seen, "x")
    for take, by in ((decisions.decline, anna), (decisions.accept, bo)):
        decisions.correct(anna, FACT, "360000", board.entry(FACT).seen, "x")
        take(by, FACT, board.entry(FACT).seen, "x")
    decisions.withhold(anna, FACT, "x")

    # Twenty that wait for one another with one connection each would leave none for a second.
    assert max(used) == 1


@pytest.mark.parametrize("typed", MARKUP)
async def test_what_people_type_is_never_markup(typed: str, sign_in: SignIn, desk_store: FactStore) -> None:
    editor, second = sign_in(person("editor", typed)), sign_in(person("admin", "Bo"))
    await decide(editor, "correct", reason=typed, value="360000")
    proposed = await second.get(PAGE)
    await decide(second, "decline", reason=typed)
    wrong = await second.post(PAGE, action="correct", reason=typed, value=typed, shown=typed)
    await decide(second, "withhold", reason=typed)

    pages = [proposed, wrong, await second.get(PAGE), await second.get("/desk/audit"), await editor.get("/desk/facts")]
    for page in pages:
        assert str(escape(typed)) in page.text
        tree = lxml.html.document_fromstring(page.text)
        assert not tree.xpath("//svg | //b | //*[@onerror or @onload] | //script[not(@src)]")


async def test_the_changes_of_a_page_are_shown(editor: Staff, desk_store: FactStore, time: Time) -> None:
    source = desk_store._ledger.facts[FACT].source
    before, after = (
        Page(source.url, f"Återvandring\n\nVuxna får {amount} kronor.\n\n<b>Ansök</b> här.", (), "sv", False)
        for amount in ("350 000", "400 000")
    )
    page = SeenPage(source.id, time() + timedelta(hours=1), fetched_at=time(), hash=after.hash, page=after.dump())
    page = replace(page, previous=before.dump(), previous_at=time() - timedelta(days=1))
    desk_store.decide((), lambda _, standing: (standing, ""), time(), page=page)

    html = (await editor.get(PAGE)).text

    assert re.findall(r"<del>(.*?)</del>", html) == ["Vuxna får 350 000 kronor."]
    assert re.findall(r"<ins>(.*?)</ins>", html) == ["Vuxna får 400 000 kronor."]
    assert "&lt;b&gt;Ansök" in html


async def test_a_source_that_cannot_be_read_is_told(editor: Staff, desk_store: FactStore, time: Time) -> None:
    fact = next(fact for fact in desk_store._ledger.facts.values() if fact.max_age is None and fact.known)
    for failures, told in ((2, False), (3, True)):
        page = SeenPage(fact.source.id, time(), failures=failures)
        desk_store.decide((), lambda _, standing: (standing, ""), time(), page=page)
        html = (await editor.get("/desk/facts?show=attention")).text
        assert (f'<tr id="{fact.id}">' in html) is told


async def test_readers_see_no_forms(sign_in: SignIn) -> None:
    html = (await sign_in(person("reader")).get(PAGE)).text

    assert 'name="action"' not in html


async def test_an_unknown_fact_is_not_found(editor: Staff, running: FastAPI) -> None:
    assert (await editor.get("/desk/facts/nothing")).status_code == 404
    assert (await editor.post("/desk/facts/nothing", action="withhold", reason="x")).status_code == 404
    assert (await editor.post(PAGE, action="delete", reason="x")).status_code == 422
