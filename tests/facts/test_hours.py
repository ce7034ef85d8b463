from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts.hours import DAYS, STOCKHOLM, Hours, Opening, parse_hours

OFFICE = {"mon-fri": "09:00-15:00", "holidays": "closed", "eves": "09:00-12:00"}
UNKNOWN = {"mon-fri": "09:00-15:00"}
LUNCH = {"mon-thu": "08:00-12:00, 13:00-17:00", "fri": "09:00-15:00", "holidays": "closed", "eves": "closed"}
ALL_WEEK = {"mon-sun": "09:00-15:00", "holidays": "09:00-15:00", "eves": "09:00-15:00"}


def at(hours: dict[Any, str], moment: str) -> Opening:
    return parse_hours(hours).at(here(moment))


def here(moment: str) -> datetime:
    """Return a moment on Stockholm's clocks."""
    return datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)


def utc(moment: datetime | None) -> datetime | None:
    # Two moments in one zone compare by their clocks, which run back one night a year.
    return moment.astimezone(timezone.utc) if moment else None


def minutes(since_midnight: int) -> str:
    return f"{since_midnight // 60:02d}:{since_midnight % 60:02d}"


@st.composite
def days(draw: st.DrawFn, earliest: int = 0, closed: bool = True) -> str:
    """Draw the hours of a day as they are written, with time between one span and the next."""
    count = draw(st.integers(0 if closed else 1, 3))
    drawn = draw(st.lists(st.integers(earliest, 24 * 60 - 1), min_size=2 * count, max_size=2 * count, unique=True))
    edges = sorted(drawn)
    spans = zip(edges[::2], edges[1::2], strict=True)
    return ", ".join(f"{minutes(start)}-{minutes(end)}" for start, end in spans) or "closed"


@st.composite
def written(draw: st.DrawFn, earliest: int = 0) -> dict[Any, str]:
    """Draw hours as a content file has them; a weekday that is closed is left out."""
    week = draw(st.dictionaries(st.sampled_from(DAYS), days(earliest, closed=False), min_size=1))
    extra = draw(st.dictionaries(st.sampled_from(("holidays", "eves")), days(earliest)))
    exceptions = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), days(earliest), max_size=5))
    return {**week, **extra, **exceptions}


def test_weekdays_that_are_named_have_their_hours_and_the_others_are_closed() -> None:
    hours = parse_hours({"mon-wed": "9:00-12:00,13:00-15:30", "sat": " 10:00-14:00 ", "sun": "closed"})
    half = ((time(9), time(12)), (time(13), time(15, 30)))

    assert [hours.week.get(day, ()) for day in range(7)] == [half, half, half, (), (), ((time(10), time(14)),), ()]


def test_days_that_are_not_named_apart_are_not_known() -> None:
    hours = parse_hours({"mon": "09:00-15:00"})

    assert (hours.holidays, hours.eves, hours.dates) == (None, None, {})


