from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from bot.database import writing
from bot.desk.audit import Audit
from bot.desk.tables import AUDIT
from tests.desk.conftest import NOW, SignIn, person
from tests.desk.trail import unguard
from tests.facts.conftest import run_at_once
from tests.web.page import read


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


REWRITES = {
    "changed": "UPDATE desk_audit SET reason = 'Forged' WHERE id = 3",
    "deleted": "DELETE FROM desk_audit WHERE id = 3",
    "replaced": "INSERT OR REPLACE INTO desk_audit SELECT * FROM desk_audit WHERE id = 3",
    "emptied": "TRUNCATE desk_audit",
}
ONLY_ON = {"replaced": "sqlite", "emptied": "postgresql"}


@pytest.mark.parametrize("way", REWRITES)
def test_the_database_refuses_to_rewrite_the_trail(way: str, five: Audit, engine: Engine) -> None:
    before = list(five.export())
    # The other database has no such statement.
    expected = "only added" if ONLY_ON.get(way, engine.dialect.name) == engine.dialect.name else "syntax"

    with pytest.raises(DatabaseError, match=expected), writing(engine) as connection:
        connection.execute(text(REWRITES[way]))

    assert list(five.export()) == before


@pytest.mark.parametrize("column", sorted(TOUCHED))
def test_a_row_that_was_changed_is_found(column: str, five: Audit, engine: Engine) -> None:
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 3).values({column: TOUCHED[column]}))

    assert five.verify() == 3


@pytest.mark.parametrize(("gone", "first_wrong"), [(1, 2), (3, 4)])
def test_a_row_that_is_gone_is_found(gone: int, first_wrong: int, five: Audit, engine: Engine) -> None:
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id == gone))

    assert five.verify() == first_wrong


def test_a_row_that_was_changed_with_a_hash_of_its_own_breaks_the_next(five: Audit, engine: Engine) -> None:
    forged, earlier = Audit(engine), list(five.export())
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id >= 3))
    record(forged, engine, 2, "Forged")

    # The hash has no key: only what was exported before tells.
    assert five.verify() is None
    assert five.lacks(earlier) == 3
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 2).values(reason="Forged"))
    assert five.verify() == 2


def test_a_trail_that_goes_on_holds_its_earlier_export(five: Audit, engine: Engine) -> None:
    earlier = list(five.export())
    record(five, engine, 5)

    assert five.lacks(earlier) is None
    assert five.lacks(earlier[2:]) is None


def test_that_the_newest_rows_are_gone_shows_against_an_export(five: Audit, engine: Engine) -> None:
    earlier = list(five.export())
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.id >= 4))

    assert five.verify() is None
    assert five.lacks(earlier) == 4


@pytest.mark.parametrize("line", ["{", "[]", "1", '{"id": "1"}'])
def test_what_is_no_export_is_told(line: str, five: Audit) -> None:
    with pytest.raises(ValueError, match=r".+"):
        five.lacks([line])


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
    verify = read((await staff.get("/desk/audit")).text).one("a", id="verify")["href"]
    assert 'id="whole"' in (await staff.get(verify)).text
    unguard(engine)
    with writing(engine) as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.id == 2).values(reason="x"))

    assert 'id="broken"' in (await staff.get(verify)).text


async def test_the_trail_is_verified_only_when_asked_for(
    five: Audit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[Audit] = []
    monkeypatch.setattr(Audit, "verify", lambda audit: verified.append(audit))
    staff = sign_in(person("admin"))
    page = read((await staff.get("/desk/audit")).text)

    assert verified == []
    assert not [one for one in page.all() if one.get("id") in ("whole", "broken")]
    await staff.get(page.one("a", id="verify")["href"])
    assert len(verified) == 1


async def test_the_page_tells_who_when_what_and_why(audit: Audit, engine: Engine, sign_in: SignIn) -> None:
    with writing(engine) as connection:
        who = person("editor", "Anna")
        audit.record(connection, who, "fact.correct", "grant_adult", {"value": 1}, {"value": 2}, "Ny lag", NOW)

    page = read((await sign_in(person("admin")).get("/desk/audit")).text)

    [row] = page.one("table").one("tbody").all("tr")
    assert row.one("time")["datetime"] == NOW.isoformat()
    assert [cell.text for cell in row.all("td")][1:] == [
        *("Anna", "fact.correct", "grant_adult"),
        *('{"value": 1}', '{"value": 2}', "Ny lag"),
    ]


async def test_a_long_trail_is_read_page_by_page(audit: Audit, engine: Engine, sign_in: SignIn) -> None:
    for number in range(101):
        record(audit, engine, number)
    staff = sign_in(person("admin"))

    first = read((await staff.get("/desk/audit")).text)
    second = read((await staff.get("/desk/audit?before=2")).text)

    assert "/desk/audit?before=2" in [link["href"] for link in first.one("main").all("a")]
    assert [row.one("th").text for row in second.one("table").one("tbody").all("tr")] == ["1"]


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 20])
async def test_a_row_that_cannot_be_is_refused(before: str, sign_in: SignIn) -> None:
    assert (await sign_in(person("admin")).get(f"/desk/audit?before={before}")).status_code == 422


async def test_the_export_holds_every_row(five: Audit, sign_in: SignIn) -> None:
    response = await sign_in(person("admin")).get("/desk/audit/export")

    rows = [json.loads(line) for line in response.text.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[4]["previous"] == rows[3]["hash"]
    assert rows[4]["at"] == "2026-11-26T09:00:04.000004+00:00"
