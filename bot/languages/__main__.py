"""`python -m bot.languages`: add a language, hand its texts to translators and take them back, see what is reviewed."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from bot.catalog import DATA
from bot.content import ContentError
from bot.facts.hours import STOCKHOLM
from bot.facts.report import as_json, table
from bot.languages.commands import CommandError, Commands

FINE, MISUSE = 0, 2


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command. Returns FINE or MISUSE."""
    given = _parser().parse_args(arguments)
    commands = Commands(given.data)
    try:
        if given.command == "status":
            rows = [dict(row) for row in commands.status()]
            print(as_json(rows) if given.json else table(rows))
        elif given.command == "add":
            commands.add(given.code)
        elif given.command == "export":
            sys.stdout.buffer.write(commands.export(given.code))
        elif given.command == "import":
            commands.take(given.code, given.file.read_bytes(), given.by, datetime.now(STOCKHOLM).date())
        elif given.command == "approve":
            commands.approve(given.code, given.file.read_text(encoding="utf-8"))
    except (CommandError, ContentError, OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return MISUSE
    return FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.languages", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="content folder (default: data)")
    commands = parser.add_subparsers(dest="command", required=True)
    status = commands.add_parser("status", help="show how much of each language is written and reviewed")
    status.add_argument("--json", action="store_true", help="for scripts")
    for name, told in (
        ("add", "make the files of a new language"),
        ("export", "write a language's texts as XLIFF 2.0 to standard output"),
        ("import", "put translations from an XLIFF file into the language's file"),
        ("approve", "note reviews from a CSV table that the desk exported"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("code", help="the language, as BCP 47 names it (so, pt-BR)")
        if name in ("import", "approve"):
            command.add_argument("file", type=Path)
        if name == "import":
            command.add_argument("--by", required=True, help="who has read the segments in state reviewed or final")
    return parser


if __name__ == "__main__":
    sys.exit(main())
