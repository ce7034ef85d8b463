"""The pages as they are shown: the chat, the guide, and a page for each topic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Header, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.catalog import Language
from bot.desk.service import CHAT
from bot.guide import GUIDE_RULES, GUIDE_TOPIC, Answers
from bot.web.problems import ProblemError
from bot.web.schemas import REASONS
from bot.web.services import Services
from bot.web.texts import script_texts

HERE = Path(__file__).parent
# How many letters of an answer search engines show.
DESCRIPTION_LENGTH = 160
AcceptLanguage = Annotated[str | None, Header(max_length=500)]
LanguageQuery = Annotated[str | None, Query(alias="sprak", max_length=35)]
EasyQuery = Annotated[str, Query(alias="lattlast", max_length=1)]


class Pages:
    """Renders every page."""

    def __init__(self, services: Services, max_chars: int, public_url: str) -> None:
        """`max_chars` is the message limit; `public_url` is where the service is reached, empty: as it was asked."""
        self._services = services
        self._max_chars = max_chars
        self._public_url = public_url
        self._templates = Jinja2Templates(env=make_environment())

    def chat(self, request: Request, language: Language, chosen: str | None, **more: Any) -> HTMLResponse:
        """Return the chat in `language`; `more` is what is not as on an untouched page."""
        catalog = self._services.catalog
        context = {
            "chat_off": self._services.service.is_off(CHAT),
            "menu": list(catalog.menu()),
            "menu_button": self._services.dialogue.menu_button,
            "max_chars": self._max_chars,
            "reasons": REASONS,
            "texts": script_texts(self._services.renderer, language, self._max_chars, self._services.asks_consent),
            "turn": None,
            "conversation": "",
            "question": None,
            # The latest question as it would be kept, and why its author is asked whether it may be.
            "asked": "",
            "offer": None,
            "notice": None,
            "failed": False,
            "error": None,
            "typed": "",
            "sought": "",
            "found": None,
            # The language that the person chose, as against one that was found out.
            "chosen": self._services.decider.ours(chosen) or "",
            **more,
        }
        return self._page("chat.html", request, language, "/", context)

    def guide(self, request: Request, language: Language, answers: Answers | None) -> HTMLResponse:
        """Return the guide as one page: its questions, or where the answers point."""
        guide, renderer = self._services.catalog.guide, self._services.renderer
        pointers = guide.outcome(answers).against if answers is not None else ()
        instead = [pointer.instead for pointer in pointers if pointer.instead]
        rules = [pointer.topic for pointer in pointers] or [GUIDE_RULES, "apply_how"]
        context = {
            "guide": guide,
            "ask": lambda question: renderer.guide_question(question, language).blocks[0]["content"],
            "reply": renderer.guide_outcome(answers, language) if answers is not None else None,
            "topics": list(dict.fromkeys([*instead, *rules])),
        }
        return self._page("guide.html", request, language, "/guide", context)

    def topic(self, request: Request, language: Language, topic: str, easy: bool) -> HTMLResponse:
        """Return the page of a topic: the answer, its sources, and what is near it."""
        catalog, renderer = self._services.catalog, self._services.renderer
        here = f"/amne/{topic}"
        reply = renderer.answer(topic, language, easy=easy)
        context = {
            "reply": reply,
            "reviewed": language.has_reviewed(topic),
            "is_guide": topic == GUIDE_TOPIC,
            "related": catalog.topics[topic].next,
            "has_easy": topic in language.easy,
            "easy": easy,
            "description": " ".join(reply.text.split())[:DESCRIPTION_LENGTH],
            # Small talk is no knowledge.
            "indexed": bool(catalog.topics[topic].facts),
            "canonical": self.address(request, here, language),
            "alternates": {one.code: self.address(request, here, one) for one in self._services.languages},
        }
        return self._page("topic.html", request, language, here, context)

    def address(self, request: Request, path: str, language: Language) -> str:
        """Return the public address of `path` in a language."""
        return public_address(self._public_url, request, path, language)

    def problem(
        self, request: Request, error: ProblemError, language: Language, chosen: str | None, **more: Any
    ) -> HTMLResponse:
        """Return the page that tells what went wrong, with the menu to go on from."""
        detail = self._services.problems.detail(error.kind, language)
        told = {"notice": detail} if error.kind == "not_found" else {"error": detail}
        response = self.chat(request, language, chosen, failed=True, **told, **more)
        response.status_code = self._services.problems.status(error.kind)
        response.headers.update(error.headers or {})
        return response

    def _page(
        self, template: str, request: Request, language: Language, here: str, context: dict[str, Any]
    ) -> HTMLResponse:
        renderer = self._services.renderer
        common = {
            "language": language,
            "here": here,
            "easy": False,
            "languages": self._services.languages,
            "told": self._services.told(language),
            "ui": lambda key, **values: renderer.ui(key, language, limit=str(self._max_chars), **values),
            # The hours of the number that stands beside every page.
            "opening": renderer.opening("mv_phone_hours", language),
            "ui_line": lambda key: renderer.ui_line(key, language),
        }
        return self._templates.TemplateResponse(request, template, {**common, **context})


def public_address(public_url: str, request: Request, path: str, language: Language) -> str:
    """Return the address of `path` in a language at `public_url`; empty: where the service was asked."""
    base = (public_url or str(request.base_url)).rstrip("/")
    return f"{base}{path}?{urlencode({'sprak': language.code})}"


def make_environment() -> Environment:
    """Return what reads the templates: everything is escaped, and a name that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
