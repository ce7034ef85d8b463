"""Counts by hour of what the assistant did: never a text, never anything of a person."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Literal

from sqlalchemy import Column, Integer, String, Table, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.database import METADATA, UtcDateTime, is_absent, reading, writing
from bot.facts.book import Clock, utc_now
from bot.follower import Follower

FLUSH_SECONDS = 5.0
# Cells that may wait for a database that cannot be reached: about a week's.
WAITING = 100_000

Kind = Literal["conversation", "turn", "feedback"]

COUNTS = Table(
    "counts",
    METADATA,
    Column("hour", UtcDateTime, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("outcome", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
)


@dataclass(frozen=True)
class Cell:
    """What is counted together. `outcome` of feedback is `yes`, or the reason why not; `topic` may be empty."""

    hour: datetime
    kind: Kind
    language: str
    topic: str = ""
    outcome: str = ""


class CountStore:
    """Reads and writes counts. Safe for several processes at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def is_made(self) -> bool:
        """Whether there is a database to write to."""
        return not is_absent(self._engine)

    def add(self, counted: Mapping[Cell, int]) -> None:
        """Add to what was counted before."""
        if not counted:
            return
        with writing(self._engine) as connection:
            for cell, count in counted.items():
                here = [COUNTS.c[name] == value for name, value in asdict(cell).items()]
                # Writers follow one another, so nobody inserts in between.
                changed = connection.execute(update(COUNTS).where(*here).values(count=COUNTS.c.count + count))
                if not changed.rowcount:
                    connection.execute(insert(COUNTS).values(**asdict(cell), count=count))

    def between(self, start: datetime, end: datetime) -> dict[Cell, int]:
        """Return what was counted in the hours from `start` and before `end`."""
        query = select(COUNTS).where(COUNTS.c.hour >= start, COUNTS.c.hour < end)
        with reading(self._engine) as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return {Cell(**row): count for row in rows for count in [row.pop("count")]}


class Tally:
    """Counts in memory and writes every few seconds in a thread: nobody who asks waits, or fails, with the database."""

    def __init__(self, store: CountStore, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock
        self._waiting: Counter[Cell] = Counter()
        self._lock = threading.Lock()
        self._follower = Follower(self._write, FLUSH_SECONDS, "counts", "The counts cannot be written")

    def count(self, kind: Kind, language: str, topic: str = "", outcome: str = "") -> None:
        """Count one more."""
        hour = self._clock().astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0)
        cell = Cell(hour, kind, language, topic, outcome)
        with self._lock:
            if cell in self._waiting or len(self._waiting) < WAITING:
                self._waiting[cell] += 1

    def flush(self) -> None:
        """Write what waits. What cannot be written waits on."""
        self._follower.act()

    def start(self) -> None:
        """Go on writing."""
        self._follower.start()

    def stop(self) -> None:
        """Write what waits, and stop."""
        self._follower.stop()
        self.flush()

    def _write(self) -> None:
        if not self._store.is_made:
            return
        with self._lock:
            counted, self._waiting = self._waiting, Counter()
        try:
            self._store.add(counted)
        except SQLAlchemyError:
            with self._lock:
                self._waiting.update(counted)
            raise
