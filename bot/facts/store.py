"""The store of checks and decisions. Everything that one check or decision changes is kept together or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.database import is_absent, reading, writing
from bot.facts.hours import STOCKHOLM
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact, Ledger, State
from bot.facts.standing import Pending, Reading, Standing, Verdict, effective
from bot.facts.tables import CHANGES, CHECKS, LEASES, PAGES, STANDINGS

WATCHER = "watcher"


@dataclass(frozen=True)
class SeenPage:
    """The last page read from a source, as `Page.dump` gives it, and when the source is due again.

    `previous` is the page before its words changed, read last at `previous_at`.
    """

    source: str
    due_at: datetime
    failures: int = 0
    fetched_at: datetime | None = None
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    hash: str | None = None
    page: str | None = None
    previous: str | None = None
    previous_at: datetime | None = None


@dataclass(frozen=True)
class Check:
    """One attempt to read a source: `outcome` is ok, same, old_page, or why there was no page."""

    source: str
    at: datetime
    seconds: float
    outcome: str
    reason: str | None = None
    url: str | None = None
    hash: str | None = None
    readings: tuple[Reading, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there was no page to read."""
        return self.outcome not in ("ok", "same", "old_page")


@dataclass(frozen=True)
class Change:
    """A change of a fact's value or state. States are those of the public API; None: not known before."""

    at: datetime
    fact: str
    old_value: Any
    new_value: Any
    old_state: str | None
    new_state: str
    source: str
    cause: str
    by: str
    reason: str | None = None


# Takes the ledger's fact and how it stands; returns how it stands then, and the cause of any change.
Decide = Callable[[Fact, Standing], tuple[Standing, str]]


