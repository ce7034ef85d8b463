from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import Engine

from bot.database import writing
from bot.desk.audit import Audit
from bot.desk.tables import AUDIT
from tests.desk.conftest import NOW, SignIn, person
from tests.facts.conftest import run_at_once


@pytest.fixture
def audit(engine: Engine) -> Audit:
    return Audit(engine)


@pytest.fixture
def five(audit: Audit, engine: Engine) -> Audit:
    for number in range(5):
        record(audit, engine, number)
    return audit


def record(audit: Audit, engine: Engine, number: int, reason: str = "Därför") -> None:
    with writing(engine) as connection:
        at = NOW + timedelta(seconds=number, microseconds=number)
        audit.record(connection, person("editor"), "test", f"s{number}", {"å": number}, None, reason, at)


def test_a_trail_that_nobody_touched_is_whole(five: Audit) -> None:
    assert five.verify() is None
    assert [row["id"] for row in five.latest(2)] == [5, 4]
    assert [row["id"] for row in five.latest(2, before=4)] == [3, 2]
    assert [row["subject"] for row in five.since(NOW + timedelta(seconds=3))] == ["s3", "s4"]


def test_an_empty_trail_is_whole(audit: Audit) -> None:
    assert audit.verify() is None
    assert list(audit.export()) == []


TOUCHED: dict[str, Any] = {
    "at": NOW - timedelta(days=1),
    "person": "somebody else",
    "name": "Somebody Else",
    "action": "other",
    "subject": "other",
    "before": None,
    "after": '{"value": 1}',
    "reason": "another reason",
    "previous": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.parametrize("column", sorted(TOUCHED))
def test_a_row_that_was_changed_is_found(column: str, five: Audit, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 3).values({column: TOUCHED[column]}))

    assert five.verify() == 3


@pytest.mark.parametrize(("gone", "first_wrong"), [(1, 2), (3, 4)])
def test_a_row_that_is_gone_is_found(gone: int, first_wrong: int, five: Audit, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id == gone))

    assert five.verify() == first_wrong


def test_a_row_that_was_changed_with_a_hash_of_its_own_breaks_the_next(five: Audit, engine: Engine) -> None:
    forged = Audit(engine)
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id >= 3))
    record(forged, engine, 2, "Forged")

    assert five.verify() is None
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 2).values(reason="Forged"))
    assert five.verify() == 2


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_record_needs_a_reason(reason: str, audit: Audit, engine: Engine) -> None:
    with pytest.raises(ValueError, match="reason"):
        record(audit, engine, 0, reason)


def test_what_fails_is_not_recorded(audit: Audit, engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            audit.record(connection, person("editor"), "test", "s", None, None, "x", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert audit.latest(1) == []


RECORD = """
import sys
from datetime import datetime, timezone
from bot.database import open_database, writing
from bot.desk.audit import Audit
from bot.desk.people import Person

engine = open_database(sys.argv[1])
wait()
for number in range(5):
    with writing(engine) as connection:
        now = datetime.now(timezone.utc)
        Audit(engine).record(connection, Person("1", "A", frozenset()), "test", "s", None, number, "x", now)
"""


def test_processes_that_record_at_once_make_one_chain(audit: Audit, database_url: str) -> None:
    run_at_once(RECORD, *[[database_url]] * 3)

    assert audit.verify() is None
    assert len(audit.latest(100)) == 15


async def test_the_page_tells_of_a_broken_row(five: Audit, engine: Engine, sign_in: SignIn) -> None:
    staff = sign_in(person("admin"))
    assert 'id="whole"' in (await staff.get("/desk/audit")).text
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 2).values(reason="x"))

    assert 'id="broken"' in (await staff.get("/desk/audit")).text


async def test_the_export_holds_every_row(five: Audit, sign_in: SignIn) -> None:
    response = await sign_in(person("admin")).get("/desk/audit/export")

    rows = [json.loads(line) for line in response.text.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[4]["previous"] == rows[3]["hash"]
    assert rows[4]["at"] == "2026-11-26T09:00:04.000004+00:00"