@pytest.mark.parametrize("key", [date(2026, 12, 23), "2026-12-23"])
def test_an_exception_is_a_date_of_yaml_or_json(key: Any) -> None:
    assert parse_hours({"mon": "09:00-15:00", key: "closed"}).dates == {date(2026, 12, 23): ()}


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"holidays": "closed", "eves": "closed", "2026-12-23": "closed"},
        {"Mon": "09:00-15:00"},
        {"måndag": "09:00-15:00"},
        {"fri-mon": "09:00-15:00"},
        {"mon-wed-fri": "09:00-15:00"},
        {"mon-": "09:00-15:00"},
        {"-fri": "09:00-15:00"},
        {"mon-fri": "09:00-15:00", "wed": "closed"},
        {"mon": ""},
        {"mon": None},
        {"mon": 9},
        {"mon": "09:00"},
        {"mon": "09.00-15.00"},
        {"mon": "09:00-15:00 and 16:00-17:00"},
        {"mon": "09:00-15:00,"},
        {"mon": "15:00-09:00"},
        {"mon": "09:00-09:00"},
        {"mon": "09:00-12:00, 11:59-15:00"},
        {"mon": "13:00-15:00, 09:00-12:00"},
        {"mon": "09:00-24:00"},
        {"mon": "09:60-15:00"},
        {"mon": "09:00-15:00", "2026-02-30": "closed"},
        {"mon": "09:00-15:00", "26-12-23": "closed"},
        {"mon": "09:00-15:00", "holidays": "perhaps"},
    ],
    ids=str,
)
def test_what_are_no_hours_is_refused(entry: dict[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_hours(entry)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"funday": "09:00-15:00"}, "funday"),
        ({"mon": "09:00-12:00, 9-15"}, "9-15"),
        ({"mon": "15:00-09:00"}, "15:00-09:00"),
        ({"mon-fri": "closed", "wed": "closed"}, "wed"),
        ({"mon": "09:00-25:00"}, "09:00-25:00"),
        ({"mon": "closed", "2026-02-30": "closed"}, "2026-02-30"),
    ],
)
def test_a_fault_names_what_is_wrong(entry: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_hours(entry)


@given(written())
def test_hours_that_are_dumped_are_read_back(entry: dict[Any, str]) -> None:
    hours = parse_hours(entry)

    assert parse_hours(hours.dump()) == hours


@given(written())
def test_a_dump_is_words_only(entry: dict[Any, str]) -> None:
    assert {type(part) for pair in parse_hours(entry).dump().items() for part in pair} == {str}


def test_a_dump_names_neighbouring_days_with_the_same_hours_together() -> None:
    entry = {"mon": "09:00-15:00", "tue": "09:00-15:00", "thu": "09:00-15:00", "sun": "10:00-11:00"}

    assert list(parse_hours(entry).dump()) == ["mon-tue", "thu", "sun"]


def test_a_day_that_is_named_closed_is_the_same_as_one_that_is_not_named() -> None:
    assert parse_hours({"mon-fri": "09:00-15:00", "sat-sun": "closed"}) == parse_hours({"mon-fri": "09:00-15:00"})


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("sv", "måndag–torsdag 08:00–12:00, 13:00–17:00, fredag 09:00–15:00"),
        ("en_GB", "Monday–Thursday 08:00–12:00, 13:00–17:00, Friday 09:00–15:00"),
        ("ar", "الاثنين–الخميس 08:00–12:00, 13:00–17:00, الجمعة 09:00–15:00"),
    ],
)
def test_the_week_is_written_as_its_readers_write_it(locale: str, text: str) -> None:
    assert parse_hours(LUNCH).format(locale) == text


def test_only_the_usual_week_is_written() -> None:
    assert parse_hours({**OFFICE, "2026-12-23": "10:00-11:00"}).format("sv") == "måndag–fredag 09:00–15:00"


@pytest.mark.parametrize(
    ("moment", "open", "until"),
    [
        ("2026-02-02 07:59:59", False, "2026-02-02 08:00"),
        ("2026-02-02 08:00", True, "2026-02-02 12:00"),
        ("2026-02-02 11:59:59.999999", True, "2026-02-02 12:00"),
        ("2026-02-02 12:00", False, "2026-02-02 13:00"),
        ("2026-02-02 13:00", True, "2026-02-02 17:00"),
        ("2026-02-02 17:00", False, "2026-02-03 08:00"),
        ("2026-02-05 23:59", False, "2026-02-06 09:00"),
        ("2026-02-06 15:00", False, "2026-02-09 08:00"),
        ("2026-02-07 10:00", False, "2026-02-09 08:00"),
        ("2026-02-08 23:59", False, "2026-02-09 08:00"),
    ],
)
def test_it_is_open_in_its_hours_and_closed_at_lunch_and_at_weekends(moment: str, open: bool, until: str) -> None:
    assert at(LUNCH, moment) == Opening(open, here(until))


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-04-02 12:00", "2026-04-07 09:00"),
        ("2026-04-30 12:00", "2026-05-04 09:00"),
        ("2026-05-14 10:00", "2026-05-15 09:00"),
        ("2026-06-18 12:00", "2026-06-22 09:00"),
        ("2026-06-19 10:00", "2026-06-22 09:00"),
        ("2026-12-23 12:00", "2026-12-28 09:00"),
        ("2026-12-24 10:00", "2026-12-28 09:00"),
        ("2026-12-31 10:00", "2027-01-04 09:00"),
        ("2027-06-25 10:00", "2027-06-28 09:00"),
        ("2027-12-24 10:00", "2027-12-27 09:00"),
        ("2027-12-31 10:00", "2028-01-03 09:00"),
    ],
    ids=[
        "from Maundy Thursday over Easter",
        "May Day",
        "Ascension Day",
        "the day before Midsommarafton",
        "Midsommarafton",
        "the day before Julafton",
        "Julafton",
        "Nyårsafton",
        "Midsommarafton 2027",
        "Julafton 2027",
        "Nyårsafton 2027",
    ],
)
def test_it_opens_again_after_public_holidays(moment: str, until: str) -> None:
    assert at(OFFICE, moment) == Opening(False, here(until))


