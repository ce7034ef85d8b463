"""What changes while a page of the desk is open, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from bot.desk.audit import Audit
from bot.facts.store import FactStore
from bot.web.desk.gate import Gate

# Seconds between two looks at the database, and so many without a change before something is said all the same:
# proxies cut a line that is silent for long.
_EVERY, _SILENT = 2.0, 7
Seen = Annotated[int | None, Query(ge=0)]


class Changes:
    """Numbers of the latest change of facts, and of the latest action of people."""

    def __init__(self, store: FactStore, audit: Audit) -> None:
        self._store = store
        self._audit = audit

    def latest(self) -> dict[str, int]:
        """Return the number of each kind of change."""
        return {"facts": self._store.last_change(), "actions": self._audit.last()}

    def seen_by(self, *kinds: str) -> Callable[[Request], None]:
        """Return a dependency of pages that show `kinds`: they tell of what changed since they were made."""

        def note(request: Request) -> None:
            # Looked up before what the page shows: a change in between is told once too often, never missed.
            latest = self.latest()
            request.state.seen = {kind: latest[kind] for kind in kinds}

        return note


def make_router(gate: Gate, changes: Changes) -> APIRouter:
    """Return the stream of changes."""
    router = APIRouter()

    async def told(request: Request, known: dict[str, int]) -> AsyncIterator[str]:
        """Yield an event for each kind of change, as long as the session lives."""
        yield ": watching\n\n"
        silent = 0
        while await gate.session(request, is_use=False):
            now = await run_in_threadpool(changes.latest)
            changed = [kind for kind in known if now[kind] != known[kind]]
            for kind in changed:
                yield f"event: change\ndata: {kind}\n\n"
            known = {kind: now[kind] for kind in known}
            silent = 0 if changed else silent + 1
            if silent == _SILENT:
                yield ": still watching\n\n"
                silent = 0
            await asyncio.sleep(_EVERY)

    # Watching, which a page does by itself, does not keep a session alive.
    @router.get("/desk/events", dependencies=[Depends(gate.needs("reader", is_use=False))])
    async def events(request: Request, facts: Seen = None, actions: Seen = None) -> StreamingResponse:
        """Tell of changes of facts and of actions of people since those numbers; without any of all from now on."""
        seen = {kind: number for kind, number in (("facts", facts), ("actions", actions)) if number is not None}
        # Looked up before the answer begins: what happens after it is told.
        known = seen or await run_in_threadpool(changes.latest)
        return StreamingResponse(told(request, known), media_type="text/event-stream")

    return router
