from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.desk.counts import Cell, CountStore, Tally
from bot.migrations import migrate
from tests.facts.conftest import NOW, MakeEngine, run_at_once

HOUR = NOW.replace(minute=0)
SPAN = (HOUR, HOUR + timedelta(hours=1))
TURN = Cell(HOUR, "turn", "sv", "grant_amount", "answered")


class Clock:
    def __init__(self) -> None:
        self.now = NOW + timedelta(minutes=17)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(engine: Engine) -> CountStore:
    return CountStore(engine)


@pytest.fixture
def tally(store: CountStore) -> Tally:
    return Tally(store, Clock())


def test_counts_add_up_to_what_stands_there(store: CountStore) -> None:
    other = Cell(HOUR, "feedback", "sv", "grant_amount", "yes")
    store.add({TURN: 2})
    store.add({TURN: 3, other: 1})

    assert store.between(*SPAN) == {TURN: 5, other: 1}


def test_a_span_ends_before_its_end(store: CountStore) -> None:
    next_hour = Cell(SPAN[1], "turn", "sv")
    store.add({TURN: 1, next_hour: 1})

    assert store.between(*SPAN) == {TURN: 1}
    assert store.between(SPAN[1], SPAN[1] + timedelta(hours=1)) == {next_hour: 1}


def test_what_is_counted_is_written_with_its_hour_alone(tally: Tally, store: CountStore) -> None:
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.count("turn", "sv", "grant_amount", "answered")
    assert store.between(*SPAN) == {}

    tally.flush()
    tally.flush()

    assert store.between(*SPAN) == {TURN: 2}


def test_stopping_writes_what_waits(tally: Tally, store: CountStore) -> None:
    tally.start()
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.stop()

    assert store.between(*SPAN) == {TURN: 1}


def test_nothing_is_lost_between_threads(tally: Tally, store: CountStore) -> None:
    def count() -> None:
        for _ in range(500):
            tally.count("turn", "sv", "grant_amount", "answered")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tally.flush()
    tally.flush()

    assert store.between(*SPAN) == {TURN: 2000}


ADD = """
import sys
from datetime import datetime, timezone
from bot.database import open_database
from bot.desk.counts import Cell, CountStore

store = CountStore(open_database(sys.argv[1]))
cell = Cell(datetime.fromisoformat(sys.argv[2]), "turn", "sv", "grant_amount", "answered")
wait()
for _ in range(20):
    store.add({cell: 1})
"""


def test_processes_count_together(store: CountStore, database_url: str) -> None:
    run_at_once(ADD, *[[database_url, HOUR.isoformat()]] * 3)

    assert store.between(*SPAN) == {TURN: 60}


def test_a_database_that_fails_is_written_to_when_it_is_back(
    make_engine: MakeEngine, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(database_url)
    engine.connect().close()
    store = CountStore(engine)
    tally = Tally(store, Clock())
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.flush()
    tally.flush()
    assert len(caplog.records) == 1

    migrate(engine)
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.flush()

    assert store.between(*SPAN) == {TURN: 2}


def test_no_database_is_made_by_counting(make_engine: MakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "absent.db"
    tally = Tally(CountStore(make_engine(f"sqlite:///{file}")), Clock())
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.stop()

    assert not file.exists()


def test_hours_are_those_of_utc(store: CountStore) -> None:
    clock = Clock()
    clock.now = datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    tally = Tally(store, clock)
    tally.count("turn", "sv", "grant_amount", "answered")
    tally.flush()

    assert store.between(*SPAN) == {TURN: 1}
