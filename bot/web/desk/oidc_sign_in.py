"""Sign-in by an OpenID provider."""

from __future__ import annotations

import logging
import secrets
from dataclasses import asdict
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from bot.web.desk.cookies import Cookies
from bot.web.desk.gate import SIGN_IN
from bot.web.desk.oidc import Flow, Oidc, OidcError
from bot.web.desk.sign_in import Entrance, NextQuery, inside

_CALLBACK = f"{SIGN_IN}/callback"
# The cookie of somebody who has left for the provider.
_FLOW = "desk-sign-in"
# Seconds for signing in at the provider.
_PATIENCE = 600
_log = logging.getLogger(__name__)


def make_router(entrance: Entrance, oidc: Oidc, cookies: Cookies, public_url: str) -> APIRouter:
    """Return the routes to the provider and back. `public_url` is where the service is reached, empty: as asked."""
    router = APIRouter()

    def redirect_uri(request: Request) -> str:
        return (public_url or str(request.base_url)).rstrip("/") + _CALLBACK

    def refuse(request: Request, why: str) -> Response:
        _log.warning("Nobody could be signed in: %s", why)
        return entrance.page(request, "", 502, error="Inloggningen gick inte att slutföra. Försök igen.")

    def fail(request: Request, why: str) -> Response:
        entrance.count_failure(request)
        return refuse(request, why)

    @router.get(f"{SIGN_IN}/start")
    async def leave(request: Request, next: NextQuery = "") -> Response:
        """Send the browser to the provider."""
        entrance.count_start(request)
        try:
            address, flow = await oidc.begin(redirect_uri(request))
        except OidcError as error:
            return refuse(request, str(error))
        response = RedirectResponse(address, 303)
        cookies.set(request, response, _FLOW, urlencode({**asdict(flow), "next": inside(next)}), _PATIENCE)
        return response

    @router.get(_CALLBACK)
    async def come_back(
        request: Request,
        state: Annotated[str, Query(max_length=200)] = "",
        code: Annotated[str, Query(max_length=4000)] = "",
        error: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Let in whoever comes back in the browser that left."""
        entrance.check_failures(request)
        kept = {key: values[0] for key, values in parse_qs(cookies.get(request, _FLOW)).items()}
        next = kept.pop("next", "")
        if set(kept) != {"state", "nonce", "verifier"} or not secrets.compare_digest(
            kept["state"].encode(), state.encode()
        ):
            return fail(request, "the browser that came back had not left")
        if error or not code:
            return fail(request, "the provider gave no code")
        try:
            person = await oidc.finish(Flow(**kept), code, redirect_uri(request))
        except OidcError as failure:
            return fail(request, str(failure))
        if not person.roles:
            raise HTTPException(403, "Ditt konto har ingen roll i handläggarstödet. Be den som sköter tjänsten om en.")
        response = await entrance.let_in(request, person, next)
        cookies.delete(request, response, _FLOW)
        return response

    return router
