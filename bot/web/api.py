"""The public API under /api/v1. See ../../docs and /api/v1/openapi.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.catalog import Language
from bot.web.dialogue import Turn
from bot.web.problems import ProblemError
from bot.web.schemas import (
    ChangeOut,
    FactOut,
    FeedbackIn,
    FoundOut,
    LanguageOut,
    MessageIn,
    MessageOut,
    NoticeOut,
    Problem,
    QuestionIn,
    ReplyOut,
    TextsOut,
    TopicOut,
)
from bot.web.services import Services
from bot.web.texts import script_texts

AcceptLanguage = Annotated[str | None, Header(max_length=500)]
LanguageQuery = Annotated[str | None, Query(max_length=35, pattern=r"^[A-Za-z0-9-]*$")]
PROBLEMS: dict[int | str, dict[str, object]] = {status: {"model": Problem} for status in (404, 413, 422, 429, 503)}


def make_router(services: Services, max_chars: int) -> APIRouter:
    """Return the routes of the API; `max_chars` is the message limit."""
    router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
    catalog, renderer = services.catalog, services.renderer

    @router.post("/messages")
    async def send_message(message: MessageIn, request: Request, accept_language: AcceptLanguage = None) -> MessageOut:
        """Answer one message, or one pressed button."""
        return turn_out(services, await services.turn(message, request, accept_language))

    @router.delete("/conversations/{token}", status_code=204)
    async def erase_conversation(token: str) -> Response:
        """Forget a conversation, and questions kept of it. Erasing one that is gone already succeeds too."""
        await services.erase(token)
        return Response(status_code=204)

    @router.get("/topics")
    async def list_topics(language: LanguageQuery = None) -> list[TopicOut]:
        """List every topic, in menu order."""
        titles = services.language(language).titles
        return [TopicOut(id=t.id, group=t.group, title=titles[t.id], menu=t.menu) for t in catalog.topics.values()]

    @router.get("/topics/{topic}")
    async def show_topic(topic: str, language: LanguageQuery = None) -> ReplyOut:
        """Give the answer to a topic."""
        if topic not in catalog.topics:
            raise ProblemError("not_found")
        return ReplyOut.model_validate(asdict(renderer.answer(topic, services.language(language))))

    @router.get("/search")
    async def search_topics(
        request: Request, q: Annotated[str, Query(max_length=200)], language: LanguageQuery = None
    ) -> list[FoundOut]:
        """Find topics by their words."""
        services.limiter.check(services.client(request), None)
        spoken = services.language(language)
        found = services.searches[spoken.code].find(q)
        button = services.dialogue.menu_button
        return [FoundOut(topic=topic, title=spoken.titles[topic], button=button(topic)) for topic in found]

    @router.get("/languages")
    async def list_languages() -> list[LanguageOut]:
        """List the languages that answers exist in."""
        return [
            LanguageOut.model_validate(
                {"code": one.code, "name": one.name, "dir": one.direction, "reviewed": one.reviewed}
            )
            for one in services.languages
        ]

    @router.get("/notice")
    async def show_notice(language: LanguageQuery = None) -> list[NoticeOut]:
        """Give what every page tells now: what is switched off, and notices, oldest first."""
        return [NoticeOut.model_validate(asdict(told)) for told in services.told(services.language(language))]

    @router.get("/texts")
    async def show_texts(language: LanguageQuery = None) -> TextsOut:
        """Give the interface's words in a language, for the widget."""
        spoken = services.language(language)
        return TextsOut.model_validate(
            {
                "language": spoken.code,
                "dir": spoken.direction,
                "max_chars": max_chars,
                "human": renderer.ui_line("human_text", spoken),
                "texts": script_texts(renderer, spoken, max_chars, services.asks_consent),
            }
        )

    @router.get("/facts")
    async def list_facts(language: LanguageQuery = None) -> list[FactOut]:
        """List every fact with its state today, its source and the date of its evidence."""
        spoken = services.language(language)
        return [FactOut.model_validate(renderer.fact(id, spoken)) for id in catalog.ledger.facts]

    @router.get("/facts/{fact}/history")
    async def show_history(fact: str, language: LanguageQuery = None) -> list[ChangeOut]:
        """Give every change of a fact's value or state, newest first."""
        if fact not in catalog.ledger.facts:
            raise ProblemError("not_found")
        return await run_in_threadpool(lambda: changes_out(services, fact, services.language(language)))

    @router.post("/feedback", status_code=204)
    async def give_feedback(feedback: FeedbackIn, request: Request) -> Response:
        """Count whether an answer helped. No words are taken."""
        services.limiter.check(services.client(request), None)
        services.count_feedback(feedback.topic, feedback.language, feedback.helpful, feedback.reason)
        return Response(status_code=204)

    @router.post("/questions", status_code=204)
    async def keep_question(question: QuestionIn, request: Request) -> Response:
        """Keep one question for some days, with personal data removed, because its author said yes to that."""
        await services.keep(question, request)
        return Response(status_code=204)

    return router


def changes_out(services: Services, fact_id: str, language: Language) -> list[ChangeOut]:
    """Return the history of a fact in the API's shape: values as they were shown, no person's name."""
    renderer, fact = services.renderer, services.catalog.ledger.facts[fact_id]
    source = renderer.fact(fact_id, language)["source"]
    return [
        ChangeOut(
            at=change.at,
            old_value=None if change.old_state == "withheld" else renderer.written(fact_id, change.old_value, language),
            new_value=None if change.new_state == "withheld" else renderer.written(fact_id, change.new_value, language),
            old_status=change.old_state,
            new_status=change.new_state,
            source=source,
            cause=change.cause,
        )
        for change in (services.store.history(fact) if services.store else [])
    ]


def turn_out(services: Services, turn: Turn) -> MessageOut:
    """Return a turn in the API's shape."""
    titles, renderer = turn.language.titles, services.renderer
    notices = [*(renderer.notice(key, turn.language) for key in turn.notices), *turn.foreign_notices]
    return MessageOut.model_validate(
        {
            "conversation": turn.conversation.token,
            "language": turn.language.code,
            "outcome": turn.outcome,
            "replies": [asdict(reply) for reply in turn.replies],
            "buttons": [asdict(button) for button in turn.buttons],
            "alternatives": [{"topic": topic, "title": titles[topic]} for topic in turn.alternatives],
            "switch": asdict(turn.switch) if turn.switch else None,
            "notice": " ".join(notice.text for notice in notices) or None,
            "notices": [{"text": notice.text, "lang": notice.lang, "dir": notice.dir} for notice in notices],
        }
    )
