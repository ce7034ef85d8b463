"""The board of facts: how each stands, and what an editor decides on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.desk.board import ATTENTION, Board
from bot.desk.decisions import DecisionError, Decisions
from bot.desk.people import Person
from bot.facts.report import written
from bot.facts.store import FactStore
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

Action = Literal["confirm", "correct", "withhold", "accept", "decline"]
Show = Literal["", "attention"]


def make_router(gate: Gate, pages: DeskPages, board: Board, decisions: Decisions, store: FactStore) -> APIRouter:
    """Return the board, and a page for each fact."""
    router = APIRouter()
    editor = Depends(gate.needs("editor"))

    @router.get("/desk/facts", dependencies=[Depends(gate.needs("reader"))])
    def show_board(request: Request, show: Annotated[Show, Query()] = "") -> HTMLResponse:
        """Show every fact, or those that a person should look at; above them, what is urgent."""
        entries = board.entries()
        alerts = [entry for entry in entries if entry.attention]
        shown = alerts if show == "attention" else entries
        return pages.page(
            request, "facts.html", entries=shown, alerts=alerts, show=show, written=written, attention=ATTENTION
        )

    @router.get("/desk/facts/{id}", dependencies=[Depends(gate.needs("reader"))])
    def show_fact(request: Request, id: str, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        """Show a fact, its source, what was read there, and every change of it."""
        return fact_page(request, id, done=done)

    @router.post("/desk/facts/{id}")
    async def decide(
        request: Request,
        id: str,
        action: Annotated[Action, Form()],
        person: Person = editor,
        reason: Annotated[str, Form(max_length=1000)] = "",
        shown: Annotated[str, Form(max_length=10_000)] = "",
        value: Annotated[str, Form(max_length=1000)] = "",
    ) -> Response:
        """Carry out a decision. What cannot be decided is told beside the form it came from."""
        acts: dict[Action, Callable[[], bool | None]] = {
            "confirm": lambda: decisions.confirm(person, id, shown, reason),
            "correct": lambda: decisions.correct(person, id, value, shown, reason),
            "withhold": lambda: decisions.withhold(person, id, reason),
            "accept": lambda: decisions.accept(person, id, shown, reason),
            "decline": lambda: decisions.decline(person, id, shown, reason),
        }
        try:
            outcome = await run_in_threadpool(acts[action])
        except KeyError:
            raise HTTPException(404) from None
        except DecisionError as error:
            typed = {"reason": reason, "value": value}
            return await run_in_threadpool(fact_page, request, id, 422, error=error, action=action, typed=typed)
        done = "proposed" if outcome is False else action
        return RedirectResponse(f"/desk/facts/{id}?done={done}", 303)

    def fact_page(request: Request, id: str, status: int = 200, **context: object) -> HTMLResponse:
        try:
            entry = board.entry(id)
        except KeyError:
            raise HTTPException(404) from None
        page, lines = board.page_differences(entry.fact)
        more = {
            "entry": entry,
            "page": page,
            "lines": lines,
            "checks": store.checks(entry.fact.source.id),
            "history": store.history(entry.fact),
            "attention": ATTENTION,
            "written": written,
            "done": "",
            "error": None,
            "action": "",
            "typed": {"reason": "", "value": ""},
        }
        return pages.page(request, "fact.html", status, **{**more, **context})

    return router
