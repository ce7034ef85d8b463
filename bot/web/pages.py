"""The pages: the chat with and without JavaScript, and a page for each topic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.catalog import Language
from bot.guide import GUIDE_RULES, Answers
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


class Pages:
    """Renders the page, with what was just said on it."""

    def __init__(self, services: Services, max_chars: int) -> None:
        """`max_chars` is the message limit."""
        self._services = services
        self._max_chars = max_chars
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = Jinja2Templates(env=environment)

    def page(self, request: Request, language: Language, chosen: str | None, **more: Any) -> HTMLResponse:
        """Return the page in `language`; `more` is what is not as on an untouched page."""
        catalog = self._services.catalog
        context = {
            **self._common(language),
            "menu": list(catalog.menu()),
            "menu_button": self._services.dialogue.menu_button,
            "max_chars": self._max_chars,
            "script_texts": {key: self._ui(key, language) for key in SCRIPT_TEXTS},
            "turn": None,
            "conversation": "",
            "question": None,
            "notice": None,
            "failed": False,
            "error": None,
            "typed": "",
            # The language that the person chose, as against one that was found out.
            "chosen": self._services.decider.ours(chosen) or "",
            **more,
        }
        return self._templates.TemplateResponse(request, "chat.html", context)

    def guide(self, request: Request, language: Language, answers: Answers | None) -> HTMLResponse:
        """Return the guide as one page: its questions, or where the answers point."""
        guide, renderer = self._services.catalog.guide, self._services.renderer
        pointers = guide.outcome(answers).against if answers is not None else ()
        instead = [pointer.instead for pointer in pointers if pointer.instead]
        rules = [pointer.topic for pointer in pointers] or [GUIDE_RULES, "apply_how"]
        context = {
            **self._common(language),
            "guide": guide,
            "here": "/guide",
            "ask": lambda question: renderer.guide_question(question, language).blocks[0]["content"],
            "reply": renderer.guide_outcome(answers, language) if answers is not None else None,
            "topics": list(dict.fromkeys([*instead, *rules])),
        }
        return self._templates.TemplateResponse(request, "guide.html", context)

    def _common(self, language: Language) -> dict[str, Any]:
        """Return what every page shows."""
        return {
            "language": language,
            "here": "/",
            "languages": self._services.catalog.languages.values(),
            "ui": lambda key: self._ui(key, language),
            "ui_line": lambda key: self._services.renderer.ui_line(key, language),
        }

    def _ui(self, key: str, language: Language) -> str:
        return self._services.renderer.ui(key, language, limit=str(self._max_chars))

    def problem(
        self, request: Request, error: ProblemError, language: Language, chosen: str | None, **more: Any
    ) -> HTMLResponse:
        """Return the page that tells what went wrong, with the menu to go on from."""
        detail = self._services.problems.detail(error.kind, language)
        told = {"notice": detail} if error.kind == "not_found" else {"error": detail}
        response = self.page(request, language, chosen, failed=True, **told, **more)
        response.status_code = self._services.problems.status(error.kind)
        response.headers.update(error.headers or {})
        return response


def make_router(services: Services, pages: Pages) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def chat(
        request: Request, sprak: LanguageQuery = None, accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the chat, with nothing said yet."""
        return pages.page(request, services.reader_language(sprak, None, accept_language), sprak)

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
        language = services.reader_language(sprak, conversation, accept_language)
        if erase is not None:
            services.conversations.erase(conversation)
            return pages.page(request, language, sprak, notice=services.renderer.ui("erased", language))
        # A form may name a charset that decodes to what no page can hold, lone surrogates.
        text = text.encode("utf-8", "replace").decode("utf-8")
        try:
            message = MessageIn(
                text=None if button else text, button=button, conversation=conversation or None, language=sprak or None
            )
            turn = await services.turn(message, request, accept_language)
        except (ProblemError, ValueError) as error:
            problem = error if isinstance(error, ProblemError) else ProblemError("invalid")
            found = services.conversations.find(conversation)
            token = found.token if found else ""
            return pages.problem(request, problem, language, sprak, typed=text, conversation=token)
        # A language that was asked for in words is the chosen one from then on.
        chosen = turn.conversation.chosen_language
        return pages.page(request, turn.language, chosen, turn=turn, question=None if button else text)

    @router.get("/guide")
    async def guide_form(
        request: Request, sprak: LanguageQuery = None, accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the guide's questions on one page."""
        return pages.guide(request, services.reader_language(sprak, None, accept_language), None)

    @router.post("/guide")
    async def guide_outcome(request: Request, accept_language: AcceptLanguage = None) -> HTMLResponse:
        """Show where the answers point. Nothing of them is kept."""
        services.limiter.check(services.client(request), None)
        async with request.form() as form:
            language = services.reader_language(str(form.get("sprak") or ""), None, accept_language)
            return pages.guide(request, language, services.catalog.guide.complete(dict(form)))

    @router.get("/amne/{topic}")
    async def topic_page(
        topic: str, request: Request, sprak: LanguageQuery = None, accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the answer to one topic: what a link, a letter or a search engine leads to."""
        services.limiter.check(services.client(request), None)
        turn: Turn = await services.dialogue.open_topic(topic, sprak, accept_language)
        return pages.page(request, turn.language, sprak, turn=turn)

    return router
