"""Sign-in by the password on the terminal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.desk.local import LocalAdministrator
from bot.web.desk.gate import SIGN_IN
from bot.web.desk.sign_in import Entrance
from bot.web.settings import is_loopback


def make_router(entrance: Entrance, administrator: LocalAdministrator) -> APIRouter:
    """Return the route that takes the password."""
    router = APIRouter()

    @router.post(SIGN_IN)
    async def check_password(
        request: Request,
        password: Annotated[str, Form(max_length=200)] = "",
        next: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        """Sign in from this machine, not through a proxy."""
        entrance.check_failures(request)
        if not request.client or not is_loopback(request.client.host) or "x-forwarded-for" in request.headers:
            raise HTTPException(403, "Lösenord tas bara emot från den egna datorn.")
        person = await run_in_threadpool(administrator.check, password)
        if person is None:
            entrance.count_failure(request)
            error = "Lösenordet stämmer inte. Varje lösenord gäller en gång; det senaste står i terminalen."
            return entrance.page(request, next, 403, error=error)
        return await entrance.let_in(request, person, next)

    return router
