"""What is told on every public page, and what is switched off."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.catalog import DEFAULT_LANGUAGE, Catalog
from bot.desk.people import Person
from bot.desk.service import CHAT, FREE_TEXT, ServiceState, ServiceStore, language_part, topic_part
from bot.facts.book import Clock
from bot.facts.hours import STOCKHOLM
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

PAGE = "/desk/notices"
# The longest notice in one language.
_LONGEST = 500
Reason = Annotated[str, Form(max_length=1000)]


def make_router(gate: Gate, pages: DeskPages, catalog: Catalog, service: ServiceStore, clock: Clock) -> APIRouter:
    """Return the page of notices and switches. Who reads sees it; who edits changes it."""
    router = APIRouter()
    editor = Depends(gate.needs("editor"))
    home = catalog.language(None)
    parts = {FREE_TEXT: "Fri text", CHAT: "Hela chatten"}
    parts |= {topic_part(topic): f"Ämne: {home.titles[topic]}" for topic in catalog.topics}
    # Swedish always applies.
    others = [language for code, language in catalog.languages.items() if code != DEFAULT_LANGUAGE]
    parts |= {language_part(language.code): f"Språk: {language.name}" for language in others}

    def page(request: Request, status: int = 200, **context: object) -> HTMLResponse:
        state = service.read()
        shown = {
            "notices": [notice for notice in state.notices if notice.until > clock()],
            "switches": state.switches,
            "parts": parts,
            "can_go_off": _on(parts, state),
            "languages": [home, *others],
            "longest": _LONGEST,
            "faults": {},
            "typed": {},
            "now": clock(),
        }
        return pages.page(request, "notices.html", status, **{**shown, **context})

    @router.get(PAGE, dependencies=[Depends(gate.needs("reader"))])
    def show(request: Request) -> HTMLResponse:
        """Show what is told now, and what is off."""
        return page(request)

    @router.post(f"{PAGE}/tell")
    async def tell(
        request: Request,
        until: Annotated[str, Form(max_length=30)] = "",
        reason: Reason = "",
        person: Person = editor,
    ) -> Response:
        """Tell something on every public page, in Swedish at least, until its end."""
        form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
        typed = {language.code: form.get(f"text-{language.code}", "").strip() for language in [home, *others]}
        texts = {code: text for code, text in typed.items() if text}
        end = _moment(until)
        faults = {"reason": "Skriv varför."} if not reason.strip() else {}
        if end is None or end <= clock():
            faults["until"] = "Skriv en tid som inte har varit."
        if DEFAULT_LANGUAGE not in texts:
            faults["text-sv"] = "Skriv texten på svenska: den visas på de språk som inte har en egen."
        faults |= {f"text-{code}": f"Högst {_LONGEST} tecken." for code, text in texts.items() if len(text) > _LONGEST}
        if faults or end is None:
            return await run_in_threadpool(page, request, 422, faults=faults, typed=form)
        await run_in_threadpool(service.tell, person, texts, end, reason, clock())
        return RedirectResponse(PAGE, 303)

    @router.post(f"{PAGE}/untell")
    def untell(
        request: Request, id: Annotated[str, Form(max_length=32)], reason: Reason = "", person: Person = editor
    ) -> Response:
        """Take a notice away before its end."""
        if not reason.strip():
            return page(request, 422, faults={id: "Skriv varför."})
        service.untell(person, id, reason, clock())
        return RedirectResponse(PAGE, 303)

    @router.post(f"{PAGE}/off")
    def switch_off(
        request: Request, part: Annotated[str, Form(max_length=80)] = "", reason: Reason = "", person: Person = editor
    ) -> Response:
        """Switch a part off."""
        faults = {} if part in parts else {"part": "Välj vad som ska stängas av."}
        faults |= {} if reason.strip() else {"off-reason": "Skriv varför."}
        if faults:
            return page(request, 422, faults=faults, typed={"part": part, "off-reason": reason})
        service.switch_off(person, part, reason, clock())
        return RedirectResponse(PAGE, 303)

    @router.post(f"{PAGE}/on")
    def switch_on(
        request: Request, part: Annotated[str, Form(max_length=80)], reason: Reason = "", person: Person = editor
    ) -> Response:
        """Switch a part on again."""
        if not reason.strip():
            return page(request, 422, faults={part: "Skriv varför."})
        service.switch_on(person, part, reason, clock())
        return RedirectResponse(PAGE, 303)

    return router


def _on(parts: dict[str, str], state: ServiceState) -> dict[str, str]:
    return {part: name for part, name in parts.items() if not state.is_off(part)}


def _moment(text: str) -> datetime | None:
    """Return the moment that a field of date and time holds, in Stockholm."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)
    except ValueError:
        return None
