"""The desk's review queue: questions that people let the City keep, and what editors make of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.catalog import Catalog
from bot.desk.examples import as_zip
from bot.desk.people import Person
from bot.desk.questions import CLUSTERED, proposals
from bot.desk.queue import Action, Queue
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

ON_A_PAGE = 20
# The topic that examples of what is outside belong to.
OUTSIDE = "out_of_scope"
# Ids of questions, separated by spaces.
Ids = Annotated[str, Form(max_length=30 * CLUSTERED, pattern=r"^[A-Za-z0-9_-]+( [A-Za-z0-9_-]+)*$")]


def make_router(gate: Gate, pages: DeskPages, catalog: Catalog, queue: Queue, days: int) -> APIRouter:
    """Return the queue and the export of proposed examples; `days` is how long a question is kept."""
    router = APIRouter()
    editor = Depends(gate.needs("editor"))

    @router.get("/desk/questions", dependencies=[editor])
    def show(
        request: Request,
        start: Annotated[int, Query(ge=0)] = 0,
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        """Show the clusters that wait, and what was decided."""
        return page(request, start=start, done=done)

    @router.post("/desk/questions")
    def decide(
        request: Request,
        ids: Ids,
        action: Annotated[Action, Form()],
        topic: Annotated[str, Form(max_length=64)] = "",
        reason: Annotated[str, Form(max_length=1000)] = "",
        start: Annotated[int, Form(ge=0)] = 0,
        person: Person = editor,
    ) -> Response:
        """Decide on one cluster. What is missing is told beside its field."""
        asked = ids.split(" ")
        lacking = {"reason"} if not reason.strip() else set()
        if action == "topic" and topic not in catalog.topics:
            lacking.add("topic")
        if lacking:
            typed = {"id": asked[0], "topic": topic, "reason": reason, "lacking": lacking}
            return page(request, 422, start=start, typed=typed)
        count = queue.decide(person, asked, action, topic if action == "topic" else None, reason)
        return RedirectResponse(f"/desk/questions?start={start}&done={action if count else 'gone'}", 303)

    @router.post("/desk/questions/discard")
    def discard(
        request: Request,
        ids: Ids,
        reason: Annotated[str, Form(max_length=1000)] = "",
        start: Annotated[int, Form(ge=0)] = 0,
        person: Person = editor,
    ) -> Response:
        """Delete every question that was shown on a page. A reason that is missing is told beside its field."""
        if not reason.strip():
            return page(request, 422, start=start, lacks_reason=True)
        count = queue.decide(person, ids.split(" "), "discard", None, reason)
        return RedirectResponse(f"/desk/questions?start={start}&done={'discard_all' if count else 'gone'}", 303)

    @router.get("/desk/questions/examples.zip", dependencies=[editor])
    async def export() -> Response:
        """Give the proposed training examples as the files that they belong in."""
        decided = await run_in_threadpool(queue.decided)
        headers = {"Content-Disposition": 'attachment; filename="examples.zip"'}
        return Response(as_zip(proposals(decided, OUTSIDE)), media_type="application/zip", headers=headers)

    def page(request: Request, status: int = 200, *, start: int, **context: Any) -> HTMLResponse:
        every, decided = queue.clusters(), queue.decided()
        swedish = catalog.language(None)
        # The last cluster of a page may have been decided on.
        start = min(start, max(0, len(every) - 1)) // ON_A_PAGE * ON_A_PAGE
        more = {
            "clusters": every[start : start + ON_A_PAGE],
            "total": len(every),
            "waiting": queue.count_waiting(),
            "clustered": CLUSTERED,
            "start": start,
            "step": ON_A_PAGE,
            "days": days,
            "languages": catalog.languages,
            "titles": swedish.titles,
            "groups": [(swedish.groups[group], topics) for group, topics in _grouped(catalog)],
            "proposed": proposals(decided, OUTSIDE),
            "wanted": [question for question in decided if question.decision == "wanted"],
            "done": "",
            "typed": None,
            "lacks_reason": False,
        }
        return pages.page(request, "questions.html", status, **{**more, **context})

    return router


def _grouped(catalog: Catalog) -> list[tuple[str, list[str]]]:
    """Return every topic under its group, those outside the menu too."""
    groups: dict[str, list[str]] = {}
    for topic in catalog.topics.values():
        groups.setdefault(topic.group, []).append(topic.id)
    return list(groups.items())
