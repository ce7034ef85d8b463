"""Tables and JSON of facts, checks and changes, for people at a terminal and for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.facts.hours import STOCKHOLM
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact
from bot.facts.standing import Standing, Verdict, effective
from bot.facts.store import Change, Check

_LOCALE = "sv"
_WIDEST = 44


def fact_rows(facts: Iterable[Fact], standings: Mapping[str, Standing], today: date) -> list[dict[str, Any]]:
    """Return one row for each fact: id, state, value, checked, age in days, source, and what a person should see to."""
    rows = []
    for one in facts:
        standing = standings.get(one.id)
        fact = effective(one, standing)
        rows.append(
            {
                "fact": fact.id,
                "state": fact.state(today).value if fact.known else "not established",
                "value": written(fact, fact.value),
                "checked": fact.checked.isoformat() if fact.checked else None,
                "age": (today - fact.checked).days if fact.checked else None,
                "source": fact.source.id,
                "note": _note(fact, standing),
            }
        )
    return rows


def check_row(check: Check) -> dict[str, Any]:
    """Return a check as a row: what happened, and how many facts it moved which way."""
    verdicts = [reading.verdict for reading in check.readings]
    return {
        "source": check.source,
        "outcome": check.outcome,
        "agrees": verdicts.count(Verdict.AGREES),
        "differs": verdicts.count(Verdict.DIFFERS) + verdicts.count(Verdict.UNCLEAR),
        "silent": verdicts.count(Verdict.SILENT),
        "seconds": round(check.seconds, 1),
        "reason": check.reason,
    }


def change_row(fact: Fact, change: Change) -> dict[str, Any]:
    """Return a change as a row."""
    return {
        "at": change.at.astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "fact": fact.id,
        "old": written(fact, change.old_value),
        "new": written(fact, change.new_value),
        "old_state": change.old_state,
        "new_state": change.new_state,
        "cause": change.cause,
        "by": change.by,
        "reason": change.reason,
    }


def written(fact: Fact, value: Any) -> str | None:
    """Return a value as Swedish readers see it."""
    return None if value is None else KINDS[fact.type].format(value, _LOCALE, fact.unit)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of equal keys as a table with headings."""
    if not rows:
        return ""
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as JSON."""
    return json.dumps(list(rows), ensure_ascii=False, indent=2)


def _note(fact: Fact, standing: Standing | None) -> str | None:
    pending = standing.pending if standing else None
    if pending and pending.values:
        return f"source says {', '.join(str(written(fact, value)) for value in pending.values)}"
    if pending:
        return "page changed"
    return "page changed" if fact.doubted else None


def _cell(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
