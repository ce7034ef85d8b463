"""The pages: the chat with and without JavaScript, and a page for each topic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.catalog import Language
from bot.web.dialogue import Turn
from bot.web.problems import ProblemError
from bot.web.schemas import MessageIn
from bot.web.services import Services

HERE = Path(__file__).parent
# What the page's script shows by itself, without asking the server.
SCRIPT_TEXTS = (
    "sending",
    "you",
    "assistant",
    "erased",
    "error_empty",
    "error_network",
    "error_unknown",
    "sources_heading",
)
AcceptLanguage = Annotated[str | None, Header(max_length=500)]
LanguageQuery = Annotated[str | None, Query(alias="sprak", max_length=35)]


def make_router(services: Services, max_chars: int) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates = Jinja2Templates(env=environment)
    catalog = services.catalog

    def language_for(chosen: str | None, accept_language: str | None) -> Language:
        return catalog.language(services.decider.decide(None, chosen, None, accept_language).language)

    def page(request: Request, language: Language, chosen: str | None, status: int = 200, **more: Any) -> HTMLResponse:
        def ui(key: str, **values: str) -> str:
            return services.renderer.ui(key, language, limit=str(max_chars), **values)

        context = {
            "language": language,
            "languages": catalog.languages.values(),
            "menu": list(catalog.menu()),
            "menu_button": services.dialogue.menu_button,
            "max_chars": max_chars,
            "script_texts": {key: ui(key) for key in SCRIPT_TEXTS},
            "ui": ui,
            "ui_line": lambda key: services.renderer.ui_line(key, language),
            "turn": None,
            "question": None,
            "notice": None,
            "error": None,
            "typed": "",
            # The language that the person chose, as against one that was found out.
            "chosen": chosen if chosen in catalog.languages else "",
            **more,
        }
        return templates.TemplateResponse(request, "chat.html", context, status_code=status)

    @router.get("/")
    async def chat(
        request: Request, sprak: LanguageQuery = None, accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the chat, with nothing said yet."""
        return page(request, language_for(sprak, accept_language), sprak)

    @router.post("/")
    async def say(
        request: Request,
        text: Annotated[str, Form()] = "",
        button: Annotated[str | None, Form(max_length=64)] = None,
        conversation: Annotated[str, Form(max_length=64)] = "",
        sprak: Annotated[str, Form(max_length=35)] = "",
        erase: Annotated[str | None, Form()] = None,
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:
        """Answer a form: the same conversation as the API's, for a browser without JavaScript."""
        language = language_for(sprak, accept_language)
        if erase is not None:
            services.conversations.erase(conversation)
            return page(request, language, sprak, notice=services.renderer.ui("erased", language))
        try:
            message = MessageIn(
                text=None if button else text, button=button, conversation=conversation or None, language=sprak or None
            )
            turn = await services.turn(message, request, accept_language)
        except (ProblemError, ValueError) as error:
            kind = error.kind if isinstance(error, ProblemError) else "invalid"
            status = services.problems.status(kind)
            detail = services.problems.detail(kind, language)
            return page(request, language, sprak, status, error=detail, typed=text[:max_chars])
        return page(request, turn.language, sprak, turn=turn, question=None if button else text)

    @router.get("/amne/{topic}")
    async def topic_page(
        topic: str, request: Request, sprak: LanguageQuery = None, accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the answer to one topic: what a link, a letter or a search engine leads to."""
        turn: Turn = await services.dialogue.open_topic(topic, sprak, accept_language)
        return page(request, turn.language, sprak, turn=turn)

    return router
