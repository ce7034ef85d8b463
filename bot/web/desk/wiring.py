"""The desk's wiring: the one place where its pages are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import httpx
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from bot.catalog import CONCEPTS, DATA, LANGUAGES
from bot.content import ContentFile
from bot.desk.assistant import Assistant
from bot.desk.audit import Audit
from bot.desk.board import Board
from bot.desk.counts import CountStore
from bot.desk.decisions import Decisions
from bot.desk.local import LocalAdministrator
from bot.desk.notes import DESK_FILE, load_notes
from bot.desk.questions import QuestionStore
from bot.desk.queue import Queue
from bot.desk.reports import Reports
from bot.desk.reviews import Reviews
from bot.desk.service import ServiceStore
from bot.desk.sessions import Sessions
from bot.facts.book import Clock
from bot.facts.store import FactStore
from bot.lexicon import load_lexicon
from bot.reviews import load_texts
from bot.web.desk import assistant, events, facts, languages, local_sign_in, notices, oidc_sign_in, sign_in
from bot.web.desk import audit as audit_page
from bot.web.desk import figures as figures_page
from bot.web.desk import questions as questions_page
from bot.web.desk import reports as reports_page
from bot.web.desk.cookies import Cookies
from bot.web.desk.gate import Gate
from bot.web.desk.oidc import Oidc
from bot.web.desk.pages import DeskPages
from bot.web.desk.sign_in import Entrance
from bot.web.pages import public_address
from bot.web.problems import ProblemError
from bot.web.services import Services
from bot.web.settings import Settings

# Seconds that the sign-in service may take.
_PATIENCE = 10.0
# Words for what the framework itself raises.
_DETAILS = {404: "Sidan finns inte.", 405: "Sidan finns inte.", 413: "Det som skickades är för stort."}


@dataclass(frozen=True)
class Desk:
    """The desk as the gateway holds it. Every route of `router` but those of sign-in declares a role at `gate`.

    `client` talks to the sign-in service; `administrator` signs in without one.
    """

    router: APIRouter
    gate: Gate
    pages: DeskPages
    client: httpx.AsyncClient
    administrator: LocalAdministrator | None

    async def start(self) -> None:
        """Say the first password, if people sign in by one."""
        if self.administrator:
            self.administrator.renew()

    async def stop(self) -> None:
        """Close what was opened."""
        await self.client.aclose()

    def problem(self, request: Request, error: Exception) -> Response:
        """Return the page that tells what went wrong, or the way to sign in."""
        status, headers, detail = _as_page(error)
        if 300 <= status < 400:
            return RedirectResponse(headers["Location"], status)
        response = self.pages.page(request, "problem.html", status, detail=detail)
        response.headers.update(headers)
        return response


def make_desk(
    services: Services, settings: Settings, store: FactStore, clock: Clock, say: Callable[[str], None]
) -> Desk:
    """Wire the desk on the database of `store`. `say` tells whoever started the service how to sign in."""
    pages, sessions = DeskPages(), Sessions(store.engine)
    cookies = Cookies(settings.public_url)
    gate = Gate(sessions, cookies, clock)
    client = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)
    administrator = None if settings.desk_oidc_issuer else LocalAdministrator(say)
    entrance = Entrance(sessions, pages, cookies, administrator is not None, clock)
    router = APIRouter(include_in_schema=False)
    router.include_router(sign_in.make_router(gate, entrance))
    if administrator:
        router.include_router(local_sign_in.make_router(entrance, administrator))
    else:
        oidc = Oidc(
            settings.desk_oidc_issuer,
            settings.desk_oidc_client_id,
            settings.desk_oidc_client_secret,
            settings.desk_oidc_roles_claim,
            client,
        )
        router.include_router(oidc_sign_in.make_router(entrance, oidc, cookies, settings.public_url))
    audit = Audit(store.engine)
    decisions = Decisions(store, services.catalog.ledger.facts, audit, clock)
    board = Board(store, services.catalog.ledger.facts, decisions, clock)
    changes = events.Changes(store, audit)
    acted, changed = [Depends(changes.seen_by("actions"))], [Depends(changes.seen_by("facts", "actions"))]
    router.include_router(facts.make_router(gate, pages, board, decisions, store), dependencies=changed)
    router.include_router(audit_page.make_router(gate, pages, audit), dependencies=acted)
    router.include_router(events.make_router(gate, changes))
    service = ServiceStore(store.engine, audit)
    router.include_router(notices.make_router(gate, pages, services.catalog, service, clock), dependencies=acted)
    helper = _make_assistant(services)
    reports = Reports(store.engine, audit)
    address = partial(public_address, settings.public_url)
    longest = settings.message_max_chars
    router.include_router(assistant.make_router(gate, pages, services, helper, reports, address, longest, clock))
    router.include_router(reports_page.make_router(gate, pages, services.catalog, reports, clock), dependencies=acted)
    reviews = Reviews(store.engine, partial(load_texts, DATA / LANGUAGES), audit)
    router.include_router(languages.make_router(gate, pages, services.catalog, reviews, clock))
    counts = CountStore(store.engine)
    router.include_router(figures_page.make_router(gate, pages, services.catalog, counts, clock))
    queue = Queue(store.engine, QuestionStore(store.engine, settings.questions_days), audit, clock)
    queue_page = questions_page.make_router(gate, pages, services.catalog, queue, settings.questions_days)
    router.include_router(queue_page, dependencies=acted)
    # Each page: router.include_router(<page>.make_router(gate, pages, ...)), whose routes have their whole path.
    return Desk(router, gate, pages, client, administrator)


def _make_assistant(services: Services) -> Assistant:
    notes, lexicon = load_notes(ContentFile(DATA / DESK_FILE)), load_lexicon(DATA / CONCEPTS)
    return Assistant(services.catalog, services.renderer, notes, lexicon)


def _as_page(error: Exception) -> tuple[int, Mapping[str, str], str]:
    """Return the status, headers and words that tell of an error."""
    if isinstance(error, HTTPException):
        return error.status_code, error.headers or {}, _DETAILS.get(error.status_code) or error.detail
    if isinstance(error, ProblemError) and error.kind == "rate_limited":
        return 429, error.headers or {}, "För många försök. Vänta en minut."
    if isinstance(error, SQLAlchemyError):
        return 503, {}, "Databasen svarar inte just nu."
    return 422, {}, "Formuläret kunde inte läsas."