class FactStore:
    """Reads and writes how facts stand. Safe for several processes at once."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger
        self._was_there = False

    @property
    def engine(self) -> Engine:
        """The database that the store stands in."""
        return self._engine

    def standings(self) -> dict[str, Standing]:
        """Return how each fact stands that was ever checked or decided on."""
        if self._is_new():
            return {}
        with reading(self._engine) as connection:
            return self._standings(connection)

    def decide(
        self,
        facts: Iterable[Fact],
        decide: Decide,
        now: datetime,
        by: str = WATCHER,
        reason: str | None = None,
        check: Check | None = None,
        page: SeenPage | None = None,
    ) -> list[Change]:
        """Carry out one check or decision on the ledger's `facts`, and return what it changed."""
        with writing(self._engine) as connection:
            changes = self.decide_on(connection, facts, decide, now, by, reason)
            if check:
                connection.execute(insert(CHECKS).values(**self._check_row(check)))
            if page:
                _put(connection, PAGES, "source", vars(page))
            return changes

    def decide_on(
        self,
        connection: Connection,
        facts: Iterable[Fact],
        decide: Decide,
        now: datetime,
        by: str,
        reason: str | None,
    ) -> list[Change]:
        """Carry out a decision on a `connection` of writing(), together with what else belongs to it."""
        standings = self._standings(connection)
        changes: list[Change] = []
        for fact in facts:
            before = standings.get(fact.id, Standing(fact.id))
            after, cause = decide(fact, before)
            change = self._record(connection, fact, fact.id in standings, before, after, cause, now, by, reason)
            changes += [change] if change else []
        return changes

    def standing_on(self, connection: Connection, fact: Fact) -> Standing:
        """Return how a fact stands, as that `connection` sees it."""
        return self._standings(connection).get(fact.id, Standing(fact.id))

    def record_passing_of_time(self, now: datetime) -> list[Change]:
        """Write into the history what age, validity and edits of the ledger have changed."""
        return self.decide(self._ledger.facts.values(), lambda _, standing: (standing, "time"), now)

    def page(self, source: str) -> SeenPage | None:
        """Return the last page of a source, if it was ever asked for."""
        with reading(self._engine) as connection:
            return self.page_on(connection, source)

    def page_on(self, connection: Connection, source: str) -> SeenPage | None:
        """Return the last page of a source, as that `connection` sees it."""
        row = connection.execute(select(PAGES).where(PAGES.c.source == source)).mappings().first()
        return SeenPage(**row) if row else None

    def pages(self) -> dict[str, SeenPage]:
        """Return the last page of every source that was ever asked for."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(PAGES)).mappings().all()
        return {row["source"]: SeenPage(**row) for row in rows}

    def history(self, fact: Fact) -> list[Change]:
        """Return the changes of a fact, newest first."""
        if self._is_new():
            return []
        query = select(CHANGES).where(CHANGES.c.fact == fact.id).order_by(CHANGES.c.id.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [_change(fact, row) for row in rows]

    def changes(self, start: datetime, end: datetime) -> list[Change]:
        """Return the changes of all facts of the ledger from `start` until before `end`, oldest first."""
        query = select(CHANGES).where(CHANGES.c.at >= start, CHANGES.c.at < end).order_by(CHANGES.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        facts = self._ledger.facts
        return [_change(facts[row["fact"]], row) for row in rows if row["fact"] in facts]

    def last_change(self) -> int:
        """Return the number of the latest change of any fact; 0 if there was none."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(CHANGES.c.id))).scalar() or 0

    def checks(self, source: str, limit: int = 10) -> list[Check]:
        """Return the latest checks of a source, newest first."""
        query = select(CHECKS).where(CHECKS.c.source == source).order_by(CHECKS.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [self._check(row) for row in rows]

    def take_lease(self, site: str, holder: str, now: datetime, length: timedelta) -> bool:
        """Return whether `holder` alone may fetch from `site` until `now + length`."""
        free = (LEASES.c.site == site) & ((LEASES.c.until <= now) | (LEASES.c.holder == holder))
        try:
            with writing(self._engine) as connection:
                taken = connection.execute(update(LEASES).where(free).values(holder=holder, until=now + length))
                if taken.rowcount:
                    return True
                connection.execute(insert(LEASES).values(site=site, holder=holder, until=now + length))
                return True
        except IntegrityError:
            return False

    def give_lease_back(self, site: str, holder: str, now: datetime) -> None:
        """End a lease before its time."""
        mine = (LEASES.c.site == site) & (LEASES.c.holder == holder)
        with writing(self._engine) as connection:
            connection.execute(update(LEASES).where(mine).values(until=now))

    def _record(
        self,
        connection: Connection,
        fact: Fact,
        known: bool,
        before: Standing,
        after: Standing,
        cause: str,
        now: datetime,
        by: str,
        reason: str | None,
    ) -> Change | None:
        """Keep `after`, and a change if value or state differ from what the history says last."""
        then = effective(fact, after)
        today = now.astimezone(STOCKHOLM).date()
        value, state = _dump(fact, then.value), then.state(today).value
        last = connection.execute(
            select(STANDINGS.c.recorded_value, STANDINGS.c.recorded_state).where(STANDINGS.c.fact == fact.id)
        ).first()
        old_value, old_state = last if last else (None, None)
        if known and after == before and (value, state) == (old_value, old_state):
            return None
        _put(connection, STANDINGS, "fact", {**_row(fact, after), "recorded_value": value, "recorded_state": state})
        if (value, state) == (old_value, old_state):
            return None
        change = Change(
            at=now,
            fact=fact.id,
            old_value=_told(fact, old_value),
            new_value=then.value,
            old_state=old_state,
            new_state=state,
            source=fact.source.id,
            cause=_cause(then, cause, old_state, value != old_value, today),
            by=by,
            reason=reason,
        )
        connection.execute(insert(CHANGES).values(**{**vars(change), "old_value": old_value, "new_value": value}))
        return change

    def _is_new(self) -> bool:
        """Return whether nobody has made the store yet. One that was there and is gone is not new."""
        self._was_there = self._was_there or not is_absent(self._engine)
        return not self._was_there

    def _standings(self, connection: Connection) -> dict[str, Standing]:
        standings: dict[str, Standing] = {}
        for row in connection.execute(select(STANDINGS)).mappings():
            fact = self._ledger.facts.get(row["fact"])
            # What was decided on a fact of another type says nothing of this one.
            with suppress(ValueError):
                standings |= {fact.id: _standing(fact, row)} if fact else {}
        return standings

    def _check_row(self, check: Check) -> dict[str, Any]:
        readings = {
            one.fact: {
                "verdict": one.verdict.value,
                "values": [KINDS[self._ledger.facts[one.fact].type].dump(value) for value in one.values],
            }
            for one in check.readings
        }
        return {**vars(check), "readings": json.dumps(readings, ensure_ascii=False)}

    def _check(self, row: Any) -> Check:
        readings: list[Reading] = []
        for id, one in json.loads(row["readings"]).items():
            # What was read of a fact that is gone, or has another type now, cannot be shown.
            with suppress(KeyError, ValueError):
                values = _load_all(self._ledger.facts[id], one["values"])
                readings.append(Reading(id, Verdict(one["verdict"]), values))
        plain = {name: row[name] for name in Check.__dataclass_fields__ if name != "readings"}
        return Check(readings=tuple(readings), **plain)


def _change(fact: Fact, row: Any) -> Change:
    names = [name for name in Change.__dataclass_fields__ if not name.endswith("_value")]
    return Change(
        old_value=_told(fact, row["old_value"]),
        new_value=_told(fact, row["new_value"]),
        **{name: row[name] for name in names},
    )


def _cause(then: Fact, cause: str, old_state: str | None, other_value: bool, today: date) -> str:
    """Return the cause of a change; what neither a page nor a person made is told by what can have made it."""
    if cause != "time":
        return cause
    if old_state is None or other_value:
        return "ledger"
    if then.is_old(today):
        return "age"
    by_validity = then.state(today) is State.WITHHELD or (old_state == "withheld" and then.valid_from)
    return "validity" if by_validity else "ledger"


def _put(connection: Connection, table: Any, key: str, row: Mapping[str, Any]) -> None:
    """Update the row, or insert it."""
    changed = connection.execute(update(table).where(table.c[key] == row[key]).values(**row))
    if not changed.rowcount:
        connection.execute(insert(table).values(**row))


def _row(fact: Fact, standing: Standing) -> dict[str, Any]:
    pending = standing.pending
    return {
        **vars(standing),
        "value": _dump(fact, standing.value),
        "base": _dump(fact, standing.base),
        "before": _dump(fact, standing.before),
        "superseded": _dump_all(fact, standing.superseded),
        "pending": pending
        and json.dumps(
            {
                "verdict": pending.verdict.value,
                "values": json.loads(_dump_all(fact, pending.values)),
                "since": pending.since.isoformat(),
            },
            ensure_ascii=False,
        ),
    }


def _standing(fact: Fact, row: Any) -> Standing:
    pending = json.loads(row["pending"]) if row["pending"] else None
    plain = ("fact", "checked_at", "moved_at", "withheld", "doubted", "page_hash", "since")
    return Standing(
        **{name: row[name] for name in plain},
        value=_load(fact, row["value"]),
        base=_load(fact, row["base"]),
        before=_load(fact, row["before"]),
        superseded=_load_all(fact, json.loads(row["superseded"])),
        pending=pending
        and Pending(
            Verdict(pending["verdict"]),
            _load_all(fact, pending["values"]),
            datetime.fromisoformat(pending["since"]),
        ),
    )


def _dump(fact: Fact, value: Any) -> str | None:
    return None if value is None else json.dumps(KINDS[fact.type].dump(value), ensure_ascii=False)


def _load(fact: Fact, text: str | None) -> Any:
    return None if text is None else KINDS[fact.type].load(json.loads(text))


def _told(fact: Fact, text: str | None) -> Any:
    """Return a value of the past, or None if the fact had another type then."""
    with suppress(ValueError):
        return _load(fact, text)
    return None


def _dump_all(fact: Fact, values: Iterable[Any]) -> str:
    return json.dumps([KINDS[fact.type].dump(value) for value in values], ensure_ascii=False)


def _load_all(fact: Fact, values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(KINDS[fact.type].load(value) for value in values)
