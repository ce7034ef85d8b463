"""Questions that people let the City keep for some days, so that the assistant gets better: the review queue."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rapidfuzz import fuzz, process
from sqlalchemy import Column, ColumnElement, Select, String, Table, Text, and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.database import METADATA, UtcDateTime, forget_deleted, is_absent, reading, writing
from bot.text import words

# So many may wait at once: beyond, somebody floods the queue, and nobody reads it.
AT_MOST = 2_000
# The newest so many are clustered: each is compared with all that are unlike those before it.
CLUSTERED = 500
# Of a larger cluster so many are shown as one: the form that decides on them names each.
LARGEST = 300
# From this likeness on (of 100) two questions in one language are shown as one.
ALIKE = 75
# So many characters tell what is asked: to compare long texts takes long.
_TELLING = 100

Decision = Literal["topic", "wanted", "outside"]

QUESTIONS = Table(
    "questions",
    METADATA,
    # Random: a number would tell the order in which people asked.
    Column("id", String(32), primary_key=True),
    # To the hour, so that no time leads to a conversation.
    Column("kept_at", UtcDateTime, nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("text", Text, nullable=False),
    # Null: nobody has decided yet.
    Column("decision", String(16)),
    # The topic that it belongs to, by that decision.
    Column("topic", String(64)),
)


class QueueFullError(Exception):
    """So many questions wait that no more are kept."""


@dataclass(frozen=True)
class Question:
    """A question with personal data masked. `reason`: not_understood, or why its answer was no good."""

    id: str
    kept_at: datetime
    language: str
    reason: str
    text: str
    decision: Decision | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Cluster:
    """Questions in one language that ask about the same in much the same words, newest first."""

    questions: tuple[Question, ...]

    @property
    def first(self) -> Question:
        """The question that stands for all."""
        return self.questions[0]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they were kept, each reason once."""
        return tuple(dict.fromkeys(question.reason for question in self.questions))


class QuestionStore:
    """Keeps questions for `days` at most. Older ones are neither shown nor exported, and soon deleted."""

    def __init__(self, engine: Engine, days: int) -> None:
        self._engine = engine
        self._age = timedelta(days=days)

    def keep(self, text: str, language: str, reason: str, now: datetime) -> str:
        """Keep a question whose personal data are masked, and return its id. Raises QueueFullError."""
        id = secrets.token_urlsafe(16)
        hour = now.replace(minute=0, second=0, microsecond=0)
        with writing(self._engine) as connection:
            self._delete_old(connection, now)
            if connection.execute(_count(QUESTIONS.c.decision.is_(None))).scalar_one() >= AT_MOST:
                raise QueueFullError
            connection.execute(
                insert(QUESTIONS).values(id=id, kept_at=hour, language=language, reason=reason, text=text)
            )
        return id

    def erase(self, ids: Iterable[str]) -> None:
        """Delete questions whose author no longer wants them kept."""
        with writing(self._engine) as connection:
            connection.execute(delete(QUESTIONS).where(QUESTIONS.c.id.in_(list(ids))))
        forget_deleted(self._engine)

    def delete_old(self, now: datetime) -> None:
        """Delete what is past its time, if anything was ever kept."""
        if is_absent(self._engine):
            return
        with writing(self._engine) as connection:
            self._delete_old(connection, now)
        forget_deleted(self._engine)

    def waiting(self, now: datetime, at_most: int | None = None) -> list[Question]:
        """Return the questions that nobody has decided on, newest first; with `at_most` no more than so many."""
        return self._select(now, QUESTIONS.c.decision.is_(None), at_most)

    def count_waiting(self, now: datetime) -> int:
        """Return how many questions nobody has decided on."""
        with reading(self._engine) as connection:
            return connection.execute(_count(self._in_time(now), QUESTIONS.c.decision.is_(None))).scalar_one()

    def decided(self, now: datetime) -> list[Question]:
        """Return the questions that somebody has decided on, newest first."""
        return self._select(now, QUESTIONS.c.decision.is_not(None))

    def decide(self, connection: Connection, ids: Sequence[str], decision: Decision, topic: str | None) -> int:
        """Decide on waiting questions within a transaction, and return how many there were."""
        values = {"decision": decision, "topic": topic}
        return int(connection.execute(update(QUESTIONS).where(_waiting(ids)).values(**values)).rowcount)

    def discard(self, connection: Connection, ids: Sequence[str]) -> int:
        """Delete waiting questions within a transaction, and return how many there were."""
        return int(connection.execute(delete(QUESTIONS).where(_waiting(ids))).rowcount)

    def _select(self, now: datetime, condition: ColumnElement[bool], at_most: int | None = None) -> list[Question]:
        query = (
            select(QUESTIONS)
            .where(self._in_time(now), condition)
            .order_by(QUESTIONS.c.kept_at.desc(), QUESTIONS.c.id)
            .limit(at_most)
        )
        with reading(self._engine) as connection:
            return [Question(**row) for row in connection.execute(query).mappings()]

    def _in_time(self, now: datetime) -> ColumnElement[bool]:
        return QUESTIONS.c.kept_at > now - self._age

    def _delete_old(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(QUESTIONS).where(QUESTIONS.c.kept_at <= now - self._age))


def clusters(questions: Iterable[Question]) -> list[Cluster]:
    """Return questions together with those that begin like them, the largest clusters first."""
    found: dict[str, list[list[Question]]] = {}
    heads: dict[str, list[str]] = {}
    for question in questions:
        # Sorted once: whatever the order of the words, the same is asked.
        said = " ".join(sorted(words(question.text[:_TELLING]).split()))
        known, groups = heads.setdefault(question.language, []), found.setdefault(question.language, [])
        match = process.extractOne(said, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if match:
            groups[match[2]].append(question)
        else:
            known.append(said)
            groups.append([question])
    every = [
        Cluster(tuple(group[start : start + LARGEST]))
        for groups in found.values()
        for group in groups
        for start in range(0, len(group), LARGEST)
    ]
    return sorted(every, key=lambda cluster: -len(cluster.questions))


def proposals(questions: Iterable[Question], outside: str) -> dict[tuple[str, str], list[str]]:
    """Return the texts proposed as training examples by (language, topic), each once.

    `outside` is the topic that stands for what is outside.
    """
    proposed: dict[tuple[str, str], list[str]] = {}
    for question in questions:
        topic = outside if question.decision == "outside" else question.topic
        texts = proposed.setdefault((question.language, topic), []) if topic else []
        if question.text not in texts:
            texts.append(question.text)
    return proposed


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(QUESTIONS).where(*conditions)


def _waiting(ids: Sequence[str]) -> ColumnElement[bool]:
    return and_(QUESTIONS.c.id.in_(list(ids)), QUESTIONS.c.decision.is_(None))
