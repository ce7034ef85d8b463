"""The audit trail, for those who answer for the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from bot.desk.audit import Audit
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

_ON_A_PAGE = 100
# The largest id that every database takes.
_LAST = 2**31 - 1


def make_router(gate: Gate, pages: DeskPages, audit: Audit) -> APIRouter:
    """Return the page of the trail, and its export."""
    router = APIRouter(dependencies=[Depends(gate.needs("admin"))])

    @router.get("/desk/audit")
    def show(
        request: Request, before: Annotated[int | None, Query(ge=1, le=_LAST)] = None, verify: bool = False
    ) -> HTMLResponse:
        """Show what was done, newest first; with `verify` also whether the trail is whole, which takes its time."""
        rows = audit.latest(_ON_A_PAGE, before)
        older = rows[-1]["id"] if len(rows) == _ON_A_PAGE else None
        return pages.page(
            request, "audit.html", rows=rows, older=older, verified=verify, broken=audit.verify() if verify else None
        )

    @router.get("/desk/audit/export")
    def export() -> StreamingResponse:
        """Give the whole trail as lines of JSON."""
        headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
        lines = (f"{line}\n" for line in audit.export())
        return StreamingResponse(lines, media_type="application/jsonl", headers=headers)

    return router
