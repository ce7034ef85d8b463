"""The desk's first page: a caller's question, the answer in two languages, and reports that it is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.catalog import Language
from bot.desk.assistant import Assistant
from bot.desk.people import Person
from bot.desk.reports import KINDS, Answer, Kind, Reports
from bot.facts import formats
from bot.facts.book import Clock
from bot.facts.hours import STOCKHOLM
from bot.render import Reply
from bot.text import clean
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages
from bot.web.rasa import Context, RasaDown, Understanding
from bot.web.services import Services

# Nothing that has fewer letters says what somebody looks for.
_SHORTEST = 3
_LONGEST = 4000
TopicText = Annotated[str, Form(alias="amne", max_length=64)]
LanguageText = Annotated[str, Form(alias="sprak", max_length=35)]
Question = Annotated[str, Form(max_length=_LONGEST)]
PublicAddress = Callable[[Request, str, Language], str]


def make_router(
    gate: Gate,
    pages: DeskPages,
    services: Services,
    assistant: Assistant,
    reports: Reports,
    address: PublicAddress,
    max_chars: int,
    clock: Clock,
) -> APIRouter:
    """Return the routes of the assistant. `address` gives the public address of a path in a language."""
    router = APIRouter()
    catalog = services.catalog
    reader = Depends(gate.needs("reader"))

    async def hear(question: str, language: str) -> Understanding | None:
        """Return what a question is taken for, in a conversation that nobody goes on with; None without Rasa."""
        try:
            return await services.rasa.ask(question, Context(secrets.token_hex(8), language))
        except RasaDown:
            return None

    def show(request: Request, language: Language, topic: str | None, status: int = 200, **more: Any) -> HTMLResponse:
        sheet = assistant.sheet(topic, language) if topic else None
        context = {
            "languages": catalog.languages.values(),
            "language": language,
            "chosen": "",
            "question": "",
            "error": None,
            "masked": False,
            "judgement": None,
            "safety": None,
            "why": None,
            "reported": False,
            "topic": topic,
            "sheet": sheet,
            "titles": catalog.language(None).titles,
            "related": catalog.topics[topic].next if topic else (),
            "copies": [copy(request, reply) for reply in (sheet.swedish, sheet.theirs) if reply] if sheet else [],
            "kinds": KINDS,
            "max_chars": max_chars,
            **more,
        }
        return pages.page(request, "assistant.html", status, **context)

    def copy(request: Request, reply: Reply) -> dict[str, Any]:
        """Return an answer as it is copied: with its public address and the date."""
        language = catalog.language(reply.lang)
        link = address(request, f"/amne/{reply.topic}", language)
        day = formats.day(clock().astimezone(STOCKHOLM).date(), language.locale)
        return {"language": language, "link": link, "text": f"{reply.title}\n\n{reply.text}\n\n{link}\n{day}"}

    @router.get("/desk", dependencies=[reader])
    async def assistant_page(
        request: Request,
        background: BackgroundTasks,
        topic: Annotated[str, Query(alias="amne", max_length=64)] = "",
        spoken: Annotated[str, Query(alias="sprak", max_length=35)] = "",
        reported: bool = False,
    ) -> HTMLResponse:
        """Show the box, and the answer to a topic if one is named."""
        # Whoever sees the box will search; a process without staff never needs the index, nor its memory.
        background.add_task(assistant.warm)
        if topic and topic not in catalog.topics:
            raise HTTPException(404)
        language = catalog.language(services.decider.ours(spoken))
        return show(request, language, topic or None, chosen=spoken and language.code, reported=reported)

    @router.post("/desk", dependencies=[reader])
    async def ask(
        request: Request, question: Question = "", spoken: LanguageText = "", topic: TopicText = ""
    ) -> HTMLResponse:
        """Show what a question is about, and the answer to its likeliest topic or to the one that was chosen."""
        chosen = services.decider.ours(spoken) or ""
        message, masked = services.masker.mask(clean(question))
        decision = services.decider.decide(message, chosen or None, None, None)
        language = catalog.language(decision.language)
        kept: dict[str, Any] = {"chosen": chosen, "question": message, "masked": masked}
        if topic and topic not in catalog.topics:
            raise HTTPException(404)
        if not message or len(message) > max_chars:
            error = "Frågan är för lång." if message else "Skriv en fråga eller ett ord."
            return show(request, language, topic or None, 200 if topic else 422, **kept, error=None if topic else error)
        written = decision.heard.language or language.code
        heard = await hear(message, written)
        made = (heard.outcome, heard.topics, heard.nearest) if heard else ("unavailable", (), ())
        judgement = await run_in_threadpool(assistant.judge, message, *made)
        shown = topic or next(iter(judgement.choices), None)
        why = await run_in_threadpool(assistant.why, message, shown, written) if shown else None
        return show(request, language, shown, **kept, judgement=judgement, why=why, safety=heard and heard.safety_note)

    @router.post("/desk/suggest", dependencies=[reader])
    async def suggest(response: Response, background: BackgroundTasks, question: Question = "") -> list[dict[str, str]]:
        """Return the topics that fit what is typed so far, each with the text that fits best.

        As long as there is no index: none, and 202.
        """
        typed = clean(question)
        if not assistant.is_ready:
            # Nobody who types waits for the index: so many would leave no thread to those who only read.
            background.add_task(assistant.warm)
            response.status_code = 202
            return []
        if len(typed) < _SHORTEST:
            return []
        found = await run_in_threadpool(assistant.search, typed[:max_chars])
        titles = catalog.language(None).titles
        return [
            {"topic": text.topic, "title": titles[text.topic], "text": text.text, "language": text.language}
            for text in found
        ]

    @router.post("/desk/report")
    async def report(
        topic: TopicText,
        spoken: LanguageText,
        version: Annotated[str, Form(max_length=12)],
        kind: Annotated[Kind, Form()],
        reason: Annotated[str, Form(max_length=1000)] = "",
        person: Person = reader,
    ) -> RedirectResponse:
        """Keep a report that an answer is wrong."""
        if topic not in catalog.topics or spoken not in catalog.languages:
            raise HTTPException(404)
        words, _ = services.masker.mask(clean(reason))
        sheet = assistant.sheet(topic, catalog.language(spoken))
        if not words:
            raise HTTPException(422, "Skriv vad som är fel.")
        if version != sheet.version:
            raise HTTPException(409, "Svaret har ändrats sedan du läste det. Läs det igen.")
        answer = Answer(topic, spoken, version, (sheet.theirs or sheet.swedish).text)
        await run_in_threadpool(reports.add, answer, kind, words, person, clock())
        return RedirectResponse(f"/desk?amne={topic}&sprak={spoken}&reported=1", 303)

    return router
