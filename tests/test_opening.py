from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM, Hours, parse_hours
from bot.markup import Text
from bot.render import Renderer

ALL = parse_hours({"mon-fri": "09:00-15:00", "holidays": "closed", "eves": "09:00-12:00"})
# Nobody has established what holds on holidays and the half-days before them.
PLAIN = parse_hours({"mon-fri": "09:00-15:00"})
MONDAYS = parse_hours({"mon": "09:00-11:00, 13:00-15:00"})
WEEK_OFF = parse_hours({"mon-fri": "09:00-15:00", **{f"2026-03-{day:02}": "closed" for day in range(9, 14)}})
WORDS = ("open_now", "opens_today", "opens", "closed_now", "hours_may_differ")
MONDAY_MORNING = "2026-03-02T10:00"


def here(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)


def reply_at(small: Catalog, moment: datetime, hours: Hours | None = ALL, code: str = "en", **more: Any) -> str:
    """Return what is said at `moment` about an agency with these hours, confirmed that day unless `more` says else."""
    confirmed = {"value": hours, "checked": moment.astimezone(STOCKHOLM).date(), **more}
    fact = replace(small.ledger.facts["agency_hours"], **confirmed)
    ledger = replace(small.ledger, facts={**small.ledger.facts, fact.id: fact})
    renderer = Renderer(replace(small, ledger=ledger), FactBook(ledger, clock=lambda: moment))
    return renderer.answer("city_grant", small.language(code)).text


def words(small: Catalog, key: str, code: str = "en", **values: str) -> str:
    return Renderer(small, FactBook(small.ledger)).ui(key, small.language(code), **values)


def claims(small: Catalog, text: str) -> set[str]:
    """Return which of the words on opening stand in `text`."""
    beginnings = {key: small.language("en").ui[key][0] for key in WORDS}
    # "Closed now" begins more than one of them.
    return {key for key, piece in beginnings.items() if isinstance(piece, Text) and piece.text in text}


@pytest.mark.parametrize(
    ("moment", "hours", "key", "values"),
    [
        ("2026-03-02T08:59", ALL, "opens_today", {"time": "09:00"}),
        ("2026-03-02T09:00", ALL, "open_now", {"time": "15:00"}),
        ("2026-03-02T14:59", ALL, "open_now", {"time": "15:00"}),
        ("2026-03-02T15:00", ALL, "opens", {"day": "Tuesday", "time": "09:00"}),
        ("2026-03-06T16:00", ALL, "opens", {"day": "Monday", "time": "09:00"}),
        ("2026-03-07T10:00", ALL, "opens", {"day": "Monday", "time": "09:00"}),
        ("2026-03-02T12:00", MONDAYS, "opens_today", {"time": "13:00"}),
        ("2026-03-03T12:00", MONDAYS, "opens", {"day": "Monday", "time": "09:00"}),
        ("2026-03-02T16:00", MONDAYS, "opens", {"day": "9 March 2026", "time": "09:00"}),
        ("2026-03-06T16:00", WEEK_OFF, "opens", {"day": "16 March 2026", "time": "09:00"}),
        ("2026-04-03T10:00", ALL, "opens", {"day": "Tuesday", "time": "09:00"}),
        ("2026-04-30T11:59", ALL, "open_now", {"time": "12:00"}),
        ("2026-04-30T12:00", ALL, "opens", {"day": "Monday", "time": "09:00"}),
        ("2026-04-30T10:00", PLAIN, "hours_may_differ", {}),
        ("2026-04-03T10:00", PLAIN, "hours_may_differ", {}),
        ("2026-04-29T16:00", PLAIN, "closed_now", {}),
        ("2026-04-29T10:00", PLAIN, "open_now", {"time": "15:00"}),
    ],
    ids=[
        "before it opens",
        "as it opens",
        "just before it closes",
        "as it closes",
        "Friday evening",
        "Saturday",
        "between two spans",
        "six days ahead",
        "a week ahead, the same weekday",
        "further ahead than a week",
        "a holiday, then a weekend and another holiday",
        "a half-day",
        "after a half-day, before a holiday",
        "a half-day that nobody knows about",
        "a holiday that nobody knows about",
        "the evening before such a half-day",
        "the day before such a half-day",
    ],
)
def test_it_is_told_whether_it_is_open(
    small: Catalog, moment: str, hours: Hours, key: str, values: dict[str, str]
) -> None:
    assert reply_at(small, here(moment), hours).endswith(f" {words(small, key, **values)}")


