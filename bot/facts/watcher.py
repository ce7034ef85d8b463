"""The watcher: reads each source on its schedule and records what it says of the facts."""

from __future__ import annotations

import asyncio
import logging
import random
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.facts.book import Clock, utc_now
from bot.facts.fetch import Fetched, Fetcher, FetchError
from bot.facts.ledger import Fact, Ledger
from bot.facts.page import Page, load_page, read_page
from bot.facts.reading import read_facts
from bot.facts.standing import SEEN_AGAIN_AFTER, Standing, Verdict, judged
from bot.facts.store import Check, FactStore, SeenPage
from bot.facts.watchlist import Watch

# After something was seen otherwise, the page is read again so soon.
LOOK_AGAIN_AFTER = SEEN_AGAIN_AFTER + timedelta(minutes=1)
# A source that fails is tried again after this long, doubled each time, at most at its usual pace.
RETRY_AFTER = timedelta(minutes=30)
# A watcher that dies while it fetches gives the site free after this long.
_LEASE = timedelta(minutes=3)
# How often the schedule is looked at, in seconds, and how often the history is brought up to date.
_TICK = 20.0
_log = logging.getLogger(__name__)


class Watcher:
    """Checks sources. Several may run at once: a site is fetched by one of them at a time."""

    def __init__(
        self,
        ledger: Ledger,
        watchlist: Mapping[str, Watch],
        store: FactStore,
        fetcher: Fetcher,
        clock: Clock = utc_now,
    ) -> None:
        self._ledger = ledger
        self._watchlist = watchlist
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._name = uuid.uuid4().hex

    async def run(self) -> None:
        """Check what is due, for ever. A store that cannot be reached is waited for."""
        while True:
            try:
                self._store.record_passing_of_time(self._clock())
                _report([check async for check in self.check_due()])
            except SQLAlchemyError as error:
                _log.error("The store of facts cannot be reached: %s", type(error).__name__)
            await asyncio.sleep(_TICK)

    async def check_due(self) -> AsyncIterator[Check]:
        """Check every source that is due, one at a time, and yield each check."""
        for id in self._watchlist:
            check = await self.check(id, only_if_due=True)
            if check:
                yield check

    async def check(self, id: str, only_if_due: bool = False) -> Check | None:
        """Check one source now. Returns None if another watcher is at its site, or if it is not due."""
        watch = self._watchlist[id]
        if only_if_due and not self._is_due(id):
            return None
        if not self._store.take_lease(watch.site, self._name, self._clock(), _LEASE):
            return None
        try:
            # Another watcher may just have been here.
            if only_if_due and not self._is_due(id):
                return None
            return await self._check(watch)
        finally:
            self._store.give_lease_back(watch.site, self._name, self._clock())

    def _is_due(self, id: str) -> bool:
        page = self._store.page(id)
        return page is None or page.due_at <= self._clock()

    async def _check(self, watch: Watch) -> Check:
        started, seen = time.monotonic(), self._store.page(watch.source.id)
        try:
            fetched, page = await self._fetch(watch, seen)
            return self._judge(watch, seen, fetched, page, time.monotonic() - started)
        except FetchError as error:
            return self._fail(watch, seen, error, time.monotonic() - started)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # A page that breaks the reading must not keep the others from being read.
            _log.exception("%s cannot be read", watch.source.id)
            return self._fail(watch, seen, FetchError("broken", type(error).__name__), time.monotonic() - started)

    async def _fetch(self, watch: Watch, seen: SeenPage | None) -> tuple[Fetched, Page]:
        """Return the page from the first of the addresses that gives it. Raises FetchError telling of each."""
        failures: list[FetchError] = []
        for address in watch.addresses:
            # Only the address that gave the page we have may answer that it is unchanged.
            known = seen if seen and seen.page and seen.url == address else None
            validators = (known.etag, known.last_modified) if known else (None, None)
            try:
                fetched = replace(await self._fetcher.get(address, watch.hosts, *validators), url=address)
                if fetched.body is not None:
                    return fetched, _page(fetched, watch)
                if known is None:
                    raise FetchError("status_304", address)
                return fetched, load_page(address, known.page or "")
            except FetchError as error:
                failures.append(error)
        if len(failures) == 1:
            raise failures[0]
        raise FetchError(failures[0].outcome, "; ".join(map(str, failures)))

    def _judge(self, watch: Watch, seen: SeenPage | None, fetched: Fetched, page: Page, seconds: float) -> Check:
        id, now = watch.source.id, self._clock()
        facts = [fact for fact in self._ledger.facts.values() if fact.source.id == id]
        standings = self._store.standings()
        readings = read_facts(page, watch, facts, standings)

        def judge(fact: Fact, standing: Standing) -> tuple[Standing, str]:
            return judged(fact, standing, readings[fact.id], page.hash, now)

        open_questions = any(_is_open(judge(fact, standings.get(fact.id, Standing(fact.id)))[0], now) for fact in facts)
        is_old = bool(readings) and all(reading.verdict is Verdict.OLD for reading in readings.values())
        unchanged = seen is not None and fetched.body is None
        previous, previous_at = (seen.previous, seen.previous_at) if seen else (None, None)
        if seen and seen.page and seen.hash != page.hash:
            previous, previous_at = seen.page, seen.fetched_at
        outcome = "old_page" if is_old else "same" if unchanged else "ok"
        check = Check(id, now, seconds, outcome, None, fetched.url, page.hash, tuple(readings.values()))
        kept = SeenPage(
            id,
            due_at=now + (min(watch.every, LOOK_AGAIN_AFTER) if open_questions else watch.every),
            fetched_at=now,
            url=fetched.url,
            etag=fetched.etag or (seen.etag if seen and unchanged else None),
            last_modified=fetched.last_modified or (seen.last_modified if seen and unchanged else None),
            hash=page.hash,
            page=page.dump(),
            previous=previous,
            previous_at=previous_at,
        )
        self._store.decide(facts, judge, now, check=check, page=kept)
        return check

    def _fail(self, watch: Watch, seen: SeenPage | None, error: FetchError, seconds: float) -> Check:
        now, id = self._clock(), watch.source.id
        failures = (seen.failures if seen else 0) + 1
        pause = min(watch.every, RETRY_AFTER * 2 ** min(failures - 1, 10))
        page = replace(
            seen or SeenPage(id, now),
            failures=failures,
            # Watchers that failed together do not come back together.
            due_at=now + pause * random.uniform(0.8, 1.2),
        )
        check = Check(id, now, seconds, error.outcome, error.detail)
        self._store.decide((), _undecided, now, check=check, page=page)
        return check


