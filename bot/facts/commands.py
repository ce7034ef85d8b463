"""What people at a terminal can do with the facts: check sources, see how facts stand, decide on them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.database import writing
from bot.desk.audit import Audit
from bot.desk.decisions import told
from bot.desk.people import at_terminal
from bot.facts import report
from bot.facts.book import Clock, utc_now
from bot.facts.fetch import Fetcher
from bot.facts.hours import STOCKHOLM
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact, Ledger
from bot.facts.standing import Standing, confirmed, effective, needs_person, to_confirm, withheld
from bot.facts.store import Decide, FactStore
from bot.facts.watcher import Watcher
from bot.facts.watchlist import Watch

# Exit codes: all is well; something needs a person; wrong use.
FINE, ATTENTION, MISUSE = 0, 1, 2


class CommandError(Exception):
    """The command cannot be carried out; the message says why."""


class Commands:
    """The commands, on one store. Each returns an exit code."""

    def __init__(
        self,
        ledger: Ledger,
        watchlist: dict[str, Watch],
        store: FactStore,
        make_fetcher: Callable[[], Fetcher],
        say: Callable[[str], None] = print,
        ask: Callable[[str], str] = input,
        clock: Clock = utc_now,
    ) -> None:
        self._ledger, self._watchlist, self._store = ledger, watchlist, store
        self._audit = Audit(store.engine)
        self._make_fetcher, self._say, self._ask, self._clock = make_fetcher, say, ask, clock

    def check(self, sources: list[str], as_json: bool) -> int:
        """Read sources now. ATTENTION if one could not be read or says otherwise."""
        unknown = [id for id in sources if id not in self._watchlist]
        if unknown:
            raise CommandError(f"not watched: {', '.join(unknown)}; watched are {', '.join(self._watchlist)}")
        rows = asyncio.run(self._check(sources or list(self._watchlist), quiet=as_json))
        self._show(rows, as_json)
        return FINE if all(row["outcome"] in ("ok", "same") and not row["differs"] for row in rows) else ATTENTION

    async def _check(self, sources: list[str], quiet: bool) -> list[dict[str, Any]]:
        fetcher, rows = self._make_fetcher(), []
        watcher = Watcher(self._ledger, self._watchlist, self._store, fetcher, self._clock)
        try:
            for number, id in enumerate(sources, 1):
                if not quiet:
                    print(f"[{number}/{len(sources)}] {id}", file=sys.stderr)
                check = await watcher.check(id)
                rows += [report.check_row(check)] if check else []
                if check is None:
                    print(f"{id}: another watcher is at its site; try again in a moment", file=sys.stderr)
        finally:
            await fetcher.aclose()
        return rows

    def status(self, as_json: bool) -> int:
        """Show every fact. ATTENTION if one is withheld, doubted, or said otherwise at its source."""
        standings = self._store.standings()
        facts = self._ledger.facts.values()
        self._show(report.fact_rows(facts, standings, self._clock().astimezone(STOCKHOLM).date()), as_json)
        return ATTENTION if any(needs_person(standings.get(fact.id)) for fact in facts) else FINE

    def confirm(self, ids: list[str], source: str | None, by: str, reason: str, yes: bool) -> int:
        """Confirm facts: what the source says now where a fact is withheld or not established, else its value."""
        facts = [fact for fact in self._ledger.facts.values() if source and fact.source.id == source and fact.max_age]
        facts += [self._fact(id) for id in ids]
        if not facts:
            raise CommandError(f"no fact rests on {source}" if source else "name a fact, or --source")
        standings = self._store.standings()
        values = {fact.id: to_confirm(fact, standings.get(fact.id, Standing(fact.id))) for fact in facts}
        if source:
            # Reading a whole page again says nothing of facts that nobody has found there yet.
            values = {id: value for id, value in values.items() if value is not None or id in ids}
        for id, value in values.items():
            if value is None:
                raise CommandError(f"{id}: no value was found yet; use: correct {id} VALUE")
        return self._decide("confirm", values, by, reason, yes)

    def correct(self, id: str, text: str, by: str, reason: str, yes: bool) -> int:
        """Give a fact another value."""
        fact = self._fact(id)
        try:
            value = KINDS[fact.type].load(KINDS[fact.type].read(text))
        except ValueError as error:
            raise CommandError(f"{id} is of type {fact.type}: {error}") from error
        return self._decide("correct", {id: value}, by, reason, yes)

    def withhold(self, ids: list[str], by: str, reason: str) -> int:
        """Stop telling facts, in every language."""
        now = self._clock()

        def decide(fact: Fact, standing: Standing) -> tuple[Standing, str]:
            return withheld(fact, standing, now), "withheld"

        return self._carry_out("withhold", [self._fact(id) for id in ids], decide, now, by, reason)

    def history(self, id: str, as_json: bool) -> int:
        """Show every change of a fact, newest first."""
        fact = self._fact(id)
        self._show([report.change_row(fact, change) for change in self._store.history(fact)], as_json)
        return FINE

    def _decide(self, action: str, values: dict[str, Any], by: str, reason: str, yes: bool) -> int:
        standings, facts = self._store.standings(), [self._fact(id) for id in values]
        for fact in facts:
            shown = report.written(fact, effective(fact, standings.get(fact.id)).value)
            self._say(f"{fact.id}: {shown} -> {report.written(fact, values[fact.id])}   ({fact.source.url})")
        if not yes and self._ask("Is this what the source says? [y/N] ").strip().lower() not in ("y", "j"):
            self._say("Nothing was changed.")
            return ATTENTION
        now, pages = self._clock(), {fact.id: self._store.page(fact.source.id) for fact in facts}

        def decide(fact: Fact, standing: Standing) -> tuple[Standing, str]:
            page = pages[fact.id]
            return confirmed(fact, standing, values[fact.id], page.hash if page else None, now), "person"

        return self._carry_out(action, facts, decide, now, by, reason)

    def _carry_out(self, action: str, facts: list[Fact], decide: Decide, now: datetime, by: str, reason: str) -> int:
        if not reason.strip():
            raise CommandError("a decision needs a reason")
        with writing(self._store.engine) as connection:
            before = [told(fact, self._store.standing_on(connection, fact), now) for fact in facts]
            changes = self._store.decide_on(connection, facts, decide, now, by, reason)
            for fact, was in zip(facts, before, strict=True):
                after = told(fact, self._store.standing_on(connection, fact), now)
                self._audit.record(connection, at_terminal(by), f"fact.{action}", fact.id, was, after, reason, now)
        for change in changes:
            self._say(f"{change.fact}: {change.new_state}")
        self._say("Every process shows this within 5 seconds.")
        return FINE

    def _fact(self, id: str) -> Fact:
        if id not in self._ledger.facts:
            raise CommandError(f"{id} is not in facts.yml")
        return self._ledger.facts[id]

    def _show(self, rows: list[dict[str, Any]], as_json: bool) -> None:
        self._say(report.as_json(rows) if as_json else report.table(rows) or "Nothing.")
