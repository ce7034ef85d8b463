"""What changes while a page of the desk is open, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from bot.desk.audit import Audit
from bot.facts.store import FactStore
from bot.web.desk.gate import Gate

# Seconds between two looks at the database.
_EVERY = 2.0


def make_router(gate: Gate, store: FactStore, audit: Audit) -> APIRouter:
    """Return the stream of changes."""
    router = APIRouter()

    def latest() -> dict[str, int]:
        return {"facts": store.last_change(), "actions": audit.last()}

    async def changes(request: Request) -> AsyncIterator[str]:
        """Yield an event for each kind of change, as long as the session lives; watching does not keep it alive."""
        known = await run_in_threadpool(latest)
        yield ": watching\n\n"
        while await gate.session(request, is_use=False):
            now = await run_in_threadpool(latest)
            for kind in now:
                if now[kind] != known[kind]:
                    yield f"event: change\ndata: {kind}\n\n"
            known = now
            await asyncio.sleep(_EVERY)

    @router.get("/desk/events", dependencies=[Depends(gate.needs("reader"))])
    async def events(request: Request) -> StreamingResponse:
        """Tell of changes of facts, and of actions of people."""
        return StreamingResponse(changes(request), media_type="text/event-stream")

    return router
