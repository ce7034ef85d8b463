"""The gate before the desk: who is signed in, what they may do, and whether a form is their own."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from bot.desk.people import ROLES, Person
from bot.desk.sessions import Session, Sessions
from bot.facts.book import Clock
from bot.web.desk.cookies import Cookies

SIGN_IN = "/desk/sign-in"
# The cookie of the session.
SESSION = "desk"
_HARMLESS = ("GET", "HEAD")


class Gate:
    """Gives each route of the desk the person it serves, or keeps them out."""

    def __init__(self, sessions: Sessions, cookies: Cookies, clock: Clock) -> None:
        self._sessions = sessions
        self._cookies = cookies
        self._clock = clock
        self._declared: dict[Callable[..., Any], str] = {}

    def needs(self, role: str, is_use: bool = True) -> Callable[[Request], Awaitable[Person]]:
        """Return a dependency that gives the person, who may do what `role` may.

        Nobody is signed in: they are sent to sign in. The role is too low, or a form's `csrf` is not that of the
        session: 403. What no database can keep: 422. All are HTTPException, which the desk shows as pages. Without
        `is_use` the session grows idle all the same.
        """
        if role not in ROLES:
            raise ValueError(f"{role} is no role")

        async def person(request: Request) -> Person:
            session = await self.session(request, is_use)
            if session is None:
                raise HTTPException(303, headers={"Location": _to_sign_in(request)})
            # For the forms of the page.
            request.state.csrf = session.csrf
            request.state.person = session.person
            if not session.person.may(role):
                raise HTTPException(403, "Din roll räcker inte för den här sidan.")
            form = FormData()
            if request.method not in _HARMLESS:
                # The route reads the same form again: the request remembers it.
                form = await request.form()
                _check_csrf(form, session)
            if any("\0" in text for text in (request.url.path, *form.values()) if isinstance(text, str)):
                raise HTTPException(422, "Ett tecken i formuläret eller adressen går inte att spara.")
            return session.person

        self._declared[person] = role
        return person

    def role_of(self, dependency: Callable[..., Any] | None) -> str | None:
        """Return the role that a dependency asks for; None if it is none of this gate's."""
        return self._declared.get(dependency) if dependency else None

    async def session(self, request: Request, is_use: bool = True) -> Session | None:
        """Return the session of whoever asks, or None."""
        token = self._cookies.get(request, SESSION)
        return await run_in_threadpool(self._sessions.find, token, self._clock(), is_use) if token else None


def _check_csrf(form: FormData, session: Session) -> None:
    given = form.get("csrf")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
        raise HTTPException(403, "Formuläret är för gammalt. Ladda sidan igen och försök på nytt.")


def _to_sign_in(request: Request) -> str:
    """Return where to sign in, and come back from to a page that was asked for."""
    if request.method not in _HARMLESS:
        return SIGN_IN
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{SIGN_IN}?{urlencode({'next': here})}"
