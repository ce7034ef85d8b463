"""Rasa as the gateway sees it: the far end of the network, which keeps what it was sent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpx

Answer = Callable[[], httpx.Response | Awaitable[httpx.Response]]


def said(outcome: str, *topics: str, nearest: Iterable[str] = (), **more: Any) -> httpx.Response:
    """Return what Rasa's REST channel gives for a response of bot.nlg."""
    custom = {"outcome": outcome, "topics": topics, "nearest": list(nearest), **more}
    return httpx.Response(200, json=[{"recipient_id": "x", "text": "words", "custom": custom}])


class RasaSide:
    """Carries out commands as Rasa does; tests set what free text means, and whether Rasa is there."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.means("answered", "city_grant")
        self.back()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self._fault is not None:
            return self._fault(request)
        body = json.loads(request.content)
        self.received.append(body)
        if body["message"].startswith("/"):
            return said("answered", body["message"].removeprefix("/"))
        response = self.answer()
        return response if isinstance(response, httpx.Response) else await response

    def means(self, outcome: str, *topics: str, nearest: Iterable[str] = (), **more: Any) -> None:
        """Let free text mean this from now on."""
        self.answer: Answer = lambda: said(outcome, *topics, nearest=nearest, **more)

    def fails(self, fault: Callable[[httpx.Request], httpx.Response]) -> None:
        """Let every request end like this from now on."""
        self._fault: Callable[[httpx.Request], httpx.Response] | None = fault

    def back(self) -> None:
        self._fault = None

    @property
    def messages(self) -> list[str]:
        return [body["message"] for body in self.received]