@pytest.mark.parametrize("day", ["2026-01-05", "2026-04-02", "2026-04-30", "2026-10-30", "2026-12-23", "2027-11-05"])
def test_half_days_have_hours_of_their_own(day: str) -> None:
    assert at(OFFICE, f"{day} 11:00") == Opening(True, here(f"{day} 12:00"))
    assert at(OFFICE, f"{day} 12:00").open is False


@pytest.mark.parametrize("day", ["2026-04-02", "2026-04-03", "2026-06-19", "2026-12-23", "2026-12-24", "2026-12-31"])
def test_nothing_is_claimed_of_a_day_whose_hours_nobody_has_established(day: str) -> None:
    assert parse_hours(UNKNOWN).on(date.fromisoformat(day)) is None
    assert at(UNKNOWN, f"{day} 10:00") == Opening(None)
    assert at(UNKNOWN, f"{day} 20:00") == Opening(None)


def test_known_half_days_do_not_make_holidays_known() -> None:
    hours = {**UNKNOWN, "eves": "09:00-12:00"}

    assert at(hours, "2026-04-02 11:00") == Opening(True, here("2026-04-02 12:00"))
    assert at(hours, "2026-04-02 12:00") == Opening(False)
    assert at(hours, "2026-04-03 11:00") == Opening(None)


def test_known_holidays_do_not_make_half_days_known() -> None:
    hours = {**UNKNOWN, "holidays": "closed"}

    assert at(hours, "2026-04-02 11:00") == Opening(None)
    assert at(hours, "2026-04-03 11:00") == Opening(False, here("2026-04-07 09:00"))


def test_the_next_opening_is_not_told_when_a_day_before_it_is_unknown() -> None:
    assert at(UNKNOWN, "2026-04-01 14:00") == Opening(True, here("2026-04-01 15:00"))
    assert at(UNKNOWN, "2026-04-01 15:00") == Opening(False)


def test_a_holiday_on_a_day_that_is_never_open_is_known_to_be_closed() -> None:
    assert at(UNKNOWN, "2026-06-06 10:00") == Opening(False, here("2026-06-08 09:00"))


def test_holidays_may_have_hours() -> None:
    assert at({"mon-sun": "09:00-15:00", "holidays": "10:00-11:00"}, "2026-06-19 10:30").until == here(
        "2026-06-19 11:00"
    )


def test_a_sunday_is_no_holiday() -> None:
    assert at({"sun": "09:00-15:00"}, "2026-02-01 10:00") == Opening(True, here("2026-02-01 15:00"))


def test_an_exception_by_date_outranks_weekday_half_day_and_holiday() -> None:
    hours = {
        **OFFICE,
        "2026-02-02": "closed",
        "2026-02-07": "10:00-11:00",
        "2026-04-02": "13:00-14:00",
        "2026-04-03": "10:00-11:00",
    }

    assert at(hours, "2026-02-02 10:00") == Opening(False, here("2026-02-03 09:00"))
    assert at(hours, "2026-02-06 15:00") == Opening(False, here("2026-02-07 10:00"))
    assert at(hours, "2026-04-02 09:30") == Opening(False, here("2026-04-02 13:00"))
    assert at(hours, "2026-04-03 10:30") == Opening(True, here("2026-04-03 11:00"))


def test_an_exception_makes_an_unknown_day_known() -> None:
    hours = {**UNKNOWN, "2026-04-02": "closed", "2026-04-03": "closed", "2026-04-06": "closed"}

    assert at(hours, "2026-04-01 15:00") == Opening(False, here("2026-04-07 09:00"))


def test_the_next_opening_is_looked_for_two_weeks_ahead() -> None:
    hours = {"mon": "09:00-15:00", "2026-02-02": "closed", "2026-02-09": "closed"}

    assert at(hours, "2026-02-01 10:00") == Opening(False)
    assert at(hours, "2026-02-02 10:00") == Opening(False, here("2026-02-16 09:00"))


