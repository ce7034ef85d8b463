"""A small world for tests of live facts: the real content, a store, the stand-in for its sources, a clock to move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import httpx
from sqlalchemy import delete

from bot.catalog import DATA, Catalog
from bot.content import ContentFile
from bot.database import open_database, writing
from bot.facts.commands import Commands
from bot.facts.fetch import Fetcher, Patience
from bot.facts.standing import all_effective
from bot.facts.store import Check, FactStore, SeenPage
from bot.facts.tables import LEASES
from bot.facts.watcher import Watcher
from bot.facts.watchlist import load_watchlist
from bot.migrations import migrate
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.facts.standin import StandIn
from tests.stack import free_port

GRANT = "mv_grant"
# Long enough for a page on this machine, short enough for a source that never answers.
PATIENCE = Patience(piece=0.5, total=1.0)


class World:
    """Checks sources, decides, and answers as the running system does. Time passes only when it is told to."""

    def __init__(self, catalog: Catalog, standin: StandIn, database_url: str) -> None:
        self.catalog, self.standin, self.database_url = catalog, standin, database_url
        self.ledger = catalog.ledger
        self.watchlist = load_watchlist(ContentFile(DATA / "sources.yml"), self.ledger)
        engine = open_database(database_url)
        migrate(engine)
        self.store = FactStore(engine, self.ledger)
        self.now = datetime(2026, 11, 26, 9, tzinfo=timezone.utc)

    def clock(self) -> datetime:
        return self.now

    def fetcher(self) -> Fetcher:
        return Fetcher("https://start.stockholm/", self.standin.addresses(), self.standin.context(), PATIENCE)

    @asynccontextmanager
    async def watcher(self) -> AsyncIterator[Watcher]:
        fetcher = self.fetcher()
        try:
            yield Watcher(self.ledger, self.watchlist, self.store, fetcher, self.clock)
        finally:
            await fetcher.aclose()

    async def check(self, source: str = GRANT, behave: str = "well", after: timedelta = timedelta(minutes=10)) -> Check:
        """Let time pass, and check a source whose stand-in behaves so."""
        self.now += after
        self.standin.behave = behave
        async with self.watcher() as watcher:
            check = await watcher.check(source)
        assert check is not None
        return check

    def make_due(self, source: str) -> None:
        """Let the schedule ask for a source now."""
        page = self.store.page(source) or SeenPage(source, self.now)
        long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
        self.store.decide((), lambda _, standing: (standing, ""), self.now, page=replace(page, due_at=long_ago))

    def end_leases(self) -> None:
        """Free every site, as time does after a watcher has died."""
        with writing(open_database(self.database_url)) as connection:
            connection.execute(delete(LEASES))

    def commands(self, say: list[str] | None = None, answer: str = "y") -> Commands:
        said = [] if say is None else say
        return Commands(
            self.ledger, self.watchlist, self.store, self.fetcher, said.append, lambda _: answer, self.clock
        )

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[httpx.AsyncClient]:
        """A gateway process's app on this store. Nothing answers in Rasa's place."""
        settings = Settings(limits="off", rasa_port=free_port(), database_url=self.database_url, _env_file=None)
        app = create_app(settings, self.catalog, self.store, clock=self.clock)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client,
        ):
            yield client

    async def everything_said(self, client: httpx.AsyncClient) -> AsyncIterator[tuple[str, str, dict[str, object]]]:
        """Yield (language, topic, reply) of every answer in every language."""
        for language in self.catalog.languages:
            for topic in self.catalog.topics:
                response = await client.get(f"/api/v1/topics/{topic}", params={"language": language})
                yield language, topic, response.json()

    def states(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield (fact, state, date of evidence) of every fact."""
        today = self.now.date()
        for fact in all_effective(self.ledger.facts.values(), self.store.standings()).values():
            yield fact.id, fact.state(today).value, fact.checked.isoformat() if fact.checked else None
