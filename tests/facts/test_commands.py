"""`python -m bot.facts` for people without the desk."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.audit import Audit
from bot.facts.commands import ATTENTION, FINE, MISUSE, CommandError
from tests.facts.world import GRANT, World
from tests.stack import ROOT, WEB_PYTHON


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [str(WEB_PYTHON), "-m", "bot.facts", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )


def rows(said: list[str]) -> list[dict[str, object]]:
    return json.loads(said[-1])


def test_status_shows_every_fact_with_state_age_and_source(world: World) -> None:
    said: list[str] = []
    assert world.commands(said).status(as_json=True) == FINE
    shown = {row["fact"]: row for row in rows(said)}
    assert set(shown) == set(world.ledger.facts)
    assert shown["grant_adult"]["source"] == GRANT
    assert shown["grant_adult"]["age"] == (world.now.date() - world.ledger.facts["grant_adult"].checked).days
    assert shown["city_phone_hours"]["state"] == "not established"
    assert shown["city_phone_hours"]["value"] is None


async def test_status_calls_for_a_person_when_a_source_differs(world: World) -> None:
    await world.check()
    await world.check(behave="changed_amount")
    said: list[str] = []
    assert world.commands(said).status(as_json=True) == ATTENTION
    note = next(row["note"] for row in rows(said) if row["fact"] == "grant_adult")
    assert "400" in str(note)


def test_check_reads_the_sources_that_are_named_and_tells_what_they_said(world: World) -> None:
    said: list[str] = []
    assert world.commands(said).check([GRANT], as_json=True) == FINE
    (row,) = rows(said)
    assert (row["source"], row["outcome"], row["differs"]) == (GRANT, "ok", 0)
    world.standin.behave = "changed_amount"
    assert world.commands(said).check([GRANT], as_json=True) == ATTENTION
    world.standin.behave = "500"
    assert world.commands(said).check([GRANT], as_json=True) == ATTENTION
    assert rows(said)[0]["outcome"] == "status_500"


def test_check_tells_on_the_way_which_source_it_reads(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.commands().check([GRANT, "mv_book"], as_json=False)
    assert capsys.readouterr().err.splitlines() == [f"[1/2] {GRANT}", "[2/2] mv_book"]


def test_check_refuses_a_source_that_is_not_watched(world: World) -> None:
    with pytest.raises(CommandError):
        world.commands().check(["mv_call_old"], as_json=False)


def test_withhold_confirm_and_history_tell_who_and_why(world: World) -> None:
    commands = world.commands()
    commands.withhold(["grant_child"], "Eva", "the page is being rewritten")
    assert world.store.standings()["grant_child"].withheld
    commands.confirm(["grant_child"], None, "Olle", "asked Migrationsverket", True)
    assert not world.store.standings()["grant_child"].withheld
    said: list[str] = []
    world.commands(said).history("grant_child", as_json=True)
    assert [(row["new_state"], row["by"], row["cause"]) for row in rows(said)] == [
        ("confirmed", "Olle", "person"),
        ("withheld", "Eva", "withheld"),
    ]
    assert all(row["reason"] for row in rows(said))


def test_a_person_who_says_no_changes_nothing(world: World) -> None:
    assert world.commands(answer="n").correct("grant_adult", "1", "Eva", "test", yes=False) == ATTENTION
    assert world.store.standings() == {}


@pytest.mark.parametrize(
    ("fact", "value"),
    [("grant_adult", "a lot"), ("permit_cutoff", "12 September"), ("mv_phone", "call us"), ("mv_phone_hours", "late")],
)
def test_correct_refuses_what_is_no_value_of_the_kind(world: World, fact: str, value: str) -> None:
    with pytest.raises(CommandError):
        world.commands().correct(fact, value, "Eva", "test", yes=True)
    assert world.store.standings() == {}


def test_a_fact_without_any_value_cannot_be_confirmed(world: World) -> None:
    with pytest.raises(CommandError):
        world.commands().confirm(["city_phone_hours"], None, "Eva", "test", yes=True)


def test_confirm_takes_what_the_source_says_only_where_the_fact_is_withheld(world: World) -> None:
    commands = world.commands()
    asyncio.run(world.check(behave="changed_amount"))
    commands.confirm(["grant_adult"], None, "Eva", "one odd page", True)
    assert world.store.standings()["grant_adult"].value == 350_000
    for _ in range(2):
        asyncio.run(world.check(behave="changed_amount"))
    commands.confirm(["grant_adult"], None, "Eva", "read the page", True)
    assert world.store.standings()["grant_adult"].value == 400_000


def test_a_page_that_a_person_has_read_again_renews_the_facts_on_it_while_it_stays_the_same(world: World) -> None:
    asyncio.run(world.check())
    assert world.commands().confirm([], GRANT, "Eva", "read the whole page", True) == FINE
    asyncio.run(world.check(after=timedelta(days=30)))
    states = {id: (state, checked) for id, state, checked in world.states()}
    assert states["eligible_grounds"] == ("confirmed", world.now.date().isoformat())
    assert states["mv_form_number"][0] == "unconfirmed"
    for _ in range(2):
        asyncio.run(world.check(behave="moved_label"))
    assert {id: state for id, state, _ in world.states()}["eligible_grounds"] == "unconfirmed"


def test_the_command_makes_its_store_and_says_by_exit_code_whether_a_person_is_needed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'facts.db'}"
    assert run(url, "status", "--json").returncode == FINE
    decided = run(url, "withhold", "grant_adult", "--reason", "test")
    assert decided.returncode == FINE, decided.stderr
    shown = run(url, "status", "--json")
    assert shown.returncode == ATTENTION
    assert next(row for row in json.loads(shown.stdout) if row["fact"] == "grant_adult")["state"] == "withheld"
    assert run(url, "history", "grant_adult").returncode == FINE


@pytest.mark.parametrize(
    "arguments",
    [
        ("withhold", "grant_adult"),
        ("withhold", "nothing_of_ours", "--reason", "x"),
        ("confirm", "--reason", "x"),
        ("check", "nowhere"),
        ("dance",),
        (),
    ],
)
def test_wrong_use_is_named_and_has_an_exit_code_of_its_own(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = run(f"sqlite:///{tmp_path / 'facts.db'}", *arguments)
    assert refused.returncode == MISUSE
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_a_store_that_cannot_be_reached_is_said_clearly() -> None:
    refused = run("postgresql://nobody@127.0.0.1:1/none", "status")
    assert refused.returncode == MISUSE
    assert "Traceback" not in refused.stderr


def test_what_is_decided_at_a_terminal_stands_in_the_audit_trail(world: World) -> None:
    world.commands().withhold(["grant_adult"], "anna", "The page says otherwise")
    world.commands().correct("grant_adult", "400 000 kr", "anna", "Read on the page", yes=True)

    audit = Audit(world.store.engine)
    rows = [(row["person"], row["action"], row["subject"], row["reason"]) for row in reversed(audit.latest(5))]
    assert rows == [
        ("terminal:anna", "fact.withhold", "grant_adult", "The page says otherwise"),
        ("terminal:anna", "fact.correct", "grant_adult", "Read on the page"),
    ]
    assert audit.verify() is None


def test_a_decision_at_a_terminal_needs_a_reason(world: World) -> None:
    with pytest.raises(CommandError):
        world.commands().withhold(["grant_adult"], "anna", " ")

    assert Audit(world.store.engine).last() == 0
