"""Stores of facts for tests: a SQLite file, and a real PostgreSQL that lives as long as the tests run."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timezone
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
import stamina
from sqlalchemy.engine import Engine, make_url

from bot.catalog import Catalog, load_catalog
from bot.database import open_database
from bot.facts.hours import parse_hours
from bot.facts.ledger import Fact, Ledger, Source
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.facts.standin import StandIn
from tests.facts.world import World
from tests.stack import ROOT, free_port

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SOURCE = Source("agency", "The grant", "Verket", "https://agency.example/grant", "en")
# A value of every kind.
VALUES: dict[str, Any] = {
    "money": 350000,
    "date": date(2026, 1, 1),
    "share": 40,
    "duration": 18,
    "hours": parse_hours({"mon-fri": "09:00-15:00", "holidays": "closed", "2026-12-23": "09:00-12:00"}),
    "url": "https://agency.example/grant",
    "phone": "0771-235 235",
    "address": "Pyramidvägen 2A, Solna",
    "reference": "förordning (2008:778)",
    "statement": "Beloppen är de högsta som kan betalas.",
}
_INSTALLED = Path("/usr/lib/postgresql")

MakeEngine = Callable[[str], Engine]


def make_fact(id: str = "money", **fields: Any) -> Fact:
    """Return a watched amount, old on the day of NOW unless a page or a person confirms it."""
    usual = {"type": "money", "value": 350000, "checked": date(2026, 1, 1), "max_age": 7, "watched": True}
    return Fact(id=id, source=SOURCE, owner="Verket", confidence="H", **{**usual, **fields})


def make_ledger(*facts: Fact) -> Ledger:
    return Ledger({fact.id: fact for fact in facts}, {SOURCE.id: SOURCE})


# One fact of every kind, whose id is its kind.
LEDGER = make_ledger(*(make_fact(kind, type=kind, value=value, unit="year") for kind, value in VALUES.items()))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL in which tests make databases of their own."""
    programs = _find_programs()
    if programs is None:
        pytest.skip(f"PostgreSQL is not installed: no initdb in PATH or {_INSTALLED}/*/bin")
    owner = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        owner = next((user for user in pwd.getpwall() if user.pw_name == "postgres"), None)
        if owner is None or shutil.which("runuser") is None:
            pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres to run it as")
    # Below pytest's own temporary folder nobody but its owner may look.
    with tempfile.TemporaryDirectory(prefix="facts-pg-") as name:
        folder, password, port = Path(name), secrets.token_hex(16), free_port()
        (folder / "password").write_text(password, encoding="utf-8")
        if owner:
            for path in (folder, folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            rank = ["runuser", "-u", "postgres", "--"] if owner else []
            command = [*rank, str(programs / program), "-D", str(folder / "data"), *arguments]
            done = subprocess.run(
                command, cwd=folder, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            assert done.returncode == 0, done.stdout

        run(
            "initdb", "-U", "facts", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}",
            "--no-locale", "-E", "UTF8", "--no-sync",
        )  # fmt: skip
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-F -h 127.0.0.1 -p {port} -k {folder}", "start")
        try:
            yield f"postgresql://facts:{password}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """A database of one's own on PostgreSQL, empty."""
    name = f"facts_{uuid.uuid4().hex}"
    carry_out(postgresql, f"CREATE DATABASE {name}")
    yield make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    carry_out(postgresql, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'facts.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind in turn. Nothing has been migrated."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def make_engine() -> Iterator[MakeEngine]:
    """Opens databases; they are closed after the test."""
    engines: list[Engine] = []

    def make(url: str) -> Engine:
        engines.append(open_database(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(make_engine: MakeEngine, database_url: str) -> Engine:
    """A database of each kind in turn, with its tables."""
    engine = make_engine(database_url)
    migrate(engine)
    return engine


@pytest.fixture
def store(engine: Engine) -> FactStore:
    """A store of the facts in LEDGER on each kind of database in turn, in which nothing stands."""
    return FactStore(engine, LEDGER)


@pytest.fixture(scope="session")
def whole() -> Catalog:
    """The real content."""
    return load_catalog()


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A stand-in for the sources; retries come at once."""
    server = StandIn()
    stamina.set_testing(True, attempts=2)
    stamina.instrumentation.set_on_retry_hooks([])
    yield server
    stamina.set_testing(False)
    server.close()


@pytest.fixture
def world(whole: Catalog, standin: StandIn, sqlite_url: str) -> World:
    """The real content, the stand-in, and a store in which nothing stands."""
    return World(whole, standin, sqlite_url)


def carry_out(url: str, statement: str) -> None:
    """Carry out one statement that needs a connection outside any transaction."""
    engine = open_database(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def run_at_once(script: str, *arguments: list[str]) -> list[str]:
    """Run `script` in a process for each list of arguments, and return what each has printed.

    The processes begin together where the script calls wait(). Raises if one fails or does not end.
    """
    wait = "def wait():\n    print('ready', flush=True)\n    input()\n"
    with ExitStack() as stack:
        processes = []
        for one in arguments:
            command = [sys.executable, "-c", wait + script, *one]
            processes.append(subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True))
            stack.enter_context(processes[-1])
            stack.callback(processes[-1].kill)
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        printed = [process.communicate(timeout=60) for process in processes]
        for process, (_, complaint) in zip(processes, printed, strict=True):
            assert process.returncode == 0, complaint
    return [text for text, _ in printed]


def _find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs: the one in PATH, else the newest that is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = [path for path in _INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    return max(installed, key=lambda path: float(path.parent.name), default=None)
