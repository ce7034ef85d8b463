"""`python -m bot.desk`: verify and export the audit trail, and tell what changed in a day."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from sqlalchemy.exc import SQLAlchemyError

from bot.content import ContentError
from bot.database import open_database
from bot.desk.audit import Audit
from bot.desk.board import Board
from bot.desk.decisions import Decisions
from bot.desk.digest import digest
from bot.facts.book import utc_now
from bot.facts.commands import ATTENTION, FINE, MISUSE
from bot.facts.hours import STOCKHOLM
from bot.facts.store import FactStore
from bot.facts.wiring import open_ledger
from bot.migrations import migrate
from bot.web.settings import SettingsError, load_settings


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command. Returns FINE, ATTENTION for a trail that is broken, or MISUSE."""
    given = _parser().parse_args(arguments)
    try:
        engine = open_database(load_settings().database_url)
        migrate(engine)
        audit = Audit(engine)
        if given.command == "verify":
            return _verify(audit)
        if given.command == "export":
            for line in audit.export():
                print(line)
            return FINE
        ledger = open_ledger()
        store = FactStore(engine, ledger)
        board = Board(store, ledger.facts, Decisions(store, ledger.facts, audit, utc_now), utc_now)
        print(digest(given.day or utc_now().astimezone(STOCKHOLM).date(), store, ledger, board, audit))
    except (SettingsError, ContentError) as error:
        print(error, file=sys.stderr)
        return MISUSE
    except SQLAlchemyError as error:
        print(f"The database cannot be used: {type(error).__name__}", file=sys.stderr)
        return MISUSE
    return FINE


def _verify(audit: Audit) -> int:
    broken = audit.verify()
    if broken is None:
        print(f"The audit trail is whole: {audit.last()} rows.")
        return FINE
    print(f"Row {broken} is not as it was written, or follows one that is gone.", file=sys.stderr)
    return ATTENTION


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.desk", description=__doc__)
    subcommands = parser.add_subparsers(dest="command", required=True)
    subcommands.add_parser("verify", help="is every row of the audit trail as it was written? Exit code 1: no")
    subcommands.add_parser("export", help="the audit trail as lines of JSON")
    told = subcommands.add_parser("digest", help="what changed in a day, and what waits for a person")
    told.add_argument("--day", type=date.fromisoformat, help="such as 2026-11-26 (default: today in Stockholm)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
