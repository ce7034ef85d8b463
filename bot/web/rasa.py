"""The client of Rasa's REST channel."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, field, replace
from typing import Any, Literal

import httpx
from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass


class RasaDown(Exception):
    """Rasa is starting, has stopped, or gave no usable answer in time."""


@dataclass(frozen=True)
class Understanding:
    """What Rasa decided: an outcome, topics to answer, the topics that came nearest, and the facts an action found."""

    outcome: Literal["answered", "clarify", "not_understood", "guide"]
    topics: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    # In doubt: what to choose from.
    choices: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    # The safety topic for which help is named below the answer.
    safety_note: str | None = None
    # In the guide: the question asked now, the answers at its end, or that it was left.
    question: str | None = None
    answers: dict[str, str] | None = None
    left: bool = False

    @property
    def says_something(self) -> bool:
        """Return whether what the outcome is about is there."""
        if self.outcome == "guide":
            return self.question is not None or self.answers is not None or self.left
        return self.outcome != "answered" or bool(self.topics)


@dataclass(frozen=True)
class Context:
    """What Rasa is told of a conversation besides the message. `answered`: the turn before answered `topic`."""

    sender: str
    language: str
    topic: str | None = None
    answered: bool = False


_UNDERSTANDING = TypeAdapter(Understanding)


class Rasa:
    """Asks Rasa. The caller sees to it that a conversation has one message in flight."""

    def __init__(self, client: httpx.AsyncClient, topics: Container[str], questions: Container[str]) -> None:
        """Take a client whose base_url and timeout are set, and the topics and questions that can be said."""
        self._client = client
        self._topics = topics
        self._questions = questions

    async def ask(self, message: str, context: Context) -> Understanding:
        """Return what Rasa makes of a message. Raises RasaDown."""
        metadata = asdict(context)
        body = {"sender": metadata.pop("sender"), "message": message, "metadata": metadata}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            # Rasa answers an inner failure with an empty list and 200.
            parts = [part["custom"] for part in response.json() if "custom" in part]
            understood = _together([_UNDERSTANDING.validate_python(part) for part in parts])
        except (httpx.HTTPError, ValueError, TypeError, IndexError) as error:
            raise RasaDown(type(error).__name__) from error
        # A model that was trained on other content may name topics that are gone.
        unknown = any(topic not in self._topics for topic in understood.topics)
        unknown |= understood.question is not None and understood.question not in self._questions
        if unknown or not understood.says_something:
            raise RasaDown("nothing to answer")
        return understood

    async def ready(self) -> bool:
        """Return whether a model is loaded; unlike `/`, `/status`-free Rasa tells only by answering."""
        try:
            understanding = await self.ask("/greet", Context("readiness", "sv"))
        except RasaDown:
            return False
        return understanding.topics == ("greet",)


def _together(parts: Sequence[Understanding]) -> Understanding:
    """Return what Rasa said in one turn: an answer, and perhaps the guide that goes on after it."""
    guide = next((part for part in parts if part.outcome == "guide"), None)
    first = parts[0]
    if guide is None or guide is first:
        return first
    return replace(first, question=guide.question, answers=guide.answers, left=guide.left)
