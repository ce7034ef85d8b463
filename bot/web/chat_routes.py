"""The chat without JavaScript, by forms, and the guide on one page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from bot.web.dialogue import Speaker
from bot.web.pages import AcceptLanguage, EasyQuery, LanguageQuery, Pages
from bot.web.problems import ProblemError
from bot.web.schemas import FeedbackIn, MessageIn, QuestionIn
from bot.web.services import Services


def make_router(services: Services, pages: Pages) -> APIRouter:
    """Return the routes of the chat and the guide."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def chat(
        request: Request, sprak: LanguageQuery = None, lattlast: EasyQuery = "", accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        """Show the chat, with nothing said yet."""
        language = services.reader_language(sprak, None, accept_language)
        return pages.chat(request, language, sprak, easy=bool(lattlast))

    @router.post("/")
    async def say(
        request: Request,
        text: Annotated[str, Form()] = "",
        button: Annotated[str | None, Form(max_length=64)] = None,
        conversation: Annotated[str, Form(max_length=64)] = "",
        sprak: Annotated[str, Form(max_length=35)] = "",
        lattlast: Annotated[str, Form(max_length=1)] = "",
        amne: Annotated[str, Form(max_length=64)] = "",
        erase: Annotated[str | None, Form()] = None,
        feedback: Annotated[str | None, Form(max_length=100)] = None,
        keep: Annotated[str | None, Form(max_length=32)] = None,
        asked: Annotated[str, Form(max_length=4000)] = "",
        search: Annotated[str | None, Form()] = None,
        sought: Annotated[str, Form(max_length=200)] = "",
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:
        """Answer a form: the same conversation as the API's, for a browser without JavaScript.

        One of `erase`, `feedback` (topic:reason), `keep` (reason), `search` and `button` tells which button was
        pressed; without any, `text` is asked. `amne`: the topic whose page the question was asked on; `asked`: the
        latest question, which `keep` lets the City keep.
        """
        language = services.reader_language(sprak, conversation, accept_language)
        if erase is not None:
            await services.erase(conversation)
            return pages.chat(request, language, sprak, notice=services.renderer.ui("erased", language))
        # A form may name a charset that decodes to what no page can hold, lone surrogates.
        text = text.encode("utf-8", "replace").decode("utf-8")
        found = services.conversations.find(conversation)
        kept = {"typed": text, "conversation": found.token if found else "", "easy": bool(lattlast)}
        try:
            if search is not None:
                services.limiter.check(services.client(request), None)
                topics = services.searches[language.code].find(sought)
                return pages.chat(request, language, sprak, sought=sought, found=topics, **kept)
            if feedback is not None:
                topic, reason = _count(services, feedback, language.code)
                turn = services.dialogue.show(topic, Speaker(conversation, sprak, accept_language, bool(lattlast)))
                thanks = services.renderer.ui("feedback_thanks", language)
                offer = {"asked": _as_kept(services, asked), "offer": reason}
                return pages.chat(
                    request, language, sprak, turn=turn, notice=thanks, easy=bool(lattlast), typed=text, **offer
                )
            if keep is not None:
                given = {"conversation": conversation, "text": asked, "language": language.code, "reason": keep}
                await services.keep(QuestionIn.model_validate(given), request)
                return pages.chat(
                    request, language, sprak, notice=services.renderer.ui("consent_thanks", language), **kept
                )
            message = MessageIn(
                text=None if button else text,
                button=button,
                conversation=conversation or (services.dialogue.begin(amne) if amne else None),
                language=sprak or None,
                easy=bool(lattlast),
            )
            turn = await services.turn(message, request, accept_language)
        except (ProblemError, ValueError) as error:
            problem = error if isinstance(error, ProblemError) else ProblemError("invalid")
            return pages.problem(request, problem, language, sprak, **kept)
        # A language that was asked for in words is the chosen one from then on.
        chosen = turn.conversation.chosen_language
        question = None if button else text
        return pages.chat(
            request,
            turn.language,
            chosen,
            turn=turn,
            question=question,
            asked=_as_kept(services, question or ""),
            offer="not_understood" if turn.outcome == "not_understood" else None,
            easy=bool(lattlast),
        )

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

    return router


def _as_kept(services: Services, question: str) -> str:
    """Return a question as it would be kept; nothing if nobody is asked whether it may be."""
    return services.keeping.as_kept(question) if services.keeping and services.asks_consent else ""


def _count(services: Services, pressed: str, language: str) -> tuple[str, str | None]:
    """Count `topic:yes` or `topic:reason`, and return the topic and the reason. Raises ProblemError or ValueError."""
    topic, _, reason = pressed.partition(":")
    helpful = reason == "yes"
    feedback = FeedbackIn.model_validate(
        {"topic": topic, "language": language, "helpful": helpful, "reason": None if helpful else reason}
    )
    services.count_feedback(feedback.topic, feedback.language, feedback.helpful, feedback.reason)
    return topic, feedback.reason
