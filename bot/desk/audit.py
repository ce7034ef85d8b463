"""The audit trail: who did what to which, and why. Each row holds the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.database import reading
from bot.desk.people import Person
from bot.desk.tables import AUDIT

_START = "0" * 64


class Audit:
    """Writes and reads the trail. Rows are only ever added: the database refuses anything else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(
        self,
        connection: Connection,
        person: Person,
        action: str,
        subject: str,
        before: Any,
        after: Any,
        reason: str,
        now: datetime,
    ) -> None:
        """Record an action on the `connection` of writing() that carries it out; `before` and `after` become JSON.

        Raises ValueError without a reason.
        """
        if not reason.strip():
            raise ValueError("an action needs a reason")
        newest = select(AUDIT.c.id, AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
        last = connection.execute(newest).first()
        id, previous = (last.id + 1, last.hash) if last else (1, _START)
        row = {
            "id": id,
            "at": now,
            "person": person.subject,
            "name": person.name,
            "action": action,
            "subject": subject,
            "before": _json(before),
            "after": _json(after),
            "reason": reason.strip(),
            "previous": previous,
        }
        connection.execute(insert(AUDIT).values(**row, hash=_hash(row)))

    def latest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """Return rows, newest first; with `before` those older than that id."""
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(AUDIT.c.id < before) if before else query).mappings().all()
        return [dict(row) for row in rows]

    def last(self) -> int:
        """Return the id of the newest row; 0 if there is none."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(AUDIT.c.id))).scalar() or 0

    def since(self, moment: datetime) -> list[dict[str, Any]]:
        """Return the rows since `moment`, oldest first."""
        with reading(self._engine) as connection:
            query = select(AUDIT).where(AUDIT.c.at >= moment).order_by(AUDIT.c.id)
            return [dict(row) for row in connection.execute(query).mappings()]

    def verify(self) -> int | None:
        """Return the id of the first row that is not as it was written, or that follows one that is gone; None if none.

        That the newest rows are gone shows only against an export.
        """
        previous, expected = _START, 1
        with reading(self._engine) as connection:
            for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings():
                if row["id"] != expected or row["previous"] != previous or row["hash"] != _hash(dict(row)):
                    return int(row["id"])
                previous, expected = row["hash"], expected + 1
        return None

    def lacks(self, exported: Iterable[str]) -> int | None:
        """Return the id of the first row of an earlier export that the trail no longer holds as it was; None if none.

        Raises ValueError for what is no export.
        """
        kept = {_id(line): line for line in (json.loads(text) for text in exported)}
        for line in map(json.loads, self.export()):
            if kept.pop(line["id"], line) != line:
                return int(line["id"])
        return min(kept, default=None)

    def export(self) -> Iterator[str]:
        """Yield every row as a line of JSON, oldest first."""
        with reading(self._engine) as connection:
            for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings():
                yield json.dumps({**row, "at": _moment(row["at"])}, ensure_ascii=False)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _id(line: Any) -> int:
    if not isinstance(line, dict) or not isinstance(line.get("id"), int):
        raise ValueError("no row of an audit trail")
    return int(line["id"])


def _hash(row: Mapping[str, Any]) -> str:
    fields = {**row, "at": _moment(row["at"])}
    fields.pop("hash", None)
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
