from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot.facts.book import FactBook, Snapshot
from bot.facts.ledger import Fact, Ledger, State
from bot.facts.standing import Standing, confirmed, withheld
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.facts.conftest import LEDGER, NOW, VALUES, MakeEngine, carry_out, make_fact, make_ledger
from tests.stack import free_port

CONFIRMED, UNCONFIRMED, WITHHELD = State.CONFIRMED, State.UNCONFIRMED, State.WITHHELD
# From the most cautious on.
FRESH = make_ledger(*(replace(fact, checked=NOW.date()) for fact in LEDGER.facts.values()))
FACT = FRESH.facts["money"]


def noon() -> datetime:
    return NOW


def withhold(store: FactStore, *ids: str) -> None:
    def decide(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        return withheld(fact, standing, NOW), "withheld"

    store.decide([FRESH.facts[id] for id in ids or FRESH.facts], decide, NOW)


def state(book: FactBook, id: str = "money") -> State:
    snapshot = book.snapshot()
    return snapshot.state(snapshot.facts[id])


@pytest.fixture
def store(engine: Engine) -> FactStore:
    return FactStore(engine, FRESH)


@pytest.fixture
def book(store: FactStore) -> FactBook:
    return FactBook(FRESH, store, noon)


class ReadStore(FactStore):
    """A store that tells when it has been read."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        super().__init__(engine, ledger)
        self.begun = 0
        self._changed = threading.Condition()
        self._done = 0

    def standings(self) -> dict[str, Standing]:
        self.begun += 1
        try:
            return super().standings()
        finally:
            with self._changed:
                self._done = self.begun
                self._changed.notify_all()

    def wait_for_reads(self, more: int) -> None:
        """Wait until it has been read so many more times than have begun by now."""
        goal = self.begun + more
        with self._changed:
            assert self._changed.wait_for(lambda: self._done >= goal, timeout=30)


@pytest.fixture
def read_store(engine: Engine) -> ReadStore:
    return ReadStore(engine, FRESH)


@pytest.fixture
def following(read_store: ReadStore) -> Iterator[FactBook]:
    book = FactBook(FRESH, read_store, noon)
    book.start()
    yield book
    book.stop()
    for thread in followers():
        thread.join(30)


def followers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "facts"]


def test_a_book_that_follows_has_read_the_store_when_it_starts(read_store: ReadStore) -> None:
    withhold(read_store, "money")
    book = FactBook(FRESH, read_store, noon)
    book.start()
    book.stop()

    assert (state(book), state(book, "share"), book.readable) == (WITHHELD, CONFIRMED, True)


def test_a_book_follows_what_another_process_decides(
    following: FactBook, read_store: ReadStore, make_engine: MakeEngine, database_url: str
) -> None:
    assert state(following) is CONFIRMED

    withhold(FactStore(make_engine(database_url), FRESH), "money")
    # When the second read is over, what the first one read is in the book.
    read_store.wait_for_reads(2)

    assert state(following) is WITHHELD


def test_a_book_that_was_stopped_follows_no_more(read_store: ReadStore) -> None:
    book = FactBook(FRESH, read_store, noon)
    book.start()
    assert followers()

    book.stop()
    for thread in followers():
        thread.join(30)

    assert not followers()


def test_a_book_without_a_store_tells_the_ledger() -> None:
    book = FactBook(FRESH, clock=noon)
    book.start()

    assert book.snapshot() == Snapshot(FRESH.facts, NOW)
    assert book.readable
    assert not followers()


def test_a_snapshot_keeps_what_it_held(book: FactBook, store: FactStore) -> None:
    book.refresh()
    before = book.snapshot()
    withhold(store, "money")
    book.refresh()

    assert before.state(before.facts["money"]) is CONFIRMED
    assert state(book) is WITHHELD


def test_a_snapshot_is_of_the_day_in_stockholm() -> None:
    book = FactBook(make_ledger(replace(FACT, max_age=0)), clock=lambda: datetime(2026, 3, 1, 23, tzinfo=timezone.utc))

    assert book.snapshot().today == date(2026, 3, 2)
    assert state(book) is UNCONFIRMED


def make_unreadable(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE fact_standings RENAME TO elsewhere")


def make_readable(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO fact_standings")


def test_a_book_keeps_what_it_read_last_while_the_store_cannot_be_read(
    book: FactBook, store: FactStore, engine: Engine
) -> None:
    withhold(store, "money")
    book.refresh()
    before = book.snapshot()
    make_unreadable(engine)
    book.refresh()

    assert book.snapshot() == before
    assert not book.readable


def test_a_book_goes_on_when_the_store_is_back(book: FactBook, store: FactStore, engine: Engine) -> None:
    make_unreadable(engine)
    book.refresh()
    make_readable(engine)
    withhold(store, "share")
    book.refresh()

    assert (state(book, "share"), state(book), book.readable) == (WITHHELD, CONFIRMED, True)


def test_a_store_that_cannot_be_read_is_logged_once_each_time(
    book: FactBook, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "bot.facts.book"):
        for _ in range(2):
            make_unreadable(engine)
            book.refresh()
            book.refresh()
            make_readable(engine)
            book.refresh()

    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


def test_a_book_outlives_a_postgresql_that_disappears(
    make_engine: MakeEngine, postgresql: str, postgresql_url: str
) -> None:
    engine = make_engine(postgresql_url)
    migrate(engine)
    store = FactStore(engine, FRESH)
    withhold(store, "money")
    book = FactBook(FRESH, store, noon)
    book.refresh()
    carry_out(postgresql, f"DROP DATABASE {engine.url.database} WITH (FORCE)")
    book.refresh()

    assert (state(book), state(book, "share"), book.readable) == (WITHHELD, CONFIRMED, False)


def test_a_book_keeps_what_it_read_last_when_the_file_of_the_store_vanishes(
    make_engine: MakeEngine, sqlite_url: str, tmp_path: Path
) -> None:
    engine = make_engine(sqlite_url)
    migrate(engine)
    store = FactStore(engine, FRESH)
    withhold(store, "money")
    book = FactBook(FRESH, store, noon)
    book.refresh()
    for path in tmp_path.glob("facts.db*"):
        path.unlink()
    book.refresh()

    assert state(book) is WITHHELD


UNWATCHED = make_fact("unwatched", watched=False, checked=NOW.date())
CAREFUL = make_ledger(*FRESH.facts.values(), UNWATCHED)


def assert_cautious(book: FactBook) -> None:
    assert (state(book, "money"), state(book, "share")) == (WITHHELD, UNCONFIRMED)
    assert book.snapshot().facts["unwatched"] == UNWATCHED


@pytest.mark.parametrize("backend", ["postgresql", "sqlite"])
def test_a_book_that_never_read_its_store_is_cautious(backend: str, tmp_path: Path, make_engine: MakeEngine) -> None:
    (tmp_path / "facts.db").write_text("this is no database " * 100, encoding="utf-8")
    url = {
        "postgresql": f"postgresql://facts@127.0.0.1:{free_port()}/facts",
        "sqlite": f"sqlite:///{tmp_path / 'facts.db'}",
    }[backend]
    book = FactBook(CAREFUL, FactStore(make_engine(url), CAREFUL), noon)
    assert_cautious(book)

    book.refresh()

    assert_cautious(book)
    assert not book.readable


def test_a_book_is_cautious_while_the_tables_are_not_made(make_engine: MakeEngine, database_url: str) -> None:
    engine = make_engine(database_url)
    engine.connect().close()
    book = FactBook(CAREFUL, FactStore(engine, CAREFUL), noon)
    book.refresh()
    assert_cautious(book)

    migrate(engine)
    book.refresh()

    assert {state(book, id) for id in CAREFUL.facts} == {CONFIRMED}


def test_a_store_that_nobody_made_holds_no_decision(make_engine: MakeEngine, sqlite_url: str) -> None:
    book = FactBook(FRESH, FactStore(make_engine(sqlite_url), FRESH), noon)
    book.refresh()

    assert (state(book), book.readable) == (CONFIRMED, True)


def as_stands(fact: Fact, wanted: State) -> Fact:
    return replace(fact, withheld=wanted is WITHHELD, doubted=wanted is UNCONFIRMED)


def snapshot_in(wanted: State) -> Snapshot:
    return Snapshot({id: as_stands(fact, wanted) for id, fact in FRESH.facts.items()}, NOW)


@pytest.mark.parametrize("mine", State)
@pytest.mark.parametrize("theirs", State)
def test_what_another_process_found_counts_unless_the_fact_is_withheld_here(mine: State, theirs: State) -> None:
    both = snapshot_in(mine).with_found(snapshot_in(theirs).dump(FRESH.facts))

    assert {both.state(fact) for fact in both.facts.values()} == {WITHHELD if mine is WITHHELD else theirs}


def test_what_another_process_found_comes_with_its_value_and_its_date() -> None:
    other = replace(FACT, value=400000, checked=date(2026, 2, 27))
    found = Snapshot({"money": other}, NOW).dump(["money"])
    both = snapshot_in(CONFIRMED).with_found(found)

    assert (both.facts["money"].value, both.facts["money"].checked) == (400000, date(2026, 2, 27))
    assert both.facts["share"] == FRESH.facts["share"]


@pytest.mark.parametrize("kind", VALUES)
def test_every_kind_of_value_passes_from_process_to_process(kind: str) -> None:
    found = snapshot_in(UNCONFIRMED).dump([kind])
    mine = Snapshot({kind: replace(FRESH.facts[kind], value=None)}, NOW)

    assert mine.with_found(found).facts[kind].value == VALUES[kind]


def test_what_is_not_known_passes_from_process_to_process() -> None:
    unknown = Snapshot({"money": replace(FACT, value=None, checked=None)}, NOW)
    both = snapshot_in(CONFIRMED).with_found(unknown.dump(["money"]))

    assert (both.facts["money"].known, both.state(both.facts["money"])) == (False, UNCONFIRMED)


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        # A Monday in winter: 09:00-15:00 in Stockholm.
        (datetime(2026, 3, 2, 9, tzinfo=timezone.utc), True, datetime(2026, 3, 2, 14, tzinfo=timezone.utc)),
        (datetime(2026, 3, 2, 14, tzinfo=timezone.utc), False, datetime(2026, 3, 3, 8, tzinfo=timezone.utc)),
        # Half-days before holidays are not established: Maundy Thursday.
        (datetime(2026, 4, 2, 9, tzinfo=timezone.utc), None, None),
    ],
)
def test_hours_are_dumped_with_whether_it_is_open(
    moment: datetime, is_open: bool | None, until: datetime | None
) -> None:
    dumped = Snapshot(FRESH.facts, moment).dump(["hours", "money"])

    assert dumped["hours"]["open"] is is_open
    assert (dumped["hours"]["until"] and datetime.fromisoformat(dumped["hours"]["until"])) == until
    assert "open" not in dumped["money"]


ids = st.sampled_from([*FRESH.facts, "unknown"])
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
nearly = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from([one.value for one in State]) | json,
        "value": st.sampled_from([400000, "2026-01-01", {"mon": "09:00-25:00"}, {"mon": 3}, None]) | json,
        "checked": st.sampled_from(["2026-02-27", "2026-13-01", "20260227", None]) | json,
    },
)


@given(st.sampled_from(State), st.dictionaries(ids, json | nearly))
def test_what_another_process_says_in_another_form_is_left_out(mine: State, found: dict[str, Any]) -> None:
    before = snapshot_in(mine)
    both = before.with_found(found)

    assert both.facts.keys() == before.facts.keys()
    assert before == snapshot_in(mine)
    for id, fact in both.facts.items():
        assert fact == before.facts[id] or id in found
        assert fact.value is None or isinstance(fact.value, type(VALUES[id]))
        assert both.state(fact) is not CONFIRMED or fact.known
        assert both.state(fact) is WITHHELD or mine is not WITHHELD
        both.dump([id])


def test_a_book_tells_corrections_with_their_date(book: FactBook, store: FactStore) -> None:
    def decide(value: int, fact: Fact, standing: Standing) -> tuple[Standing, str]:
        return confirmed(fact, standing, value, None, NOW), "person"

    store.decide([FACT], partial(decide, 400000), NOW)
    book.refresh()

    fact = book.snapshot().facts["money"]
    assert (fact.value, fact.before, fact.since, fact.checked) == (400000, 350000, NOW.date(), NOW.date())
    assert book.snapshot().dump(["money"]) == {
        "money": {"value": 400000, "state": "confirmed", "checked": "2026-03-01"}
    }
