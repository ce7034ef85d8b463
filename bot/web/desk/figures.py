"""The desk's figures of a period, beside those of another one, and their export."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from bot.catalog import Catalog
from bot.desk.counts import CountStore
from bot.desk.export import as_csv, as_json
from bot.desk.figures import Figures, Period, figures
from bot.desk.suppression import LEAST, NEAREST
from bot.facts.book import Clock
from bot.facts.hours import STOCKHOLM
from bot.web.desk.gate import Gate
from bot.web.desk.pages import DeskPages

# How many days are shown to somebody who chose none.
USUAL = 30
Compare = Literal["before", "year", "none"]
Day = Annotated[str, Query(max_length=10)]
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Row:
    """A count, and that of the same thing in the other period; None without one."""

    key: Any
    count: int
    other: int | None


def make_router(gate: Gate, pages: DeskPages, catalog: Catalog, counts: CountStore, clock: Clock) -> APIRouter:
    """Return the page of figures and the exports of what it shows."""
    router = APIRouter(dependencies=[Depends(gate.needs("reader"))])

    @router.get("/desk/figures")
    def show(request: Request, first: Day = "", last: Day = "", compare: Compare = "before") -> HTMLResponse:
        """Show the figures of a period; without days, of the latest ones."""
        today = clock().astimezone(STOCKHOLM).date()
        usual = Period(today - timedelta(days=USUAL - 1), today)
        try:
            period, wrong = _period(first, last) if first or last else usual, False
        except ValueError:
            period, wrong = usual, True
        other = _other(period, compare)
        now, then = figures(counts, period), figures(counts, other) if other else None
        context = {
            "first": first if wrong else period.first,
            "last": last if wrong else period.last,
            "wrong": wrong,
            "period": period,
            "other": other,
            "compare": compare,
            "presets": _presets(today),
            "now": now,
            "then": then,
            "tables": _tables(now, then),
            "titles": catalog.language(None).titles,
            "languages": catalog.languages,
            "nearest": NEAREST,
            "least": LEAST,
        }
        return pages.page(request, "figures.html", 422 if wrong else 200, **context)

    @router.get("/desk/figures/export.csv")
    def export_csv(first: Day, last: Day) -> Response:
        """Give the figures of a period as CSV, small counts hidden and the others rounded."""
        period = _exported(first, last)
        headers = {"Content-Disposition": f'attachment; filename="figures-{period.first}-{period.last}.csv"'}
        return Response(as_csv(figures(counts, period)), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/desk/figures/export.json")
    def export_json(first: Day, last: Day) -> JSONResponse:
        """Give the figures of a period as JSON, small counts hidden and the others rounded."""
        period = _exported(first, last)
        headers = {"Content-Disposition": f'attachment; filename="figures-{period.first}-{period.last}.json"'}
        return JSONResponse(as_json(figures(counts, period), period), headers=headers)

    return router


def _period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def _other(period: Period, compare: Compare) -> Period | None:
    """Return what to compare a period with; None: nothing."""
    if compare == "none":
        return None
    try:
        return period.before if compare == "before" else period.year_before
    except ValueError:
        return None


def _exported(first: str, last: str) -> Period:
    try:
        return _period(first, last)
    except ValueError:
        raise HTTPException(422, "Välj en första och en sista dag, högst ett år emellan.") from None


def _presets(today: date) -> dict[str, Period]:
    """Return periods that are often chosen, by name."""
    this_month = today.replace(day=1)
    eve = this_month - timedelta(days=1)
    return {
        "week": Period(today - timedelta(days=6), today),
        "month": Period(today - timedelta(days=USUAL - 1), today),
        "this_month": Period(this_month, today),
        "last_month": Period(eve.replace(day=1), eve),
    }


def _tables(now: Figures, then: Figures | None) -> dict[str, list[Row]]:
    """Return the rows of each table; those of days stand beside the day with the same number in the other period."""
    days = list(then.days.values()) if then else None
    return {
        "outcomes": _rows(now.outcomes, then.outcomes if then else None),
        "languages": _rows(now.languages, then.languages if then else None),
        "topics": _rows(now.topics, then.topics if then else None),
        "feedback": _rows(now.feedback, then.feedback if then else None),
        "hours": _rows(now.hours, then.hours if then else None),
        "days": [Row(day, count, days[at] if days else None) for at, (day, count) in enumerate(now.days.items())],
    }


def _rows(now: Mapping[_Key, int], then: Mapping[_Key, int] | None) -> list[Row]:
    keys = dict.fromkeys([*now, *(then or {})])
    return [Row(key, now.get(key, 0), None if then is None else then.get(key, 0)) for key in keys]
