"""Rasa as the gateway sees it: the far end of the network, which keeps what it was sent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpx

from bot.catalog import DATA
from bot.content import ContentFile
from bot.guide import BACK, GUIDE_ANSWER, GUIDE_TOPIC, LEAVE, Guide, load_guide

Answer = Callable[[], httpx.Response | Awaitable[httpx.Response]]


def part(outcome: str, *topics: str, nearest: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """Return what bot.nlg makes of one response."""
    return {"outcome": outcome, "topics": topics, "nearest": list(nearest), **more}


def parts(*customs: dict[str, Any]) -> httpx.Response:
    """Return what Rasa's REST channel gives for responses of bot.nlg."""
    return httpx.Response(200, json=[{"recipient_id": "x", "text": "words", "custom": custom} for custom in customs])


def said(outcome: str, *topics: str, nearest: Iterable[str] = (), **more: Any) -> httpx.Response:
    """Return what Rasa's REST channel gives for one response of bot.nlg."""
    return parts(part(outcome, *topics, nearest=nearest, **more))


class Form:
    """The guide's form in one conversation."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._answers: dict[str, str] = {}
        self.open = False

    def go_on(self, pressed: str | None = None) -> dict[str, Any]:
        """Take an answer, and ask what comes next, or tell where the answers point."""
        question = self._guide.next_question(self._answers)
        if self.open and pressed == BACK and self._answers:
            self._answers.popitem()
        elif self.open and question and pressed in self._guide.options(question):
            self._answers[question] = str(pressed)
        following = self._guide.next_question(self._answers)
        self.open = following is not None and not (self.open and pressed == LEAVE)
        if self.open:
            return part("guide", question=following)
        if following:
            return part("guide", left=True)
        answers, self._answers = self._answers, {}
        return part("guide", answers=answers)


class RasaSide:
    """Carries out commands as Rasa does; tests set what free text means, and whether Rasa is there."""

    def __init__(self) -> None:
        self._guide = load_guide(ContentFile(DATA / "guide.yml"))
        self.reset()

    def reset(self) -> None:
        self.received: list[dict[str, Any]] = []
        self._forms: dict[str, Form] = {}
        self._heard: str | None = None
        self.means("answered", "city_grant")
        self.back()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self._fault is not None:
            return self._fault(request)
        body = json.loads(request.content)
        self.received.append(body)
        form = self._forms.setdefault(body["sender"], Form(self._guide))
        if body["message"].startswith("/"):
            intent, _, entities = body["message"].removeprefix("/").partition("{")
            if intent == GUIDE_ANSWER:
                return parts(form.go_on(json.loads(f"{{{entities}")["guide_option"]))
            answer = part("answered", intent)
            return parts(answer, form.go_on()) if form.open or intent == GUIDE_TOPIC else parts(answer)
        heard, self._heard = self._heard, None
        if form.open and heard:
            return parts(form.go_on(heard))
        made = self.answer()
        response = made if isinstance(made, httpx.Response) else await made
        if form.open:
            return parts(*(one["custom"] for one in response.json()), form.go_on())
        return response

    def means(self, outcome: str, *topics: str, nearest: Iterable[str] = (), **more: Any) -> None:
        """Let free text mean this from now on."""
        self.answer: Answer = lambda: said(outcome, *topics, nearest=nearest, **more)

    def hears(self, option: str) -> None:
        """Let the next text stand for an option of the question that is open."""
        self._heard = option

    def fails(self, fault: Callable[[httpx.Request], httpx.Response]) -> None:
        """Let every request end like this from now on."""
        self._fault: Callable[[httpx.Request], httpx.Response] | None = fault

    def back(self) -> None:
        self._fault = None

    @property
    def messages(self) -> list[str]:
        return [body["message"] for body in self.received]
