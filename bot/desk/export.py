"""Figures as files for other programs, with small counts hidden and the others rounded."""

from __future__ import annotations

import csv
import io
from typing import Any

from bot.desk.figures import Figures, Period
from bot.desk.suppression import LEAST, NEAREST, told

# What a spreadsheet would take for a formula, or would skip to find one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def rows(figures: Figures) -> list[tuple[str, str, int | None]]:
    """Return (table, key, count) for each count; None is one that is hidden."""
    totals = {"total": {"conversations": figures.conversations, "messages": figures.messages}}
    tables = {**totals, **figures.tables()}
    return [(table, key, told(count)) for table, counts in tables.items() for key, count in counts.items()]


def as_csv(figures: Figures) -> str:
    """Return figures as RFC 4180 text that no spreadsheet calculates with; a hidden count is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("table", "key", f"count_to_nearest_{NEAREST}"))
    writer.writerows((safe(table), safe(key), "" if count is None else count) for table, key, count in rows(figures))
    return text.getvalue()


def as_json(figures: Figures, period: Period) -> dict[str, Any]:
    """Return figures for JSON; a hidden count is null."""
    tables: dict[str, dict[str, int | None]] = {}
    for table, key, count in rows(figures):
        tables.setdefault(table, {})[key] = count
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return {**days, "least": LEAST, "nearest": NEAREST, "counts": tables}


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
