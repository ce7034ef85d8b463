"""The desk's wiring: the one place where its pages are put together."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from bot.desk.sessions import Sessions
from bot.facts.book import Clock
from bot.facts.store import FactStore
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages
from bot.web.services import Services
from bot.web.settings import Settings


@dataclass(frozen=True)
class Desk:
    """The desk as the gateway holds it. Every route of `router` but those of sign-in declares a role at `gate`."""

    router: APIRouter
    gate: Gate
    sessions: Sessions
    pages: DeskPages

    def problem(self, request: Request, error: Exception) -> Response:
        """Return the page that tells what went wrong, or the way to sign in."""
        status = error.status_code if isinstance(error, HTTPException) else 422
        headers = error.headers if isinstance(error, HTTPException) else None
        if headers and 300 <= status < 400:
            return RedirectResponse(headers["Location"], status)
        detail = error.detail if isinstance(error, HTTPException) else "Formuläret kunde inte läsas."
        response = self.pages.page(request, "problem.html", status, detail=detail)
        response.headers.update(headers or {})
        return response


def make_desk(services: Services, settings: Settings, store: FactStore, clock: Clock) -> Desk:
    """Wire the desk on the database of `store`."""
    pages = DeskPages()
    sessions = Sessions(store.engine)
    gate = Gate(sessions, clock)
    router = APIRouter(include_in_schema=False)
    # Each page: router.include_router(<page>.make_router(gate, pages, ...)), whose routes have their whole path.
    return Desk(router, gate, sessions, pages)
