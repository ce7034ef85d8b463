"""The gate before the desk: who is signed in, what they may do, and whether a form is their own."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from bot.desk.people import ROLES, Person
from bot.desk.sessions import Session, Sessions
from bot.facts.book import Clock

SIGN_IN = "/desk/sign-in"
_HARMLESS = ("GET", "HEAD")


class Gate:
    """Gives each route of the desk the person it serves, or keeps them out."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._declared: dict[Callable[..., Any], str] = {}

    def needs(self, role: str) -> Callable[[Request], Awaitable[Person]]:
        """Return a dependency that gives the person, who may do what `role` may.

        Nobody is signed in: they are sent to sign in. The role is too low, or a form's `csrf` is not that of the
        session: 403. Both are HTTPException, which the desk shows as pages.
        """
        if role not in ROLES:
            raise ValueError(f"{role} is no role")

        async def person(request: Request) -> Person:
            session = await self.session(request)
            if session is None:
                raise HTTPException(303, headers={"Location": _to_sign_in(request)})
            # For the forms of the page.
            request.state.csrf = session.csrf
            request.state.person = session.person
            if not session.person.may(role):
                raise HTTPException(403, "Din roll räcker inte för den här sidan.")
            if request.method not in _HARMLESS:
                await _check_csrf(request, session)
            return session.person

        self._declared[person] = role
        return person

    def role_of(self, dependency: Callable[..., Any] | None) -> str | None:
        """Return the role that a dependency asks for; None if it is none of this gate's."""
        return self._declared.get(dependency) if dependency else None

    async def session(self, request: Request, is_use: bool = True) -> Session | None:
        """Return the session of whoever asks, or None."""
        token = request.cookies.get(cookie_name(request))
        return await run_in_threadpool(self._sessions.find, token, self._clock(), is_use) if token else None


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie: over https one that no other site near this one can set."""
    return "__Host-desk" if request.url.scheme == "https" else "desk"


async def _check_csrf(request: Request, session: Session) -> None:
    # The route reads the same form again: the request remembers it.
    given = (await request.form()).get("csrf")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
        raise HTTPException(403, "Formuläret är för gammalt. Ladda sidan igen och försök på nytt.")


def _to_sign_in(request: Request) -> str:
    """Return where to sign in, and come back from to a page that was asked for."""
    if request.method not in _HARMLESS:
        return SIGN_IN
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{SIGN_IN}?{urlencode({'next': here})}"