def _page(fetched: Fetched, watch: Watch) -> Page:
    """Return the page. Raises FetchError if what was fetched is something else."""
    page = read_page(fetched.body or b"", fetched.charset, fetched.url)
    words = page.text.casefold()
    if not words:
        raise FetchError("empty", fetched.url)
    if page.asks_to_sign_in:
        raise FetchError("sign_in", fetched.url)
    if page.language and page.language.partition("-")[0] not in watch.languages:
        raise FetchError("other_language", page.language)
    if not any(word in words for word in watch.expects):
        raise FetchError("another_page", fetched.url)
    return page


def _is_open(standing: Standing, now: datetime) -> bool:
    """Return whether something was seen otherwise just now, so that another look decides. Later only a person can."""
    pending = standing.pending
    return pending is not None and not standing.withheld and now - pending.since < SEEN_AGAIN_AFTER


def _undecided(_: Fact, standing: Standing) -> tuple[Standing, str]:
    return standing, ""


def _report(checks: Sequence[Check]) -> None:
    """Log one line for a round: how many sources were read, and what failed."""
    failed = [f"{check.source} ({check.outcome})" for check in checks if check.failed]
    if failed:
        _log.warning("Read %d of %d sources. Failed: %s", len(checks) - len(failed), len(checks), ", ".join(failed))
    elif checks:
        _log.info("Read %d sources", len(checks))
