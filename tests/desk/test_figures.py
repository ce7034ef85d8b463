from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date, datetime, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from bot.desk.counts import Cell, CountStore
from bot.desk.export import as_csv, as_json, rows, safe
from bot.desk.figures import Figures, Period, figures
from bot.desk.suppression import told

# What could be somebody's single question.
SMALL = 5
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def hour(day: int, at: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, at, tzinfo=timezone.utc)


@pytest.fixture
def counted(engine: Engine) -> Figures:
    store = CountStore(engine)
    store.add(
        {
            Cell(hour(1, 11), "conversation", "sv"): 6,
            Cell(hour(1, 11), "turn", "sv", "grant_amount", "answered"): 20,
            Cell(hour(2, 11), "turn", "so", "", "not_understood"): 3,
            Cell(hour(2, 12), "turn", "so", "grant_amount", "answered"): 10,
            Cell(hour(2, 12), "feedback", "so", "grant_amount", "yes"): 7,
            Cell(hour(2, 12), "feedback", "so", "grant_amount", "wrong"): 6,
            # The last evening of February in UTC is March in Stockholm; the last one of March is April.
            Cell(hour(28, 23, 2), "turn", "sv", "city_grant", "answered"): 5,
            Cell(hour(31, 22), "turn", "sv", "city_grant", "answered"): 100,
        }
    )
    return figures(store, MARCH)


def test_figures_are_of_whole_days_in_stockholm(counted: Figures) -> None:
    assert (counted.conversations, counted.messages) == (6, 38)
    assert counted.outcomes == {"answered": 35, "not_understood": 3}
    assert list(counted.topics.items()) == [("grant_amount", 30), ("city_grant", 5), ("", 3)]
    assert counted.languages == {"sv": 25, "so": 13}
    assert counted.feedback == {"yes": 7, "wrong": 6}
    assert (counted.days[date(2026, 3, 1)], counted.days[date(2026, 3, 2)]) == (25, 13)
    assert len(counted.days) == 31
    assert {at: count for at, count in counted.hours.items() if count} == {0: 5, 12: 23, 13: 10}


def test_nothing_counted_gives_zeros(engine: Engine) -> None:
    empty = figures(CountStore(engine), MARCH)

    assert (empty.conversations, empty.messages, empty.outcomes) == (0, 0, {})
    assert sum(empty.days.values()) == sum(empty.hours.values()) == 0


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert MARCH.before == Period(date(2026, 1, 29), date(2026, 2, 28))
    assert len(list(MARCH.before.days())) == len(list(MARCH.days()))


@pytest.mark.parametrize(("first", "last"), [("2026-03-02", "2026-03-01"), ("2026-03-01", "2027-03-02")])
def test_a_period_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(date.fromisoformat(first), date.fromisoformat(last))


@given(st.integers(0, 10**9))
def test_no_small_count_is_told_and_no_other_one_exactly(count: int) -> None:
    shown = told(count)

    assert shown is None if count < SMALL else shown is None or abs(shown - count) <= 2


def given_away(published: Iterable[tuple[Hashable, tuple[int, ...]]]) -> list[Hashable]:
    """Return what was published that tells a small count: of all (published, counts) that look so it is the same."""
    behind = defaultdict(list)
    for shown, counts in published:
        behind[shown].append(counts)
    found = {
        shown: [values for values in map(set, zip(*tables, strict=True)) if len(values) == 1]
        for shown, tables in behind.items()
    }
    return [shown for shown, sure in found.items() if any(0 < min(values) < SMALL for values in sure)]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_no_table_and_its_total_give_a_small_count_away(size: int) -> None:
    tables = product(range(13), repeat=size)

    assert given_away(((tuple(map(told, counts)), told(sum(counts))), counts) for counts in tables) == []


def linked() -> Iterator[Figures]:
    """Yield figures as they hang together: only answers have a topic."""
    for first, second, asked, down in product(range(11), repeat=4):
        outcomes = {"answered": first + second, "clarify": asked, "unavailable": down}
        topics = {"a": first, "b": second, "": asked + down}
        yield Figures(0, sum(topics.values()), outcomes, topics, {}, {}, {}, {})


def test_no_two_tables_give_a_small_count_away() -> None:
    assert given_away((tuple(rows(each)), (*each.outcomes.values(), *each.topics.values())) for each in linked()) == []


def test_both_exports_say_the_same(counted: Figures) -> None:
    table = list(csv.reader(io.StringIO(as_csv(counted))))
    exported = as_json(counted, MARCH)

    assert table[0] == ["table", "key", "count_to_nearest_5"]
    assert (exported["nearest"], exported["least"]) == (5, 10)
    in_json = {(name, key): count for name, cells in exported["counts"].items() for key, count in cells.items()}
    assert {(name, key): int(count) if count else None for name, key, count in table[1:]} == in_json
    assert in_json["outcome", "not_understood"] is None
    assert in_json["total", "messages"] == 40
    assert (exported["first"], exported["last"]) == ("2026-03-01", "2026-03-31")


def test_a_small_total_is_hidden() -> None:
    few = Figures(2, 3, {"answered": 3}, {"grant_amount": 3}, {"sv": 3}, {MARCH.first: 3}, {12: 3}, {})

    assert {count for _, _, count in rows(few)} == {None}


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0x"])
def test_no_cell_is_a_formula(text: str) -> None:
    few = Figures(0, 10, {text: 10}, {}, {}, {}, {}, {})

    assert safe(text) == f"'{text}"
    assert ["outcome", f"'{text}", "10"] in list(csv.reader(io.StringIO(as_csv(few), newline="")))
