"""The board: every fact as it stands, how old it is, where it comes from, and what a person should see to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.desk.decisions import Decisions, Proposal, seen
from bot.desk.difference import Line, differences
from bot.facts.book import Clock
from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Fact, State
from bot.facts.page import load_page
from bot.facts.standing import Standing, effective, needs_person, to_confirm
from bot.facts.store import FactStore, SeenPage

# Why a person should look at a fact, in Swedish.
ATTENTION = {
    "proposal": "Förslag väntar på en andra redaktör",
    "withheld": "Visas inte förrän någon bestämmer",
    "differs": "Källan säger något annat",
    "page_changed": "Källans sida har ändrats",
    "unread": "Källan går inte att läsa",
    "old": "För gammal: läs källan igen",
}
# So many attempts in a row that fail are no passing trouble of a source.
_FAILURES = 3


@dataclass(frozen=True)
class Entry:
    """A fact on the board. `fact` is as it stands; `due` is when its source is read next or its evidence grows old.

    `said` is what the source says otherwise, `confirmable` what confirming it would tell. `attention`: why a
    person should look, a key of ATTENTION; None: nobody need. `seen` stands for all of this in the forms that decide.
    """

    fact: Fact
    state: State
    age: int | None
    due: datetime | date | None
    checked_at: datetime | None
    failures: int
    said: tuple[Any, ...]
    confirmable: Any
    proposal: Proposal | None
    attention: str | None
    seen: str


class Board:
    """Reads the store for the people of the desk."""

    def __init__(self, store: FactStore, facts: Mapping[str, Fact], decisions: Decisions, clock: Clock) -> None:
        self._store = store
        self._facts = facts
        self._decisions = decisions
        self._clock = clock

    def entries(self) -> list[Entry]:
        """Return every fact; those that a person should look at first."""
        today = self._clock().astimezone(STOCKHOLM).date()
        standings, pages, proposals = self._store.standings(), self._store.pages(), self._decisions.proposals()
        entries = [
            _entry(fact, standings.get(fact.id), pages.get(fact.source.id), proposals.get(fact.id), today)
            for fact in self._facts.values()
        ]
        return sorted(entries, key=lambda entry: entry.attention is None)

    def entry(self, id: str) -> Entry:
        """Return one fact. Raises KeyError."""
        fact, today = self._facts[id], self._clock().astimezone(STOCKHOLM).date()
        standing, page = self._store.standings().get(id), self._store.page(fact.source.id)
        return _entry(fact, standing, page, self._decisions.proposals().get(id), today)

    def page_differences(self, fact: Fact) -> tuple[SeenPage | None, list[Line]]:
        """Return the page of a fact's source as it was read last, and how its words differ from those before."""
        page = self._store.page(fact.source.id)
        if page is None or page.page is None or page.previous is None:
            return page, []
        before, after = (load_page(fact.source.url, text).text for text in (page.previous, page.page))
        return page, differences(before, after)


def _entry(
    fact: Fact, standing: Standing | None, page: SeenPage | None, proposal: Proposal | None, today: date
) -> Entry:
    now, known = effective(fact, standing), standing or Standing(fact.id)
    pending = standing.pending if standing and not standing.is_obsolete(fact) else None
    grows_old = now.checked + timedelta(days=now.max_age) if now.checked and now.max_age else None
    return Entry(
        fact=now,
        state=now.state(today),
        age=(today - now.checked).days if now.checked else None,
        due=page.due_at if page and fact.watched else grows_old,
        checked_at=page.fetched_at if page else None,
        failures=page.failures if page else 0,
        said=pending.values if pending else (),
        confirmable=to_confirm(fact, known),
        proposal=proposal,
        attention=_attention(now, standing, bool(pending and pending.values), proposal, page, today),
        seen=seen(fact, known, page, proposal),
    )


def _attention(
    now: Fact,
    standing: Standing | None,
    says_otherwise: bool,
    proposal: Proposal | None,
    page: SeenPage | None,
    today: date,
) -> str | None:
    if proposal:
        return "proposal"
    if now.withheld:
        return "withheld"
    if says_otherwise:
        return "differs"
    if needs_person(standing) and now.doubted:
        return "page_changed"
    if page and page.failures >= _FAILURES:
        return "unread"
    return "old" if now.known and now.is_old(today) else None
