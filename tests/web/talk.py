"""A person in one conversation, through the public API."""

from __future__ import annotations

from typing import Any

import httpx

from bot.guide import GUIDE_TOPIC
from bot.web.dialogue import Dialogue

MESSAGES = "/api/v1/messages"


class Talk:
    """Sends messages and presses buttons; remembers the token and the buttons as a browser does."""

    def __init__(self, client: httpx.AsyncClient, token: str | None = None) -> None:
        self._client = client
        self.token = token
        self.buttons: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._switch: dict[str, str] | None = None

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        return await self._send({"text": text}, **more)

    async def press(self, topic: str) -> dict[str, Any]:
        return await self._send({"button": self.buttons[topic]})

    async def choose(self, title: str) -> dict[str, Any]:
        """Press a button by its title: those of the guide have one topic."""
        return await self._send({"button": self.titles[title]})

    async def open_guide(self, **more: Any) -> dict[str, Any]:
        return await self._send({"button": Dialogue.menu_button(GUIDE_TOPIC)}, **more)

    async def switch(self, **more: Any) -> dict[str, Any]:
        """Press what goes on in another language."""
        assert self._switch, "no other language is offered"
        return await self._send({"button": self._switch["id"]}, **more)

    async def _send(self, body: dict[str, Any], accept_language: str = "", **more: Any) -> dict[str, Any]:
        response = await self._client.post(
            MESSAGES, json={"conversation": self.token, **body, **more}, headers={"Accept-Language": accept_language}
        )
        assert response.status_code == 200, response.text
        turn: dict[str, Any] = response.json()
        self.token = turn["conversation"]
        self.buttons = {button["topic"]: button["id"] for button in turn["buttons"]}
        self.titles = {button["title"]: button["id"] for button in turn["buttons"]}
        self._switch = turn["switch"]
        return turn
