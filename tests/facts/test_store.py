from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.database import open_database
from bot.facts.hours import Hours, parse_hours
from bot.facts.ledger import Fact
from bot.facts.standing import Pending, Reading, Standing, Verdict, confirmed, effective, withheld
from bot.facts.store import WATCHER, Check, FactStore, SeenPage
from bot.migrations import migrate
from tests.facts.conftest import LEDGER, NOW, VALUES, MakeEngine, make_fact, make_ledger, run_at_once
from tests.stack import wait_until

FACT = LEDGER.facts["money"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Examples share one store: each is read back after it was written.
one_store = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

words = st.text(min_size=1).filter(str.strip)
moments = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=-9))])
)
hours = st.fixed_dictionaries(
    {"mon-wed": st.sampled_from(["09:00-15:00", "09:00-11:30, 13:00-16:00"]), "sat": st.just("10:00-11:00")},
    optional={"holidays": st.just("closed"), "eves": st.just("09:00-12:00"), "2026-12-23": st.just("closed")},
).map(parse_hours)
KIND_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "money": st.integers(0, 10**12),
    "date": st.dates(),
    "share": st.integers(0, 1000),
    "duration": st.integers(0, 10**6),
    "hours": hours,
    "url": words.map(lambda word: f"https://agency.example/{word}"),
    "phone": st.from_regex(r"[+]?[0-9]{3,15}", fullmatch=True),
    "address": words,
    "reference": words,
    "statement": words,
}


def standings(fact: Fact) -> st.SearchStrategy[Standing]:
    values = KIND_VALUES[fact.type]
    several = st.lists(values, max_size=3).map(tuple)
    return st.builds(
        Standing,
        fact=st.just(fact.id),
        value=st.none() | values,
        base=st.none() | st.just(fact.value) | values,
        checked_at=st.none() | moments,
        moved_at=st.none() | moments,
        withheld=st.booleans(),
        doubted=st.booleans(),
        page_hash=st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
        pending=st.none() | st.builds(Pending, st.sampled_from(Verdict), several, moments),
        superseded=several,
        before=st.none() | values,
        since=st.none() | st.dates(),
    )


def put(standing: Standing) -> Callable[[Fact, Standing], tuple[Standing, str]]:
    return lambda fact, _: (standing, "person")


def withhold(fact: Fact, standing: Standing) -> tuple[Standing, str]:
    return withheld(fact, standing, NOW), "withheld"


def correct(value: Any, fact: Fact, standing: Standing) -> tuple[Standing, str]:
    return confirmed(fact, standing, value, None, NOW), "person"


def see_page(fact: Fact, standing: Standing) -> tuple[Standing, str]:
    return replace(standing, page_hash="seen"), "first_seen"


def leave(fact: Fact, standing: Standing) -> tuple[Standing, str]:
    return standing, "nothing"


def test_there_is_an_example_of_every_kind_of_value() -> None:
    assert KIND_VALUES.keys() == VALUES.keys() == LEDGER.facts.keys()


@pytest.mark.parametrize("kind", KIND_VALUES)
@one_store
@given(data=st.data())
def test_a_standing_and_its_change_come_back_as_they_were_kept(
    store: FactStore, kind: str, data: st.DataObject
) -> None:
    fact = LEDGER.facts[kind]
    standing = data.draw(standings(fact))
    changes = store.decide([fact], put(standing), NOW, by="Åsa", reason="för att")

    assert store.standings()[kind] == standing
    assert store.history(fact)[: len(changes)] == changes
    assert all(change.new_value == effective(fact, standing).value for change in changes)


@pytest.mark.parametrize("kind", KIND_VALUES)
@one_store
@given(data=st.data())
def test_a_check_comes_back_with_every_value_it_read(store: FactStore, kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(KIND_VALUES[kind], max_size=3).map(tuple))
    reading = Reading(kind, data.draw(st.sampled_from(Verdict)), values)
    check = Check("agency", data.draw(moments), 1.5, "ok", None, "https://agency.example/å", "hash", (reading,))
    store.decide((), leave, NOW, check=check)

    assert store.checks("agency", limit=1) == [check]


