"""`python -m bot.desk`: verify and export the audit trail, sign people out, and tell what changed in a day."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.content import ContentError
from bot.database import open_database, writing
from bot.desk.audit import Audit
from bot.desk.board import Board
from bot.desk.decisions import Decisions
from bot.desk.digest import digest
from bot.desk.people import at_terminal
from bot.desk.sessions import Sessions
from bot.facts.book import utc_now
from bot.facts.commands import ATTENTION, FINE, MISUSE
from bot.facts.hours import STOCKHOLM
from bot.facts.store import FactStore
from bot.facts.wiring import open_ledger
from bot.migrations import migrate
from bot.web.settings import SettingsError, load_settings


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command. Returns FINE, ATTENTION for a trail that is broken or nobody to sign out, or MISUSE."""
    given = _parser().parse_args(arguments)
    try:
        engine = open_database(load_settings().database_url)
        migrate(engine)
        audit = Audit(engine)
        if given.command == "verify":
            return _verify(audit, given.export)
        if given.command == "sign-out":
            return _sign_out(engine, audit, given.subject, given.by, given.reason)
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


def _verify(audit: Audit, export: Path | None) -> int:
    broken = audit.verify()
    if broken is not None:
        print(f"Row {broken} is not as it was written, or follows one that is gone.", file=sys.stderr)
        return ATTENTION
    if export:
        try:
            with export.open(encoding="utf-8") as file:
                lines = list(file)
            lacking = audit.lacks(lines)
        except (OSError, ValueError) as error:
            print(f"{export} cannot be read as an export: {error}", file=sys.stderr)
            return MISUSE
        if lacking is not None:
            print(f"Row {lacking} of {export} is no longer in the trail as it was.", file=sys.stderr)
            return ATTENTION
        print(f"The trail holds the {len(lines)} rows of {export}.")
    print(f"The audit trail is whole: {audit.last()} rows.")
    return FINE


def _sign_out(engine: Engine, audit: Audit, subject: str, by: str, reason: str) -> int:
    if not reason.strip():
        print("signing somebody out needs a reason", file=sys.stderr)
        return MISUSE
    with writing(engine) as connection:
        count = Sessions(engine).end_all(connection, subject)
        if count:
            audit.record(
                connection, at_terminal(by), "session.end", subject, {"sessions": count}, None, reason, utc_now()
            )
    if not count:
        print(f"{subject} is not signed in.", file=sys.stderr)
        return ATTENTION
    print(f"{subject} is signed out of {count} sessions.")
    return FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.desk", description=__doc__)
    subcommands = parser.add_subparsers(dest="command", required=True)
    verify = subcommands.add_parser("verify", help="is every row of the audit trail as it was written? Exit code 1: no")
    verify.add_argument("export", nargs="?", type=Path, help="an earlier export: does the trail still hold its rows?")
    subcommands.add_parser("export", help="the audit trail as lines of JSON")
    out = subcommands.add_parser("sign-out", help="end all sessions of a person at once, such as when a role is gone")
    out.add_argument("subject", help="who, as the audit trail's `person` and the sign-in service name them")
    out.add_argument("--reason", required=True, help="why; kept in the audit trail")
    out.add_argument("--by", default=getpass.getuser(), help="who does so (default: your user name)")
    told = subcommands.add_parser("digest", help="what changed in a day, and what waits for a person")
    told.add_argument("--day", type=date.fromisoformat, help="such as 2026-11-26 (default: today in Stockholm)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
