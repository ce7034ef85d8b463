from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from bot.desk.counts import Cell, CountStore
from bot.desk.export import as_csv, as_json, rows, safe
from bot.desk.figures import Figures, Period, figures
from bot.desk.suppression import SMALL, suppressed

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


counts = st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8)


@given(counts)
def test_no_small_count_is_shown(table: dict[str, int]) -> None:
    assert not [count for count in suppressed(table).values() if count is not None and 0 < count < SMALL]


@given(counts)
def test_the_total_gives_no_hidden_count_away(table: dict[str, int]) -> None:
    shown = suppressed(table)
    missing = [key for key, count in shown.items() if count is None]
    left = sum(table.values()) - sum(count for count in shown.values() if count)
    # Each hidden count is one at least: were there one alone, or only ones, the rest of the total would tell.
    assert not shown or not missing or (len(missing) > 1 and left > len(missing))


def test_a_small_count_takes_the_next_larger_one_with_it() -> None:
    assert suppressed({"sv": 90, "so": 3, "ar": 8, "fi": 0}) == {"sv": 90, "so": None, "ar": None, "fi": 0}


def test_a_table_that_cannot_be_protected_is_left_out() -> None:
    assert suppressed({"sv": 3}) == suppressed({"sv": 1, "so": 1, "ar": 1, "fi": 1, "ti": 1}) == {}


def test_both_exports_say_the_same(counted: Figures) -> None:
    table = list(csv.reader(io.StringIO(as_csv(counted))))
    exported = as_json(counted, MARCH)

    assert table[0] == ["table", "key", "count"]
    in_json = {(name, key): count for name, cells in exported["counts"].items() for key, count in cells.items()}
    assert {(name, key): int(count) if count else None for name, key, count in table[1:]} == in_json
    assert in_json["outcome", "not_understood"] is None
    assert in_json["total", "messages"] == 38
    assert (exported["first"], exported["last"]) == ("2026-03-01", "2026-03-31")


def test_a_small_total_is_hidden() -> None:
    few = Figures(2, 3, {"answered": 3}, {"grant_amount": 3}, {"sv": 3}, {MARCH.first: 3}, {12: 3}, {})

    assert Counter(count for _, _, count in rows(few)) == {None: 2}


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0x"])
def test_no_cell_is_a_formula(text: str) -> None:
    few = Figures(0, 9, {text: 9}, {}, {}, {}, {}, {})

    assert safe(text) == f"'{text}"
    assert ["outcome", f"'{text}", "9"] in list(csv.reader(io.StringIO(as_csv(few), newline="")))