@one_store
@given(
    page=st.builds(
        SeenPage,
        source=st.sampled_from(["agency", "other"]),
        due_at=moments,
        failures=st.integers(0, 1000),
        fetched_at=st.none() | moments,
        etag=st.none() | st.just('W/"å"'),
        last_modified=st.none() | st.just("Thu, 01 Jan 2026 00:00:00 GMT"),
        page=st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    )
)
def test_the_last_page_of_a_source_comes_back_as_it_was_kept(store: FactStore, page: SeenPage) -> None:
    store.decide((), leave, NOW, page=page)

    assert store.page(page.source) == page


def test_an_empty_store_knows_nothing(store: FactStore) -> None:
    assert store.standings() == {}
    assert store.history(FACT) == []
    assert store.page("agency") is None
    assert store.checks("agency") == []


def test_another_source_has_pages_and_checks_of_its_own(store: FactStore) -> None:
    store.decide((), leave, NOW, check=Check("agency", NOW, 0, "ok"), page=SeenPage("agency", NOW))

    assert store.page("other") is None
    assert store.checks("other") == []


def test_the_latest_checks_come_first(store: FactStore) -> None:
    for number in range(12):
        # Written in the order of the checks, whatever their clocks say.
        store.decide((), leave, NOW, check=Check("agency", NOW - number * MINUTE, 0, f"status_{number}"))

    assert [check.outcome for check in store.checks("agency", limit=3)] == ["status_11", "status_10", "status_9"]
    assert len(store.checks("agency")) == 10


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [("ok", False), ("same", False), ("old_page", False), ("timeout", True), ("status_404", True)],
)
def test_a_check_without_a_page_has_failed(outcome: str, failed: bool) -> None:
    assert Check("agency", NOW, 0, outcome).failed == failed


def test_a_decision_tells_and_keeps_who_changed_what_and_why(store: FactStore) -> None:
    store.record_passing_of_time(NOW - DAY)

    (change,) = store.decide([FACT], partial(correct, 400000), NOW, "Åsa", "Verket har höjt det")

    assert (change.old_value, change.new_value) == (350000, 400000)
    assert (change.old_state, change.new_state) == ("unconfirmed", "confirmed")
    assert (change.at, change.fact, change.source) == (NOW, "money", "agency")
    assert (change.cause, change.by, change.reason) == ("person", "Åsa", "Verket har höjt det")


def test_history_is_newest_first_and_each_change_begins_where_the_last_ended(store: FactStore) -> None:
    for value in (1, 2, 3):
        # People's clocks may differ; the order of deciding counts.
        store.decide([FACT], partial(correct, value), NOW - value * DAY)
    history = store.history(FACT)

    assert [(change.old_value, change.new_value) for change in history] == [(2, 3), (1, 2), (None, 1)]


def test_a_fact_has_only_its_own_history(store: FactStore) -> None:
    store.decide([FACT], withhold, NOW)

    assert store.history(LEDGER.facts["share"]) == []


def test_what_changes_neither_value_nor_state_is_kept_but_no_change(store: FactStore) -> None:
    store.record_passing_of_time(NOW)

    assert store.decide([FACT], see_page, NOW) == []
    assert store.standings()["money"].page_hash == "seen"
    assert len(store.history(FACT)) == 1


def test_a_decision_on_one_fact_leaves_the_others(store: FactStore) -> None:
    store.record_passing_of_time(NOW)
    before = store.standings()
    store.decide([FACT], withhold, NOW)
    after = store.standings()

    assert after["money"].withheld
    assert {**after, "money": None} == {**before, "money": None}


def kept(store: FactStore) -> tuple[Any, ...]:
    histories = [store.history(fact) for fact in LEDGER.facts.values()]
    return store.standings(), histories, store.page("agency"), store.checks("agency")


