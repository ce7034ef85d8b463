"""What editors decide on facts: confirm, correct, withhold. Another amount needs a second editor, if there is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.database import reading, writing
from bot.desk.audit import Audit
from bot.desk.people import Person, has_another
from bot.desk.tables import PROPOSALS
from bot.facts.book import Clock
from bot.facts.hours import STOCKHOLM
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact
from bot.facts.standing import Standing, confirmed, effective, to_confirm, withheld
from bot.facts.store import FactStore, SeenPage


class DecisionError(Exception):
    """Nothing was decided. `kind` is no_reason, no_value, bad_value, changed, proposed, own_proposal or no_proposal."""

    def __init__(self, kind: str, detail: str = "") -> None:
        """`detail` says what is wrong with a value."""
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Proposal:
    """Another amount that an editor proposed, in place of `shown`."""

    fact: str
    value: Any
    shown: Any
    person: str
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class _Act:
    """One decision in its transaction."""

    connection: Connection
    person: Person
    action: str
    reason: str
    now: datetime


class Decisions:
    """Decides on the facts of a ledger, and records who did.

    Every decision needs a reason. `shown` is what the editor saw, as `seen` gives it: a fact that stands otherwise by
    now is not decided on. To withhold one is always safe. Each decision raises DecisionError.
    """

    def __init__(self, store: FactStore, facts: Mapping[str, Fact], audit: Audit, clock: Clock) -> None:
        self._store = store
        self._facts = facts
        self._audit = audit
        self._clock = clock

    def proposals(self) -> dict[str, Proposal]:
        """Return what waits for a second editor, by fact."""
        with reading(self._store.engine) as connection:
            rows = connection.execute(select(PROPOSALS)).mappings().all()
        return {row["fact"]: _proposal(self._facts[row["fact"]], row) for row in rows if row["fact"] in self._facts}

    def confirm(self, person: Person, id: str, shown: str, reason: str) -> bool:
        """Confirm a fact. Returns False if that is another amount, which a second editor has to accept first."""
        fact = self._facts[id]
        with self._act(person, "confirm", reason) as act:
            standing = self._store.standing_on(act.connection, fact)
            value = to_confirm(fact, standing)
            if value is None:
                raise DecisionError("no_value")
            self._check_seen(act, fact, standing, shown)
            return self._set(act, fact, standing, value)

    def correct(self, person: Person, id: str, text: str, shown: str, reason: str) -> bool:
        """Give a fact the value that `text` tells. Returns what confirm returns."""
        fact = self._facts[id]
        try:
            value = KINDS[fact.type].load(KINDS[fact.type].read(text.strip()))
        except ValueError as error:
            raise DecisionError("bad_value", str(error)) from error
        with self._act(person, "correct", reason) as act:
            standing = self._store.standing_on(act.connection, fact)
            self._check_seen(act, fact, standing, shown)
            return self._set(act, fact, standing, value)

    def withhold(self, person: Person, id: str, reason: str) -> None:
        """Stop telling a fact, in every language."""
        fact = self._facts[id]
        with self._act(person, "withhold", reason) as act:
            standing = self._store.standing_on(act.connection, fact)
            self._move(act, fact, standing, withheld(fact, standing, act.now), "withheld")

    def accept(self, person: Person, id: str, shown: str, reason: str) -> None:
        """Let the amount hold that another editor proposed."""
        fact = self._facts[id]
        with self._act(person, "accept", reason) as act:
            standing = self._store.standing_on(act.connection, fact)
            proposal = _find_proposal(act.connection, fact)
            if proposal is None:
                raise DecisionError("no_proposal")
            if proposal.person == person.subject:
                raise DecisionError("own_proposal")
            self._check_seen(act, fact, standing, shown)
            _drop_proposal(act.connection, fact)
            if proposal.shown != effective(fact, standing).value:
                raise DecisionError("changed")
            self._move(act, fact, standing, self._confirmed(act, fact, standing, proposal.value), "person")

    def decline(self, person: Person, id: str, shown: str, reason: str) -> None:
        """Take a proposal away: another's, or one's own."""
        fact = self._facts[id]
        with self._act(person, "decline", reason) as act:
            proposal = _find_proposal(act.connection, fact)
            if proposal is None:
                raise DecisionError("no_proposal")
            self._check_seen(act, fact, self._store.standing_on(act.connection, fact), shown)
            _drop_proposal(act.connection, fact)
            before = {"proposed": _dump(fact, proposal.value), "by": proposal.name}
            self._record(act, fact, before, None)

    @contextmanager
    def _act(self, person: Person, action: str, reason: str) -> Iterator[_Act]:
        if not reason.strip():
            raise DecisionError("no_reason")
        with writing(self._store.engine) as connection:
            yield _Act(connection, person, action, reason.strip(), self._clock())

    def _check_seen(self, act: _Act, fact: Fact, standing: Standing, shown: str) -> None:
        page = self._store.page_on(act.connection, fact.source.id)
        if shown != seen(fact, standing, page, _find_proposal(act.connection, fact)):
            raise DecisionError("changed")

    def _set(self, act: _Act, fact: Fact, standing: Standing, value: Any) -> bool:
        present = effective(fact, standing).value
        is_other_amount = fact.type == "money" and value != present
        if is_other_amount and has_another(act.connection, act.person, "editor", act.now):
            self._propose(act, fact, value, present)
            return False
        self._move(act, fact, standing, self._confirmed(act, fact, standing, value), "person")
        return True

    def _propose(self, act: _Act, fact: Fact, value: Any, present: Any) -> None:
        row = {"value": _kept(fact, value), "shown": _kept(fact, present), "reason": act.reason, "at": act.now}
        try:
            by = {"person": act.person.subject, "name": act.person.name}
            act.connection.execute(insert(PROPOSALS).values(fact=fact.id, **row, **by))
        except IntegrityError as error:
            raise DecisionError("proposed") from error
        proposing = replace(act, action="propose")
        self._record(proposing, fact, {"value": _dump(fact, present)}, {"proposed": _dump(fact, value)})

    def _confirmed(self, act: _Act, fact: Fact, standing: Standing, value: Any) -> Standing:
        page = self._store.page_on(act.connection, fact.source.id)
        return confirmed(fact, standing, value, page.hash if page else None, act.now)

    def _move(self, act: _Act, fact: Fact, before: Standing, after: Standing, cause: str) -> None:
        def decide(*_: object) -> tuple[Standing, str]:
            return after, cause

        self._store.decide_on(act.connection, [fact], decide, act.now, act.person.name, act.reason)
        self._record(act, fact, *(told(fact, standing, act.now) for standing in (before, after)))

    def _record(self, act: _Act, fact: Fact, before: Any, after: Any) -> None:
        self._audit.record(
            act.connection, act.person, f"fact.{act.action}", fact.id, before, after, act.reason, act.now
        )


def told(fact: Fact, standing: Standing, now: datetime) -> dict[str, Any]:
    """Return what is told of a fact, as the audit trail holds it."""
    stands = effective(fact, standing)
    return {"value": _dump(fact, stands.value), "state": stands.state(now.astimezone(STOCKHOLM).date()).value}


def seen(fact: Fact, standing: Standing, page: SeenPage | None, proposal: Proposal | None) -> str:
    """Return what an editor sees of the ledger's `fact` as a form holds it, to tell later whether it has changed."""
    now, pending = effective(fact, standing), standing.pending
    parts = [
        _dump(fact, now.value),
        _dump(fact, to_confirm(fact, standing)),
        [_dump(fact, value) for value in pending.values] if pending else [],
        [now.withheld, now.doubted, standing.moved_at and standing.moved_at.isoformat()],
        page and page.hash,
        [_dump(fact, proposal.value), proposal.person, proposal.at.isoformat()] if proposal else [],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _find_proposal(connection: Connection, fact: Fact) -> Proposal | None:
    row = connection.execute(select(PROPOSALS).where(PROPOSALS.c.fact == fact.id)).mappings().first()
    return _proposal(fact, row) if row else None


def _drop_proposal(connection: Connection, fact: Fact) -> None:
    connection.execute(delete(PROPOSALS).where(PROPOSALS.c.fact == fact.id))


def _proposal(fact: Fact, row: Mapping[Any, Any]) -> Proposal:
    value, shown = (_load(fact, row[name]) for name in ("value", "shown"))
    return Proposal(row["fact"], value, shown, row["person"], row["name"], row["reason"], row["at"])


def _dump(fact: Fact, value: Any) -> Any:
    return None if value is None else KINDS[fact.type].dump(value)


def _kept(fact: Fact, value: Any) -> str:
    return json.dumps(_dump(fact, value), ensure_ascii=False)


def _load(fact: Fact, text: str) -> Any:
    kept = json.loads(text)
    return None if kept is None else KINDS[fact.type].load(kept)
