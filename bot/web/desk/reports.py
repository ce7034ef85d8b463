"""The desk's page of reports that an answer is wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from bot.catalog import Catalog
from bot.desk.people import Person
from bot.desk.reports import Reports
from bot.facts.book import Clock
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages


def make_router(gate: Gate, pages: DeskPages, catalog: Catalog, reports: Reports, clock: Clock) -> APIRouter:
    """Return the routes of reports."""
    router = APIRouter()
    editor = Depends(gate.needs("editor"))

    @router.get("/desk/reports", dependencies=[editor])
    async def reports_page(request: Request) -> HTMLResponse:
        """List the reports that wait."""
        waiting = await run_in_threadpool(reports.waiting)
        titles = catalog.language(None).titles
        return pages.page(request, "reports.html", reports=waiting, titles=titles, languages=catalog.languages)

    @router.post("/desk/reports/{id}")
    async def close(
        id: str, reason: Annotated[str, Form(max_length=1000)] = "", person: Person = editor
    ) -> RedirectResponse:
        """Deal with a report."""
        if not reason.strip():
            raise HTTPException(422, "Skriv vad du har gjort.")
        if not await run_in_threadpool(reports.close, id, person, reason, clock()):
            raise HTTPException(404)
        return RedirectResponse("/desk/reports", 303)

    return router
