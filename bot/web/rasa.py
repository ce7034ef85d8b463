"""The client of Rasa's REST channel."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import field
from typing import Any, Literal

import httpx
from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass


class RasaDown(Exception):
    """Rasa is starting, has stopped, or gave no usable answer in time."""


@dataclass(frozen=True)
class Understanding:
    """What Rasa decided: an outcome, topics to answer, the topics that came nearest, and the facts an action found."""

    outcome: Literal["answered", "clarify", "not_understood"]
    topics: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


_UNDERSTANDING = TypeAdapter(Understanding)


class Rasa:
    """Asks Rasa. The caller sees to it that a conversation has one message in flight."""

    def __init__(self, client: httpx.AsyncClient, topics: Container[str]) -> None:
        """Take a client whose base_url and timeout are set, and the topics that can be answered."""
        self._client = client
        self._topics = topics

    async def ask(self, sender: str, message: str, language: str, topic: str | None) -> Understanding:
        """Return what Rasa makes of a message. Raises RasaDown."""
        body = {"sender": sender, "message": message, "metadata": {"language": language, "topic": topic}}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            # Rasa answers an inner failure with an empty list and 200.
            custom = next(part["custom"] for part in response.json() if "custom" in part)
            understood = _UNDERSTANDING.validate_python(custom)
        except (httpx.HTTPError, ValueError, TypeError, StopIteration) as error:
            raise RasaDown(type(error).__name__) from error
        # A model that was trained on other content may name topics that are gone.
        unknown = any(topic not in self._topics for topic in understood.topics)
        if unknown or (understood.outcome == "answered" and not understood.topics):
            raise RasaDown("nothing to answer")
        return understood

    async def ready(self) -> bool:
        """Return whether a model is loaded; unlike `/`, `/status`-free Rasa tells only by answering."""
        try:
            understanding = await self.ask("readiness", "/greet", "sv", None)
        except RasaDown:
            return False
        return understanding.topics == ("greet",)
