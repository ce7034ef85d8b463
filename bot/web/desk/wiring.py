"""The desk's wiring: the one place where its pages are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from bot.desk.local import LocalAdministrator
from bot.desk.sessions import Sessions
from bot.facts.book import Clock
from bot.facts.store import FactStore
from bot.web.desk import local_sign_in, oidc_sign_in, sign_in
from bot.web.desk.gate import Gate
from bot.web.desk.oidc import Oidc
from bot.web.desk.pages import DeskPages
from bot.web.desk.sign_in import Entrance
from bot.web.problems import ProblemError
from bot.web.services import Services
from bot.web.settings import Settings

# Seconds that the sign-in service may take.
_PATIENCE = 10.0
# Words for what the framework itself raises.
_DETAILS = {404: "Sidan finns inte.", 405: "Sidan finns inte."}


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
    gate = Gate(sessions, clock)
    client = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)
    administrator = None if settings.desk_oidc_issuer else LocalAdministrator(say)
    entrance = Entrance(sessions, pages, administrator is not None, clock)
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
        router.include_router(oidc_sign_in.make_router(entrance, oidc, settings.public_url))
    # Each page: router.include_router(<page>.make_router(gate, pages, ...)), whose routes have their whole path.
    return Desk(router, gate, pages, client, administrator)


def _as_page(error: Exception) -> tuple[int, Mapping[str, str], str]:
    """Return the status, headers and words that tell of an error."""
    if isinstance(error, HTTPException):
        return error.status_code, error.headers or {}, _DETAILS.get(error.status_code) or error.detail
    if isinstance(error, ProblemError) and error.kind == "rate_limited":
        return 429, error.headers or {}, "För många försök. Vänta en minut."
    if isinstance(error, SQLAlchemyError):
        return 503, {}, "Databasen svarar inte just nu."
    return 422, {}, "Formuläret kunde inte läsas."
