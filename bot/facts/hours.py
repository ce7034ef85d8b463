"""Opening hours: a weekly pattern, holidays, exceptions, and whether it is open at a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.facts import formats

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"
# Not public holidays by name, but days off at every authority.
_DAYS_OFF = frozenset({"Midsommarafton", "Julafton", "Nyårsafton"})
# How far ahead the next opening is looked for, in days.
_HORIZON = 14
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")

Span = tuple[time, time]
# The spans of one day; () is closed, None is not known.
Spans = tuple[Span, ...] | None


@dataclass(frozen=True)
class Opening:
    """Whether it is open at a moment (None: not known), and when that next changes, if that is known."""

    open: bool | None
    until: datetime | None = None


@dataclass(frozen=True)
class Hours:
    """Opening hours in Stockholm. A weekday that is not named is closed.

    `holidays` are the hours of public holidays, `eves` those of the half-days before them; None
    means that nobody has established them, so on such a day nothing is claimed. `dates` are exceptions.
    """

    week: Mapping[int, tuple[Span, ...]]
    holidays: Spans = None
    eves: Spans = None
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def on(self, day: date) -> Spans:
        """Return the spans of a day: () closed, None not known."""
        if day in self.dates:
            return self.dates[day]
        usual = self.week.get(day.weekday(), ())
        if not usual:
            return ()
        days_off, eves = _calendar(day.year)
        if day in days_off:
            return self.holidays
        return self.eves if day in eves else usual

    def at(self, moment: datetime) -> Opening:
        """Return whether it is open at `moment` (aware), and until when, or when it opens."""
        here = moment.astimezone(STOCKHOLM)
        today = self.on(here.date())
        if today is None:
            return Opening(None)
        for start, end in today:
            if start <= here.time() < end:
                return Opening(True, _moment(here.date(), end, here))
        later = [start for start, _ in today if start > here.time()]
        return Opening(False, _moment(here.date(), min(later), here) if later else self._next_opening(here))

    def _next_opening(self, here: datetime) -> datetime | None:
        for ahead in range(1, _HORIZON + 1):
            day = here.date() + timedelta(days=ahead)
            spans = self.on(day)
            if spans is None:
                return None
            if spans:
                return _moment(day, min(start for start, _ in spans), here)
        return None

    def format(self, locale: str) -> str:
        """Return the weekly pattern as it is written in `locale`: days with equal hours together."""
        names = formats.weekdays(locale)
        return ", ".join(
            f"{names[first] if first == last else f'{names[first]}–{names[last]}'} {_written(spans, locale)}"
            for first, last, spans in self._runs()
        )

    def _runs(self) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
        """Yield (first weekday, last weekday, spans) of neighbouring days with the same hours."""
        first = 0
        for day in range(1, 8):
            if day == 7 or self.week.get(day, ()) != self.week.get(first, ()):
                if self.week.get(first):
                    yield first, day - 1, self.week[first]
                first = day

    def dump(self) -> dict[str, str]:
        """Return the mapping that `parse_hours` reads."""
        days = {DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}": s for first, last, s in self._runs()}
        extra = {"holidays": self.holidays, "eves": self.eves}
        dates = {day.isoformat(): spans for day, spans in sorted(self.dates.items())}
        named = {**days, **{key: spans for key, spans in extra.items() if spans is not None}, **dates}
        return {key: _dumped(spans) for key, spans in named.items()}


def parse_hours(entry: Mapping[Any, Any]) -> Hours:
    """Return the hours of {mon-fri: "09:00-15:00", holidays: closed, eves: ..., 2026-12-23: ...}.

    Raises ValueError naming the key or the times that are at fault.
    """
    week: dict[int, tuple[Span, ...]] = {}
    named: set[int] = set()
    dates: dict[date, tuple[Span, ...]] = {}
    extra: dict[str, Spans] = {"holidays": None, "eves": None}
    for key, text in ((str(key), str(text)) for key, text in entry.items()):
        spans = _spans(text)
        if key in extra:
            extra[key] = spans
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", key):
            dates[_date(key)] = spans
        else:
            for day in _weekdays(key):
                if day in named:
                    raise ValueError(f"{DAYS[day]} stands twice")
                named.add(day)
                week |= {day: spans} if spans else {}
    if not week:
        raise ValueError("no weekday has hours")
    return Hours(week, extra["holidays"], extra["eves"], dates)


def _date(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _weekdays(key: str) -> range:
    first, dash, last = key.partition("-")
    last = last if dash else first
    if first not in DAYS or last not in DAYS or DAYS.index(first) > DAYS.index(last):
        raise ValueError(f"{key!r} is no weekday, range of weekdays, date, holidays or eves")
    return range(DAYS.index(first), DAYS.index(last) + 1)


def _spans(text: str) -> tuple[Span, ...]:
    if text.strip() == CLOSED:
        return ()
    spans: list[Span] = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if not match:
            raise ValueError(f"{part.strip()!r} is no span such as 09:00-15:00")
        numbers = [int(group) for group in match.groups()]
        try:
            start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
        except ValueError as error:
            raise ValueError(f"{part.strip()!r}: {error}") from error
        if start >= end or (spans and spans[-1][1] > start):
            raise ValueError(f"{part.strip()!r} does not end after it begins, or overlaps")
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _dumped(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in spans) or CLOSED


def _written(spans: tuple[Span, ...], locale: str) -> str:
    return ", ".join(f"{formats.clock(start, locale)}–{formats.clock(end, locale)}" for start, end in spans)


def _moment(day: date, at: time, after: datetime) -> datetime:
    """Return the moment of a time of day; of the two in the night when an hour comes twice, the one after `after`."""
    moment = datetime.combine(day, at, tzinfo=STOCKHOLM)
    return moment if moment.timestamp() > after.timestamp() else moment.replace(fold=1)


def load_calendar(day: date) -> None:
    """Load the holidays around `day` ahead of need."""
    for year in (day.year, day.year + 1):
        _calendar(year)


@lru_cache(maxsize=8)
def _calendar(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return (days off, half-days before them) of a year in Sweden."""
    # It loads every country: 20 MB and most of a second, which only processes that need it shall spend.
    from holidays.countries.sweden import Sweden

    public = Sweden(include_sundays=False, years=year, language="sv")
    bank = Sweden(include_sundays=False, years=year, language="sv", categories=("bank",))
    off = frozenset(public) | {day for day, name in bank.items() if name in _DAYS_OFF}
    return off, frozenset(bank) - off
