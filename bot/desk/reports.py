"""Reports by staff that an answer is wrong, each with exactly what was said."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Column, String, Table, Text, insert, select, update
from sqlalchemy.engine import Engine

from bot.database import METADATA, UtcDateTime, reading, writing
from bot.desk.audit import Audit
from bot.desk.people import Person

Kind = Literal["wrong", "out_of_date", "hard_to_understand", "translation"]
KINDS: tuple[Kind, ...] = get_args(Kind)

REPORTS = Table(
    "answer_reports",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("name", Text, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    # The hash of the answer, and its text.
    Column("version", String(12), nullable=False),
    Column("answer", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("words", Text, nullable=False),
    # Null: nobody has dealt with it yet.
    Column("closed_at", UtcDateTime),
)


@dataclass(frozen=True)
class Answer:
    """An answer as it was shown. `version` tells it from every other."""

    topic: str
    language: str
    version: str
    text: str


@dataclass(frozen=True)
class Report:
    """What somebody found wrong with an answer."""

    id: str
    at: datetime
    name: str
    answer: Answer
    kind: Kind
    words: str


class Reports:
    """Takes reports and gives those that wait."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine = engine
        self._audit = audit

    def add(self, answer: Answer, kind: Kind, words: str, person: Person, now: datetime) -> str:
        """Keep a report, and return its id. Raises ValueError without words."""
        id = secrets.token_hex(8)
        with writing(self._engine) as connection:
            said = {"topic": answer.topic, "language": answer.language, "version": answer.version}
            row = {"id": id, "at": now, "name": person.name, **said, "answer": answer.text, "kind": kind}
            connection.execute(insert(REPORTS).values(**row, words=words.strip()))
            self._audit.record(connection, person, "answer.report", id, None, {**said, "kind": kind}, words, now)
        return id

    def waiting(self) -> list[Report]:
        """Return the reports that nobody has dealt with, oldest first."""
        query = select(REPORTS).where(REPORTS.c.closed_at.is_(None)).order_by(REPORTS.c.at, REPORTS.c.id)
        with reading(self._engine) as connection:
            return [
                Report(
                    row["id"],
                    row["at"],
                    row["name"],
                    Answer(row["topic"], row["language"], row["version"], row["answer"]),
                    row["kind"],
                    row["words"],
                )
                for row in connection.execute(query).mappings()
            ]

    def close(self, id: str, person: Person, reason: str, now: datetime) -> bool:
        """Close a report, and return whether it was waiting. Raises ValueError without a reason."""
        waits = (REPORTS.c.id == id) & REPORTS.c.closed_at.is_(None)
        with writing(self._engine) as connection:
            if not connection.execute(update(REPORTS).where(waits).values(closed_at=now)).rowcount:
                return False
            self._audit.record(connection, person, "answer.close", id, "waiting", "closed", reason, now)
        return True
