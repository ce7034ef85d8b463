"""Signing in and out, whatever the way in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import parse
from starlette.concurrency import run_in_threadpool

from bot.desk.people import Person
from bot.desk.sessions import Sessions
from bot.facts.book import Clock
from bot.web.desk.cookies import Cookies
from bot.web.desk.gate import SESSION, SIGN_IN, Gate
from bot.web.desk.pages import DeskPages
from bot.web.limits import Limiter

# Many may leave for the provider at once from behind one address; those who come back in vain are few.
_FAILURES, _STARTS = parse("10/minute"), parse("100/minute")
NextQuery = Annotated[str, Query(max_length=2000)]


class Entrance:
    """What both ways in share: the page, the counts of attempts, and the session that begins."""

    def __init__(self, sessions: Sessions, pages: DeskPages, cookies: Cookies, is_local: bool, clock: Clock) -> None:
        """`is_local`: people sign in by the password on the terminal."""
        self._sessions = sessions
        self._pages = pages
        self._cookies = cookies
        self._is_local = is_local
        self._clock = clock
        self._failures = Limiter(_FAILURES, None)
        self._starts = Limiter(_STARTS, None)

    def page(self, request: Request, next: str, status: int = 200, **context: object) -> HTMLResponse:
        """Return the page of sign-in, from which people go on to `next`."""
        shown = {"local": self._is_local, "next": inside(next), "error": None, "signed_out": False, **context}
        return self._pages.page(request, "sign_in.html", status, **shown)

    def count_start(self, request: Request) -> None:
        """Count that this client leaves to sign in elsewhere. Raises ProblemError when it is one too many."""
        self._starts.check(_address(request), None)

    def check_failures(self, request: Request) -> None:
        """Raise ProblemError when this client has failed to sign in too often."""
        self._failures.check(_address(request), None, count=False)

    def count_failure(self, request: Request) -> None:
        """Count that this client could not be signed in."""
        self._failures.check(_address(request), None)

    async def let_in(self, request: Request, person: Person, next: str) -> Response:
        """Begin a session under a new token, whatever token the browser came with, and go on to `next`."""
        await run_in_threadpool(self._sessions.end, self._cookies.get(request, SESSION))
        token = await run_in_threadpool(self._sessions.begin, person, self._clock())
        response = RedirectResponse(inside(next), 303)
        self._cookies.set(request, response, SESSION, token)
        return response

    async def let_out(self, request: Request) -> Response:
        """End the session, on the server and in the browser."""
        await run_in_threadpool(self._sessions.end, self._cookies.get(request, SESSION))
        response = RedirectResponse(f"{SIGN_IN}?signed_out=1", 303)
        self._cookies.delete(request, response, SESSION)
        return response


def make_router(gate: Gate, entrance: Entrance) -> APIRouter:
    """Return the page of sign-in, and sign-out."""
    router = APIRouter()

    @router.get(SIGN_IN)
    async def sign_in(
        request: Request, next: NextQuery = "", signed_out: Annotated[str, Query(max_length=1)] = ""
    ) -> HTMLResponse:
        """Show how to sign in."""
        return entrance.page(request, next, signed_out=bool(signed_out))

    @router.post("/desk/sign-out", dependencies=[Depends(gate.needs("reader"))])
    async def sign_out(request: Request) -> Response:
        """Sign out."""
        return await entrance.let_out(request)

    return router


def inside(next: str) -> str:
    """Return `next` if it is a page of the desk, else the desk's first page."""
    plain = next.isascii() and next.isprintable() and "\\" not in next
    return next if plain and (next == "/desk" or next.startswith(("/desk/", "/desk?"))) else "/desk"


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None
