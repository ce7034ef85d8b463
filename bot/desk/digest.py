"""The digest: what changed in a day, as plain text in Swedish, for mail or a channel of the staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.desk.audit import Audit
from bot.desk.board import ATTENTION, Board
from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Ledger
from bot.facts.report import written
from bot.facts.store import Change, FactStore

_STATES = {"confirmed": "bekräftad", "unconfirmed": "obekräftad", "withheld": "visas inte"}


def digest(day: date, store: FactStore, ledger: Ledger, board: Board, audit: Audit) -> str:
    """Return what changed on `day` in Stockholm, and what waits for a person now."""
    start = datetime.combine(day, time(), STOCKHOLM)
    end = datetime.combine(day + timedelta(days=1), time(), STOCKHOLM)
    changes = [_change(change, ledger) for change in store.changes(start, end)]
    actions = [_action(row) for row in audit.since(start) if row["at"] < end]
    waiting = [f"{entry.fact.id}: {ATTENTION[entry.attention]}" for entry in board.entries() if entry.attention]
    sections = {"Ändrade fakta": changes, "Vad vi har gjort": actions, "Väntar på någon nu": waiting}
    return "\n".join(
        [f"Vägvisaren {day.isoformat()}", *(line for item in sections.items() for line in _section(*item))]
    )


def _section(heading: str, lines: list[str]) -> Iterator[str]:
    yield f"\n{heading}: {len(lines)}"
    yield from (f"- {line}" for line in lines)


def _change(change: Change, ledger: Ledger) -> str:
    fact = ledger.facts[change.fact]
    old, value = (written(fact, value) or "inget" for value in (change.old_value, change.new_value))
    if change.old_state and old != value:
        value = f"{old} → {value}"
    return f"{_clock(change.at)} {fact.id}: {value}, {_STATES[change.new_state]} ({change.cause}, {fact.source.url})"


def _action(row: dict[str, Any]) -> str:
    return f"{_clock(row['at'])} {row['name']}: {row['action']} {row['subject']} – {' '.join(row['reason'].split())}"


def _clock(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).strftime("%H:%M")
