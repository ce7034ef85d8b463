"""`python -m bot.facts`: check sources, see how facts stand, and decide on them."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import subprocess
import sys

import stamina
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.catalog import DATA
from bot.content import ContentError, ContentFile
from bot.database import open_database
from bot.facts.commands import FINE, MISUSE, CommandError, Commands
from bot.facts.fetch import Fetcher, PublicAddresses
from bot.facts.ledger import Ledger
from bot.facts.store import FactStore
from bot.facts.watcher import Watcher
from bot.facts.watchlist import Watch, load_watchlist
from bot.facts.wiring import open_ledger
from bot.web.settings import Settings, SettingsError, load_settings


async def watch(ledger: Ledger, watchlist: dict[str, Watch], store: FactStore, fetcher: Fetcher) -> None:
    """Watch until stopped."""
    try:
        await Watcher(ledger, watchlist, store, fetcher).run()
    finally:
        await fetcher.aclose()


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command. Returns FINE, ATTENTION or MISUSE."""
    given = _parser().parse_args(arguments)
    try:
        settings, ledger = load_settings(), open_ledger()
        watchlist = load_watchlist(ContentFile(DATA / "sources.yml"), ledger)
        engine = open_database(settings.database_url)
        _prepare(engine, given.command)
        return _run(given, settings, ledger, watchlist, FactStore(engine, ledger))
    except (SettingsError, ContentError, CommandError) as error:
        print(error, file=sys.stderr)
        return MISUSE
    except SQLAlchemyError as error:
        print(f"The store of facts cannot be used: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        return FINE


def _run(
    given: argparse.Namespace, settings: Settings, ledger: Ledger, watchlist: dict[str, Watch], store: FactStore
) -> int:
    def make_fetcher() -> Fetcher:
        return Fetcher(settings.watch_contact, PublicAddresses())

    commands = Commands(ledger, watchlist, store, make_fetcher)
    if given.command == "watch":
        logging.basicConfig(level=settings.log_level, format="%(message)s")
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # What failed in the end is reported once for each round.
        stamina.instrumentation.set_on_retry_hooks([])
        asyncio.run(watch(ledger, watchlist if settings.watch == "on" else {}, store, make_fetcher()))
    elif given.command == "check":
        return commands.check(given.sources, given.json)
    elif given.command == "status":
        return commands.status(given.json)
    elif given.command == "history":
        return commands.history(given.fact, given.json)
    elif given.command == "withhold":
        return commands.withhold(given.facts, given.by, given.reason)
    elif given.command == "correct":
        return commands.correct(given.fact, given.value, given.by, given.reason, given.yes)
    elif given.command == "confirm":
        return commands.confirm(given.facts, given.source, given.by, given.reason, given.yes)
    return FINE


def _prepare(engine: Engine, command: str) -> None:
    """Make the store, or bring its tables up to date."""
    if command == "watch":
        # In a process of its own: what Alembic loads would stay in the watcher's memory.
        subprocess.run([sys.executable, "-m", "bot.migrations"], check=True)
    else:
        from bot.migrations import migrate

        migrate(engine)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.facts",
        description="Check sources, see how facts stand, decide on them. "
        "Exit code 0: all is well, 1: something needs a person, 2: wrong use.",
    )
    subcommands = parser.add_subparsers(dest="command", required=True)
    check = subcommands.add_parser("check", help="read sources now, and compare")
    check.add_argument("sources", nargs="*", help="ids in data/sources.yml (default: all that are watched)")
    status = subcommands.add_parser("status", help="every fact, its state, age and source")
    history = subcommands.add_parser("history", help="every change of a fact")
    history.add_argument("fact")
    for shown in (check, status, history):
        shown.add_argument("--json", action="store_true", help="for scripts")
    confirm = subcommands.add_parser("confirm", help="the source says so: confirm facts, or what was found for them")
    confirm.add_argument("facts", nargs="*")
    confirm.add_argument("--source", help="every fact that rests on this source: its page was read again")
    withhold = subcommands.add_parser("withhold", help="stop telling facts")
    withhold.add_argument("facts", nargs="+")
    correct = subcommands.add_parser("correct", help="give a fact another value")
    correct.add_argument("fact")
    correct.add_argument("value", help="such as 400000, 2026-01-01, 'mon-fri 09:00-15:00; holidays closed'")
    for decision in (confirm, withhold, correct):
        decision.add_argument("--reason", required=True, help="why; kept in the history")
        decision.add_argument("--by", default=getpass.getuser(), help="who (default: your user name)")
    for decision in (confirm, correct):
        decision.add_argument("--yes", action="store_true", help="do not ask")
    subcommands.add_parser("watch", help="check every source on its schedule, until stopped")
    return parser


if __name__ == "__main__":
    sys.exit(main())
