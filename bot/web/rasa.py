"""The client of Rasa's REST channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx


class RasaDown(Exception):
    """Rasa is starting, has stopped, or gave no usable answer in time."""


@dataclass(frozen=True)
class Understanding:
    """What Rasa decided: an outcome, topics to answer, and the topics that came nearest."""

    outcome: str
    topics: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=dict)


class Rasa:
    """Asks Rasa. The caller sees to it that a conversation has one message in flight."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """Take a client whose base_url and timeout are set."""
        self._client = client

    async def ask(self, sender: str, message: str, language: str, topic: str | None) -> Understanding:
        """Return what Rasa makes of a message. Raises RasaDown."""
        body = {"sender": sender, "message": message, "metadata": {"language": language, "topic": topic}}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            parts: list[dict[str, Any]] = response.json()
            # Rasa answers an inner failure with an empty list and 200.
            custom = next(part["custom"] for part in parts if "custom" in part)
            return Understanding(
                outcome=custom["outcome"],
                topics=tuple(custom["topics"]),
                nearest=tuple(custom["nearest"]),
                states=custom.get("states", {}),
            )
        except (httpx.HTTPError, ValueError, LookupError, TypeError, StopIteration) as error:
            raise RasaDown(type(error).__name__) from error

    async def ready(self) -> bool:
        """Return whether a model is loaded; unlike `/`, `/status`-free Rasa tells only by answering."""
        try:
            understanding = await self.ask("readiness", "/greet", "sv", None)
        except RasaDown:
            return False
        return understanding.topics == ("greet",)
