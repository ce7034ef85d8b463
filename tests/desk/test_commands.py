from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import writing
from bot.desk.__main__ import main
from bot.desk.audit import Audit
from bot.desk.board import ATTENTION, Board
from bot.desk.decisions import Decisions
from bot.desk.digest import digest
from bot.desk.sessions import Sessions
from bot.desk.tables import AUDIT
from bot.facts.store import FactStore
from tests.desk.conftest import SignIn, Time, person
from tests.desk.trail import unguard


@pytest.fixture
def decisions(desk_store: FactStore, light_catalog: Catalog, engine: Engine, time: Time) -> Decisions:
    return Decisions(desk_store, light_catalog.ledger.facts, Audit(engine), time)


@pytest.fixture
def configured(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands use the database of the test."""
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.mark.usefixtures("configured")
def test_verify_tells_whether_the_trail_is_whole(
    decisions: Decisions, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.withhold(person("editor"), "grant_adult", "Fel")
    decisions.withhold(person("editor"), "grant_child", "Fel")
    assert main(["verify"]) == 0

    unguard(engine)
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 1).values(reason="Rätt"))
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert "Row 1" in capsys.readouterr().err


@pytest.mark.usefixtures("configured")
def test_verify_tells_whether_the_trail_holds_an_earlier_export(
    decisions: Decisions, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # What ends a line elsewhere stands in the middle of one here.
    decisions.withhold(person("editor"), "grant_adult", "Fel\u2028på sidan")
    decisions.withhold(person("editor"), "grant_child", "Fel")
    assert main(["export"]) == 0
    export = tmp_path / "audit.jsonl"
    export.write_text(capsys.readouterr().out, encoding="utf-8")
    decisions.withhold(person("editor"), "mv_phone", "Fel")
    assert main(["verify", str(export)]) == 0

    unguard(engine)
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id >= 2))
    assert main(["verify"]) == 0
    capsys.readouterr()
    assert main(["verify", str(export)]) == 1
    assert "Row 2" in capsys.readouterr().err


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("content", [None, b"no export", b"\xff"])
def test_verify_needs_an_export_that_can_be_read(content: bytes | None, tmp_path: Path) -> None:
    export = tmp_path / "audit.jsonl"
    if content:
        export.write_bytes(content)

    assert main(["verify", str(export)]) == 2


@pytest.mark.usefixtures("configured")
async def test_a_person_is_signed_out_everywhere_at_once(sign_in: SignIn, engine: Engine) -> None:
    anna = person("editor", "Anna")
    browsers, other = [sign_in(anna), sign_in(anna)], sign_in(person("editor", "Bo"))
    for browser in (*browsers, other):
        assert (await browser.get("/desk/facts")).status_code == 200

    assert main(["sign-out", anna.subject, "--reason", " Slutar. ", "--by", "Eva"]) == 0

    assert [(await browser.get("/desk/facts")).status_code for browser in browsers] == [303, 303]
    assert (await other.get("/desk/facts")).status_code == 200
    [row] = Audit(engine).latest(10)
    assert (row["person"], row["action"], row["subject"], row["reason"]) == (
        *("terminal:Eva", "session.end", anna.subject),
        "Slutar.",
    )


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(("subject", "reason", "code"), [("sub-Bo", "x", 1), ("sub-Anna", " ", 2)])
def test_nobody_is_signed_out_in_vain_or_without_a_reason(
    subject: str, reason: str, code: int, engine: Engine, time: Time
) -> None:
    token = Sessions(engine).begin(person("editor", "Anna"), time())

    assert main(["sign-out", subject, "--reason", reason]) == code
    assert Sessions(engine).find(token, time())
    assert Audit(engine).last() == 0


@pytest.mark.usefixtures("configured")
def test_export_gives_every_row(decisions: Decisions, capsys: pytest.CaptureFixture[str]) -> None:
    decisions.withhold(person("editor"), "grant_adult", "Fel på sidan – åäö")

    assert main(["export"]) == 0
    [row] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["subject"], row["reason"]) == ("grant_adult", "Fel på sidan – åäö")


def test_the_digest_tells_what_changed_on_its_day(
    decisions: Decisions, desk_store: FactStore, light_catalog: Catalog, engine: Engine, time: Time
) -> None:
    ledger, audit = light_catalog.ledger, Audit(engine)
    board = Board(desk_store, ledger.facts, decisions, time)
    shown = board.entry("grant_adult").seen
    # Just before midnight in Stockholm, and just after it.
    time.now = time.now.replace(hour=22, minute=59)
    decisions.correct(person("editor", "Anna"), "grant_adult", "360000", shown, "Ny\nförordning")
    time.now += timedelta(minutes=2)
    decisions.withhold(person("editor", "Bo"), "grant_child", "Oklart")

    first, second = (digest(date(2026, 11, day), desk_store, ledger, board, audit) for day in (26, 27))

    assert "23:59 grant_adult: 360\u00a0000\u00a0kr, " in first
    assert "Anna: fact.correct grant_adult – Ny förordning" in first
    assert "Bo:" not in first
    assert "00:01 grant_child: " in second
    assert "Anna:" not in second
    assert f"- grant_child: {ATTENTION['withheld']}" in second


@pytest.mark.usefixtures("configured")
def test_the_digest_of_a_day_may_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digest", "--day", "2026-01-02"]) == 0
    assert capsys.readouterr().out.startswith("Vägvisaren 2026-01-02")