def test_a_decision_that_fails_in_the_middle_changes_nothing(store: FactStore) -> None:
    store.decide([FACT], see_page, NOW, check=Check("agency", NOW, 0, "ok"), page=SeenPage("agency", NOW))
    before = kept(store)

    def fail_at_last(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        if fact.id == "statement":
            raise RuntimeError("in the middle")
        return withhold(fact, standing)

    with pytest.raises(RuntimeError, match="in the middle"):
        store.decide(LEDGER.facts.values(), fail_at_last, NOW, page=SeenPage("agency", NOW + DAY))

    assert kept(store) == before


def test_a_page_that_cannot_be_kept_takes_decision_and_check_with_it(store: FactStore) -> None:
    before = kept(store)
    no_time: Any = None

    with pytest.raises(IntegrityError):
        store.decide([FACT], withhold, NOW, check=Check("agency", NOW, 0, "ok"), page=SeenPage("agency", no_time))

    assert kept(store) == before


def test_after_a_failed_decision_others_can_decide(store: FactStore) -> None:
    def fail(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        store.decide([FACT], fail, NOW)

    assert store.decide([FACT], withhold, NOW)


@pytest.fixture
def stores(engine: Engine, make_engine: MakeEngine, database_url: str) -> tuple[FactStore, FactStore]:
    """Two stores with connections of their own on one database, as two processes have them."""
    return FactStore(engine, LEDGER), FactStore(make_engine(database_url), LEDGER)


def test_writers_at_once_lose_nothing(stores: tuple[FactStore, FactStore]) -> None:
    stores[0].record_passing_of_time(NOW)

    def add_one(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        return correct(effective(fact, standing).value + 1, fact, standing)

    def write(number: int) -> None:
        check = Check("agency", NOW, 0, str(number))
        stores[number % 2].decide([FACT], add_one, NOW, check=check, page=SeenPage("agency", NOW))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))

    assert effective(FACT, stores[0].standings()["money"]).value == FACT.value + 24
    assert [change.new_value - change.old_value for change in stores[1].history(FACT)[:-1]] == [1] * 24
    assert {check.outcome for check in stores[0].checks("agency", limit=100)} == {str(number) for number in range(24)}


def test_a_reader_sees_all_of_a_decision_or_nothing(stores: tuple[FactStore, FactStore]) -> None:
    seen: list[dict[str, Standing]] = []

    def look_and_withhold(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        seen.append(stores[1].standings())
        return withhold(fact, standing)

    stores[0].decide(LEDGER.facts.values(), look_and_withhold, NOW)

    assert seen == [{}] * len(LEDGER.facts)
    assert all(standing.withheld for standing in stores[1].standings().values())


def meet(database_url: str, first: FactStore, second: FactStore) -> None:
    """Let a person withhold through `first`; meanwhile a page is seen through `second`."""
    watching, entered = open_database(database_url), Event()

    def second_waits() -> bool:
        with watching.connect() as connection:
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(connection.exec_driver_sql(waiting).scalar_one())

    def see(fact: Fact, standing: Standing) -> tuple[Standing, str]:
        entered.set()
        return see_page(fact, standing)

    with ThreadPoolExecutor(1) as pool:

        def hold_until_both_are_here(fact: Fact, standing: Standing) -> tuple[Standing, str]:
            others.append(pool.submit(second.decide, [FACT], see, NOW))
            wait_until(lambda: entered.is_set() or second_waits(), 30, "the other writer did not come")
            return withhold(fact, standing)

        others: list[Any] = []
        first.decide([FACT], hold_until_both_are_here, NOW)
        others[0].result(timeout=30)
    watching.dispose()


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(("money", "share"), id="known"),
        pytest.param(("share",), id="new_fact"),
        pytest.param((), id="new_store"),
    ],
)
def test_on_postgresql_two_decisions_that_meet_are_both_kept(
    make_engine: MakeEngine, postgresql_url: str, known: tuple[str, ...]
) -> None:
    first, second = (FactStore(make_engine(postgresql_url), LEDGER) for _ in range(2))
    migrate(make_engine(postgresql_url))
    first.decide([LEDGER.facts[id] for id in known], leave, NOW)

    meet(postgresql_url, first, second)

    standing = first.standings()["money"]
    assert (standing.withheld, standing.page_hash) == (True, "seen")