def test_days_and_times_are_written_in_the_readers_language(small: Catalog) -> None:
    text = reply_at(small, here("2026-03-02T16:00"), code="sv")

    assert text.endswith(words(small, "opens", "sv", day="tisdag", time="09:00"))
    assert "måndag–fredag 09:00–15:00" in text


@pytest.mark.parametrize(
    ("moment", "key"),
    [
        (datetime(2026, 3, 2, 8, 30, tzinfo=timezone.utc), "open_now"),
        (datetime(2026, 7, 1, 7, 30, tzinfo=timezone.utc), "open_now"),
        (datetime(2026, 3, 2, 14, 30, tzinfo=timezone.utc), "opens"),
        (datetime(2026, 7, 1, 13, 30, tzinfo=timezone.utc), "opens"),
    ],
)
def test_open_means_open_in_stockholm(small: Catalog, moment: datetime, key: str) -> None:
    assert (key == "open_now") is ("open_now" in claims(small, reply_at(small, moment)))


def test_today_is_today_in_stockholm(small: Catalog) -> None:
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc)

    assert reply_at(small, moment).endswith(words(small, "opens_today", time="09:00"))


UNSURE: dict[str, dict[str, Any]] = {
    "doubted": {"doubted": True},
    "withheld": {"withheld": True},
    "old": {"checked": date(2026, 2, 22)},
    "no longer valid": {"valid_to": date(2026, 3, 1)},
    "not yet valid": {"valid_from": date(2026, 3, 3)},
    "not established": {"value": None, "checked": None},
}


@pytest.mark.parametrize("unsure", UNSURE.values(), ids=UNSURE.keys())
@pytest.mark.parametrize("moment", [MONDAY_MORNING, "2026-03-02T03:00"])
def test_hours_that_are_not_confirmed_tell_nothing_of_now(small: Catalog, unsure: dict[str, Any], moment: str) -> None:
    assert claims(small, reply_at(small, here(moment), **unsure)) == set()


def test_hours_of_the_last_day_that_they_may_be_relied_on_tell_of_now(small: Catalog) -> None:
    assert claims(small, reply_at(small, here(MONDAY_MORNING), checked=date(2026, 2, 23))) == {"open_now"}


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed", "withheld"])
def test_hours_that_an_action_found_tell_of_now_if_they_are_confirmed(small: Catalog, state: str) -> None:
    renderer = Renderer(small, FactBook(small.ledger, clock=lambda: here(MONDAY_MORNING)))
    found = {"agency_hours": {"value": ALL.dump(), "state": state, "checked": "2026-03-02", "open": True}}

    text = renderer.answer("city_grant", small.language("en"), found).text

    assert claims(small, text) == ({"open_now"} if state == "confirmed" else set())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(timezone.utc)),
    hours=st.sampled_from([ALL, PLAIN, MONDAYS, WEEK_OFF]),
    state=st.sampled_from([{}, {}, {}, {"doubted": True}, {"withheld": True}]),
)
def test_open_is_claimed_only_when_it_is(small: Catalog, moment: datetime, hours: Hours, state: dict[str, Any]) -> None:
    claimed = claims(small, reply_at(small, moment, hours, **state))

    assert ("open_now" in claimed) is (hours.at(moment).open is True and not state)
    assert (claimed == set()) is bool(state)
