"""The review queue: what editors decide on the questions that people let the City keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.engine import Engine

from bot.database import writing
from bot.desk.audit import Audit
from bot.desk.people import Person
from bot.desk.questions import CLUSTERED, Cluster, Question, QuestionStore, clusters
from bot.facts.book import Clock

Action = Literal["topic", "wanted", "outside", "discard"]


class Queue:
    """Shows questions in clusters, and decides on them. Every decision is audited, without the words."""

    def __init__(self, engine: Engine, questions: QuestionStore, audit: Audit, clock: Clock) -> None:
        self._engine = engine
        self._questions = questions
        self._audit = audit
        self._clock = clock

    def clusters(self) -> list[Cluster]:
        """Return the newest CLUSTERED questions that wait, the largest clusters first."""
        return clusters(self._questions.waiting(self._clock(), CLUSTERED))

    def count_waiting(self) -> int:
        """Return how many questions wait."""
        return self._questions.count_waiting(self._clock())

    def decided(self) -> list[Question]:
        """Return the questions that were decided on and are not past their time, newest first."""
        return self._questions.decided(self._clock())

    def decide(self, person: Person, ids: Sequence[str], action: Action, topic: str | None, reason: str) -> int:
        """Decide on the questions `ids` that still wait, and return how many; `topic` goes with the action of its name.

        Raises ValueError without a reason.
        """
        with writing(self._engine) as connection:
            if action == "discard":
                count = self._questions.discard(connection, ids)
            else:
                count = self._questions.decide(connection, ids, action, topic)
            if count:
                # The trail is for ever, and questions are not: it holds how many there were, never what they said.
                after = {"questions": count, "topic": topic}
                self._audit.record(
                    connection, person, f"question.{action}", ids[0], "waiting", after, reason, self._clock()
                )
        return count