def test_a_lease_has_one_holder_until_it_ends(store: FactStore) -> None:
    assert store.take_lease("agency.example", "one", NOW, 3 * MINUTE)
    assert not store.take_lease("agency.example", "two", NOW, 3 * MINUTE)
    assert not store.take_lease("agency.example", "two", NOW + 3 * MINUTE - timedelta(microseconds=1), 3 * MINUTE)
    assert store.take_lease("agency.example", "two", NOW + 3 * MINUTE, 3 * MINUTE)
    assert not store.take_lease("agency.example", "one", NOW + 4 * MINUTE, 3 * MINUTE)


def test_each_site_has_a_lease_of_its_own(store: FactStore) -> None:
    assert store.take_lease("agency.example", "one", NOW, MINUTE)
    assert store.take_lease("city.example", "two", NOW, MINUTE)


def test_a_holder_may_take_its_lease_again(store: FactStore) -> None:
    assert store.take_lease("agency.example", "one", NOW, 3 * MINUTE)
    assert store.take_lease("agency.example", "one", NOW + MINUTE, 3 * MINUTE)
    assert not store.take_lease("agency.example", "two", NOW + 3 * MINUTE, 3 * MINUTE)


def test_a_lease_given_back_is_free_at_once(store: FactStore) -> None:
    store.take_lease("agency.example", "one", NOW, 3 * MINUTE)
    store.give_lease_back("agency.example", "one", NOW)

    assert store.take_lease("agency.example", "two", NOW, 3 * MINUTE)


def test_nobody_gives_back_what_another_holds(store: FactStore) -> None:
    store.take_lease("agency.example", "one", NOW, 3 * MINUTE)
    store.give_lease_back("agency.example", "two", NOW)
    store.give_lease_back("city.example", "one", NOW)

    assert not store.take_lease("agency.example", "two", NOW, 3 * MINUTE)


SITES = [f"site{number}.example" for number in range(60)]
# Prints the sites whose lease this process could take, from the moment that it is told to begin.
TAKE_ALL = """
import sys
from datetime import datetime, timedelta
from bot.database import open_database
from bot.facts.ledger import Ledger
from bot.facts.store import FactStore

url, holder, now, *sites = sys.argv[1:]
store, now = FactStore(open_database(url), Ledger({}, {})), datetime.fromisoformat(now)
store.standings()
wait()
print(*(site for site in sites if store.take_lease(site, holder, now, timedelta(minutes=1))))
"""


def test_two_processes_never_hold_the_same_lease(store: FactStore, database_url: str) -> None:
    for site in SITES[::2]:
        store.take_lease(site, "gone", NOW - DAY, MINUTE)

    taken = run_at_once(TAKE_ALL, *[[database_url, holder, NOW.isoformat(), *SITES] for holder in ("one", "two")])

    assert sorted(" ".join(taken).split()) == sorted(SITES)


def causes(store: FactStore, fact: Fact) -> list[tuple[str, str]]:
    return [(change.new_state, change.cause) for change in store.history(fact)]


def test_what_the_ledger_says_is_written_down_once(store: FactStore) -> None:
    assert len(store.record_passing_of_time(NOW)) == len(LEDGER.facts)
    assert store.record_passing_of_time(NOW + MINUTE) == []

    (change,) = store.history(FACT)
    assert (change.old_value, change.old_state, change.new_value) == (None, None, FACT.value)
    assert (change.cause, change.by) == ("ledger", WATCHER)


def test_a_fact_that_grows_old_is_written_down(engine: Engine) -> None:
    fact = make_fact(checked=NOW.date(), max_age=7)
    store = FactStore(engine, make_ledger(fact))
    for days in range(10):
        store.record_passing_of_time(NOW + days * DAY)

    assert causes(store, fact) == [("unconfirmed", "age"), ("confirmed", "ledger")]
    assert store.history(fact)[0].at == NOW + 8 * DAY


def test_a_fact_that_is_no_longer_valid_is_written_down(engine: Engine) -> None:
    fact = make_fact(checked=NOW.date(), valid_from=date(2026, 3, 3), valid_to=date(2026, 3, 5), max_age=90)
    store = FactStore(engine, make_ledger(fact))
    for days in range(10):
        store.record_passing_of_time(NOW + days * DAY)

    assert causes(store, fact) == [("withheld", "validity"), ("confirmed", "validity"), ("withheld", "ledger")]


