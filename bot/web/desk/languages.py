"""The desk's languages board: how far each language is read, and its texts beside the Swedish ones."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.catalog import DEFAULT_LANGUAGE, Catalog
from bot.desk.coverage import coverage
from bot.desk.export import safe
from bot.desk.people import Person
from bot.desk.reviews import Entry, Reviews, StaleError, Verdict
from bot.facts.book import Clock
from bot.reviews import DRAFTED, OUTDATED, REVIEWED
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

# Empty: all. Older are those whose Swedish original is newer, whatever their state.
StateChoice = Literal["", "drafted", "outdated", "reviewed", "older"]
STATES = (DRAFTED, OUTDATED, REVIEWED)
OLDER = "older"
# What is recorded where a reviewer had nothing to add.
_APPROVED = "Läst och godkänd."
# So many texts stand on a page.
_PAGE = 20
_CLAIM = re.compile(r"\{#\w+\}")
_PLACE = re.compile(r"(\{[^}]+\})")


def make_router(gate: Gate, pages: DeskPages, catalog: Catalog, reviews: Reviews, clock: Clock) -> APIRouter:
    """Return the routes of the languages board."""
    router = APIRouter()
    covered = coverage(catalog)
    reader, reviewer = Depends(gate.needs("reader")), Depends(gate.needs("reviewer"))

    @router.get("/desk/languages", dependencies=[reader])
    async def overview(request: Request) -> HTMLResponse:
        """Show how much each language has, and how its texts stand."""
        context: dict[str, Any] = {
            "languages": catalog.languages,
            "covered": covered,
            "home": covered[DEFAULT_LANGUAGE],
            "read": await run_in_threadpool(reviews.overview),
            "states": STATES,
        }
        return pages.page(request, "languages.html", **context)

    @router.get("/desk/languages/{code}", dependencies=[reader])
    async def texts(
        request: Request,
        code: str,
        state: Annotated[StateChoice, Query()] = "",
        start: Annotated[int, Query(ge=0)] = 0,
    ) -> HTMLResponse:
        """Show texts of a language beside the Swedish ones: all, or those that stand in one way."""
        entries = await run_in_threadpool(reviews.entries, _known(code))
        chosen = [entry for entry in entries if state in ("", entry.state) or (state == OLDER and entry.older)]
        context: dict[str, Any] = {
            "language": catalog.languages[code],
            "entries": [_shown(entry) for entry in chosen[start : start + _PAGE]],
            "total": len(chosen),
            "start": start,
            "following": start + _PAGE if start + _PAGE < len(chosen) else None,
            "previous": max(start - _PAGE, 0) if start else None,
            "state": state,
            "states": (*STATES, OLDER),
        }
        return pages.page(request, "language.html", **context)

    @router.post("/desk/languages/{code}")
    async def review(
        code: str,
        key: Annotated[str, Form(max_length=128)],
        verdict: Annotated[Verdict, Form()],
        text: Annotated[str, Form(max_length=12)],
        swedish: Annotated[str, Form(max_length=12)],
        reason: Annotated[str, Form(max_length=1000)] = "",
        state: Annotated[StateChoice, Form()] = "",
        start: Annotated[int, Form(ge=0)] = 0,
        person: Person = reviewer,
    ) -> RedirectResponse:
        """Record what a reviewer says of a text, and go back to where they were. Whoever approves need not explain."""
        reason = reason.strip() or (_APPROVED if verdict == "approve" else "")
        if not reason:
            raise HTTPException(422, "Skriv en kommentar.")
        read = (text, swedish)
        try:
            await run_in_threadpool(reviews.record, _known(code), key, verdict, read, person, reason, clock())
        except KeyError:
            raise HTTPException(404) from None
        except StaleError:
            raise HTTPException(409, "Texten har ändrats sedan du läste den. Läs den igen.") from None
        back = f"/desk/languages/{code}?start={start}" + (f"&state={state}" if state else "")
        return RedirectResponse(back, 303)

    @router.get("/desk/languages/{code}/reviews.csv", dependencies=[reader])
    async def export(code: str) -> Response:
        """Give the approvals of a language as a file, for `python -m bot.languages`."""
        rows = await run_in_threadpool(lambda: list(reviews.approvals(_known(code))))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("key", "by", "on", "text", "swedish"))
        writer.writerows(tuple(map(safe, row)) for row in rows)
        headers = {"Content-Disposition": f'attachment; filename="reviews-{code}.csv"'}
        return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    def _known(code: str) -> str:
        if code not in catalog.languages:
            raise HTTPException(404)
        return code

    return router


def _shown(entry: Entry) -> dict[str, Any]:
    """Return an entry as the page shows it: each text in pieces (is a placeholder, words)."""
    return {"entry": entry, "text": list(_pieces(entry.text)), "swedish": list(_pieces(entry.swedish))}


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a text; claims, which nobody sees, are left out."""
    for piece in _PLACE.split(_CLAIM.sub("", text)):
        if piece:
            yield bool(_PLACE.fullmatch(piece)), piece
