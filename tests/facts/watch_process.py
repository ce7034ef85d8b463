"""A watcher in a process of its own, led to a stand-in: `watch_process.py DATABASE_URL PORT CERTIFICATE`."""

from __future__ import annotations

import asyncio
import ssl
import sys

from bot.catalog import DATA
from bot.content import ContentFile
from bot.database import open_database
from bot.facts.fetch import Fetcher, Patience
from bot.facts.store import FactStore
from bot.facts.watcher import Watcher
from bot.facts.watchlist import load_watchlist
from bot.facts.wiring import open_ledger
from tests.facts.standin import lead_to
from tests.facts.world import GRANT


async def main(url: str, port: str, certificate: str) -> None:
    ledger = open_ledger()
    store = FactStore(open_database(url), ledger)
    watchlist = {GRANT: load_watchlist(ContentFile(DATA / "sources.yml"), ledger)[GRANT]}
    context = ssl.create_default_context(cafile=certificate)
    fetcher = Fetcher("https://start.stockholm/", lead_to(int(port)), context, Patience(30, 60))
    await Watcher(ledger, watchlist, store, fetcher).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
