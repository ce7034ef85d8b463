from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import writing
from bot.desk.__main__ import main
from bot.desk.audit import Audit
from bot.desk.board import ATTENTION, Board
from bot.desk.decisions import Decisions, seen
from bot.desk.digest import digest
from bot.desk.tables import AUDIT
from bot.facts.store import FactStore
from tests.desk.conftest import Time, person


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

    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 1).values(reason="Rätt"))
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert "Row 1" in capsys.readouterr().err


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
    fact = ledger.facts["grant_adult"]
    # Just before midnight in Stockholm, and just after it.
    time.now = time.now.replace(hour=22, minute=59)
    decisions.correct(person("editor", "Anna"), "grant_adult", "360000", seen(fact, fact.value), "Ny\nförordning")
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
