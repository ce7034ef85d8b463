"""Figures of a period: what was asked, in which languages, with which outcome, at which hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.counts import Cell, CountStore
from bot.facts.hours import STOCKHOLM

# The longest period that is counted together.
LONGEST = timedelta(days=366)
# Before the service, and late enough for a period before it.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """Whole days in Stockholm, from the first to the last.

    Raises ValueError for what is none, too long or too old; so do the periods to compare with, where there is none.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        # There is no end of the last day that can be written.
        if not timedelta() <= self.last - self.first < LONGEST or self.first < EARLIEST or self.last == date.max:
            raise ValueError("a period has a first and a last day, at most a year apart")

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this begins."""
        eve = self.first - timedelta(days=1)
        return Period(eve - (self.last - self.first), eve)

    @property
    def year_before(self) -> Period:
        """The period as long that begins on the same day of the year before."""
        # The day before stands for 29 February.
        leap = (self.first.month, self.first.day) == (2, 29)
        first = self.first.replace(year=self.first.year - 1, day=28 if leap else self.first.day)
        return Period(first, first + (self.last - self.first))

    @property
    def start(self) -> datetime:
        """The moment in which it begins."""
        return datetime.combine(self.first, time(), STOCKHOLM)

    @property
    def end(self) -> datetime:
        """The moment in which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), STOCKHOLM)

    def days(self) -> Iterator[date]:
        """Yield its days."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


@dataclass(frozen=True)
class Figures:
    """Counts of one period. Every table but `feedback` is of messages, and adds up to their number."""

    conversations: int
    messages: int
    outcomes: Mapping[str, int]
    topics: Mapping[str, int]
    languages: Mapping[str, int]
    days: Mapping[date, int]
    # By the hour of the day in Stockholm.
    hours: Mapping[int, int]
    # `yes`, or the reason why not.
    feedback: Mapping[str, int]

    def tables(self) -> dict[str, Mapping[str, int]]:
        """Return the tables by name, with keys for other programs."""
        return {
            "outcome": self.outcomes,
            "topic": self.topics,
            "language": self.languages,
            "day": {day.isoformat(): count for day, count in self.days.items()},
            "hour": {f"{hour:02}": count for hour, count in self.hours.items()},
            "feedback": self.feedback,
        }


def figures(store: CountStore, period: Period) -> Figures:
    """Return the figures of a period; tables of things are in order of their counts."""
    counted = store.between(period.start, period.end)
    turns = {cell: count for cell, count in counted.items() if cell.kind == "turn"}
    days = dict.fromkeys(period.days(), 0)
    hours = dict.fromkeys(range(24), 0)
    for cell, count in turns.items():
        here = cell.hour.astimezone(STOCKHOLM)
        days[here.date()] += count
        hours[here.hour] += count
    return Figures(
        conversations=sum(count for cell, count in counted.items() if cell.kind == "conversation"),
        messages=sum(turns.values()),
        outcomes=_by("outcome", turns),
        topics=_by("topic", turns),
        languages=_by("language", turns),
        days=days,
        hours=hours,
        feedback=_by("outcome", {cell: count for cell, count in counted.items() if cell.kind == "feedback"}),
    )


def _by(name: str, counted: Mapping[Cell, int]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for cell, count in counted.items():
        sums[getattr(cell, name)] += count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