def test_the_day_ends_at_midnight_in_stockholm(engine: Engine) -> None:
    fact = make_fact(checked=NOW.date(), max_age=7)
    store = FactStore(engine, make_ledger(fact))
    store.record_passing_of_time(NOW)

    assert store.record_passing_of_time(datetime(2026, 3, 8, 22, 59, tzinfo=timezone.utc)) == []
    assert store.record_passing_of_time(datetime(2026, 3, 8, 23, 0, tzinfo=timezone.utc)) != []


def test_an_edit_of_the_ledger_is_written_down_and_ends_what_was_decided(engine: Engine) -> None:
    fact = make_fact(checked=NOW.date())
    FactStore(engine, make_ledger(fact)).decide([fact], withhold, NOW)
    edited = replace(fact, value=400000)
    store = FactStore(engine, make_ledger(edited))
    store.record_passing_of_time(NOW + MINUTE)

    (change, _) = store.history(edited)
    assert (change.old_value, change.new_value) == (350000, 400000)
    assert (change.old_state, change.new_state, change.cause) == ("withheld", "confirmed", "ledger")


def test_newer_evidence_in_the_ledger_is_written_down_as_an_edit_of_it(engine: Engine) -> None:
    fact = make_fact(checked=date(2026, 1, 1))
    FactStore(engine, make_ledger(fact)).record_passing_of_time(NOW)
    edited = replace(fact, checked=NOW.date())
    store = FactStore(engine, make_ledger(edited))
    store.record_passing_of_time(NOW)

    assert causes(store, edited) == [("confirmed", "ledger"), ("unconfirmed", "ledger")]


@pytest.fixture
def retyped(engine: Engine) -> tuple[FactStore, Fact]:
    """A store in which an amount was decided on that has become a statement in the ledger, and that statement."""
    amount = make_fact("grant")
    reading = Reading("grant", Verdict.DIFFERS, (400000,))
    check = Check("agency", NOW, 0, "ok", readings=(reading,))
    FactStore(engine, make_ledger(amount)).decide([amount], partial(correct, 400000), NOW, check=check)
    statement = make_fact("grant", type="statement", value="Verket beslutar.", checked=NOW.date())
    return FactStore(engine, make_ledger(statement)), statement


def test_what_was_decided_on_a_fact_of_another_type_is_left_out(retyped: tuple[FactStore, Fact]) -> None:
    assert retyped[0].standings() == {}


def test_a_fact_of_another_type_can_be_decided_on(retyped: tuple[FactStore, Fact]) -> None:
    store, statement = retyped
    store.record_passing_of_time(NOW)
    store.decide([statement], withhold, NOW)

    assert store.standings()["grant"].withheld


def test_the_history_of_a_fact_of_another_type_can_be_shown(retyped: tuple[FactStore, Fact]) -> None:
    store, statement = retyped

    assert len(store.history(statement)) == 1


def test_the_checks_of_a_fact_of_another_type_can_be_shown(retyped: tuple[FactStore, Fact]) -> None:
    assert len(retyped[0].checks("agency")) == 1


def test_a_fact_that_has_left_the_ledger_is_left_out(engine: Engine) -> None:
    fact = make_fact("gone")
    check = Check("agency", NOW, 0, "ok", readings=(Reading("gone", Verdict.AGREES, (350000,)),))
    FactStore(engine, make_ledger(fact)).decide([fact], withhold, NOW, check=check)
    store = FactStore(engine, LEDGER)

    assert store.standings() == {}
    assert store.checks("agency") == [replace(check, readings=())]


def test_a_sqlite_file_that_nobody_made_reads_as_empty_and_is_not_made(make_engine: MakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "facts.db"
    store = FactStore(make_engine(f"sqlite:///{file}"), LEDGER)

    assert store.standings() == {}
    assert store.history(FACT) == []
    assert not file.parent.exists()


def test_hours_come_back_as_hours(store: FactStore) -> None:
    store.decide([LEDGER.facts["hours"]], partial(correct, VALUES["hours"]), NOW)

    assert isinstance(store.standings()["hours"].value, Hours)
