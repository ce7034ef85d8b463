"""The book of facts: every fact as it stands now, in memory, at most some seconds behind the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from typing import Any

from bot.facts.hours import STOCKHOLM, load_calendar
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact, Ledger, State
from bot.facts.standing import all_effective
from bot.facts.store import FactStore
from bot.follower import Follower

# A decision must be seen in every process within 5 seconds.
REFRESH_SECONDS = 2.0

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Snapshot:
    """Every fact as it stands at one moment."""

    facts: Mapping[str, Fact]
    now: datetime

    @property
    def today(self) -> date:
        """The date where the readers and the facts are."""
        return self.now.astimezone(STOCKHOLM).date()

    def state(self, fact: Fact) -> State:
        """Return the state of a fact today."""
        return fact.state(self.today)

    def dump(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return facts as typed values for another process: {id: {value, state, checked}}.

        Hours have `open` (None: not known) and `until` (a moment, or None) too.
        """
        return {id: self._dump(self.facts[id]) for id in ids}

    def _dump(self, fact: Fact) -> dict[str, Any]:
        dumped = {
            "value": KINDS[fact.type].dump(fact.value) if fact.known else None,
            "state": self.state(fact).value,
            "checked": fact.checked.isoformat() if fact.checked else None,
        }
        if fact.hours:
            opening = fact.hours.at(self.now)
            dumped |= {"open": opening.open, "until": opening.until.isoformat() if opening.until else None}
        return dumped

    def with_found(self, found: Mapping[str, Any]) -> Snapshot:
        """Return this with what another process found, as `dump` gives it. What is withheld here stays so.

        What is not of that form is left out.
        """
        facts = dict(self.facts)
        for id, entry in found.items():
            fact = facts.get(id)
            try:
                if fact and self.state(fact) is not State.WITHHELD:
                    facts[id] = _found(fact, entry)
            except (KeyError, TypeError, ValueError):
                continue
        return Snapshot(facts, self.now)


def _found(fact: Fact, entry: Mapping[str, Any]) -> Fact:
    state = State(entry["state"])
    if (entry["value"] is None) != (entry["checked"] is None):
        raise ValueError("a value and the date of its evidence go together")
    return replace(
        fact,
        value=None if entry["value"] is None else KINDS[fact.type].load(entry["value"]),
        checked=None if entry["checked"] is None else date.fromisoformat(entry["checked"]),
        withheld=state is State.WITHHELD,
        doubted=state is State.UNCONFIRMED,
    )


class FactBook:
    """Holds the facts as they stand. Readers never wait: a thread follows the store, if there is one."""

    def __init__(self, ledger: Ledger, store: FactStore | None = None, clock: Clock = utc_now) -> None:
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._facts: Mapping[str, Fact] = ledger.facts if store is None else _unread(ledger)
        self._follower = Follower(self._read, REFRESH_SECONDS, "facts", "The store of facts cannot be read")

    def snapshot(self) -> Snapshot:
        """Return the facts now."""
        return Snapshot(self._facts, self._clock())

    def refresh(self) -> None:
        """Read the store now. If it cannot be read, what was read last stays."""
        if self._store is not None:
            self._follower.act()

    @property
    def readable(self) -> bool:
        """Whether the store could be read the last time."""
        return self._follower.works

    def start(self) -> None:
        """Read the store, and go on following it."""
        self.refresh()
        if self._store is not None:
            self._follower.start()

    def stop(self) -> None:
        """Stop following the store."""
        self._follower.stop()

    def _read(self) -> None:
        assert self._store is not None
        self._facts = all_effective(self._ledger.facts.values(), self._store.standings())
        if any(fact.hours for fact in self._facts.values()):
            # Not in the turn of the first person who asks about hours.
            load_calendar(self.snapshot().today)


def _unread(ledger: Ledger) -> dict[str, Fact]:
    """Return the facts as they are told while the store was never read, so that decisions are not known.

    A watched amount may have been withheld: it is not told. Other watched facts count as unconfirmed.
    """
    return {
        fact.id: replace(fact, withheld=fact.watched and fact.type == "money", doubted=fact.watched)
        for fact in ledger.facts.values()
    }