@pytest.mark.parametrize(
    ("closing", "opening"),
    [
        ("2026-03-28T14:00+00:00", "2026-03-29T07:00+00:00"),
        ("2026-10-24T13:00+00:00", "2026-10-25T08:00+00:00"),
        ("2027-03-27T14:00+00:00", "2027-03-28T07:00+00:00"),
        ("2027-10-30T13:00+00:00", "2027-10-31T08:00+00:00"),
    ],
    ids=["spring 2026", "autumn 2026", "spring 2027", "autumn 2027"],
)
def test_it_opens_by_the_clock_after_the_clocks_are_changed(closing: str, opening: str) -> None:
    hours, closes, opens = parse_hours(ALL_WEEK), datetime.fromisoformat(closing), datetime.fromisoformat(opening)
    second = timedelta(seconds=1)

    assert hours.at(closes - second) == Opening(True, closes)
    assert hours.at(closes) == hours.at(opens - second) == Opening(False, opens)
    assert hours.at(opens) == Opening(True, opens + timedelta(hours=6))


@pytest.mark.parametrize("opened", ["2026-03-28 22:00", "2026-10-24 22:00", "2027-03-27 22:00", "2027-10-30 22:00"])
def test_the_night_itself_is_as_long_as_it_is(opened: str) -> None:
    hours = parse_hours({"mon-sun": "04:00-22:00", "holidays": "04:00-22:00", "eves": "closed"})
    closed = utc(here(opened))
    until = utc(hours.at(here(opened)).until)

    assert closed
    assert until
    assert until - closed == timedelta(hours=5 if "-03-" in opened else 7)


@pytest.mark.parametrize("night", ["01:00-02:30", "02:30-04:00"])
def test_the_next_change_is_never_past(night: str) -> None:
    moment = datetime(2026, 10, 25, 1, 10, tzinfo=timezone.utc)
    until = utc(parse_hours({"sun": night}).at(moment).until)

    assert until is None or until > moment


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("moment", ["2026-02-02 00:30", "2026-07-06 10:00", "2026-07-06 23:30", "2026-02-06 14:59"])
def test_a_moment_may_be_given_in_any_zone(zone: str, moment: str) -> None:
    assert parse_hours(OFFICE).at(here(moment).astimezone(ZoneInfo(zone))) == at(OFFICE, moment)


def test_summer_and_winter_are_an_hour_apart_in_utc() -> None:
    hours = parse_hours(OFFICE)

    assert hours.at(datetime(2026, 7, 6, 7, 0, tzinfo=timezone.utc)).open is True
    assert hours.at(datetime(2026, 2, 2, 7, 0, tzinfo=timezone.utc)).open is False


def test_hours_that_go_on_are_not_said_to_end() -> None:
    opening = at({"mon": "09:00-12:00, 12:00-15:00"}, "2026-02-02 10:00")

    assert opening.until == here("2026-02-02 15:00")


# Not in the hour that an autumn night has twice: test_the_next_change_is_never_past.
_DAYTIME = 3 * 60
_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc))


@given(written(_DAYTIME), _MOMENTS, st.integers(0, 999))
def test_it_stays_as_it_is_until_the_moment_told_and_not_at_it(
    entry: dict[Any, str], moment: datetime, thousandths: int
) -> None:
    hours = parse_hours(entry)
    opening = hours.at(moment)
    until = utc(opening.until)

    if until:
        assert moment < until
        assert hours.at(moment + (until - moment) * thousandths // 1000).open is opening.open
        assert hours.at(until - timedelta(microseconds=1)).open is opening.open
        assert hours.at(until).open is not opening.open
    assert until or not opening.open


@given(written(), _MOMENTS)
def test_it_is_known_whether_it_is_open_just_when_the_day_is_known(entry: dict[Any, str], moment: datetime) -> None:
    hours = parse_hours(entry)

    assert (hours.at(moment).open is None) == (hours.on(moment.astimezone(STOCKHOLM).date()) is None)


@given(written(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_what_is_not_named_is_never_open(entry: dict[Any, str], day: date) -> None:
    hours = parse_hours(entry)

    if day not in hours.dates and DAYS[day.weekday()] not in entry:
        assert hours.on(day) == ()


def test_hours_can_be_made_by_hand() -> None:
    assert Hours({0: ((time(9), time(15)),)}) == parse_hours({"mon": "09:00-15:00"})
