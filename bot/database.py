"""The database: SQLite in var/ by default, PostgreSQL by DATABASE_URL; the same code in both environments."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from sqlalchemy import DateTime, MetaData, create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.types import TypeDecorator

DEFAULT_URL = "sqlite:///var/vagvisaren.db"
METADATA = MetaData()
# The lock by which writers follow one another on PostgreSQL: any number that nobody else uses there.
_WRITERS = 2_018_697
# Seconds that a writer waits for another one, and that a connection may take.
_PATIENCE = 5


def database_url() -> str:
    """Return DATABASE_URL of the environment or of .env, or the default."""
    return os.environ.get("DATABASE_URL") or dotenv_values(".env").get("DATABASE_URL") or DEFAULT_URL


class UtcDateTime(TypeDecorator):  # type: ignore[type-arg]
    """An aware moment, kept in UTC: SQLite has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment in UTC."""
        return value.astimezone(timezone.utc) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment in UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def open_database(url: str) -> Engine:
    """Return an engine for `url`. Nothing is connected yet."""
    address = make_url(url)
    if address.drivername == "postgresql":
        # The one driver that both environments have; their SQLAlchemy would choose different ones.
        address = address.set(drivername="postgresql+psycopg2")
    if address.get_backend_name() != "sqlite":
        # Errors tell no values: they may hold what a person wrote.
        return create_engine(
            address,
            future=True,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": _PATIENCE},
        )
    engine = create_engine(address, future=True, hide_parameters=True, connect_args={"timeout": _PATIENCE})

    # The driver's own transactions begin too late for what is read before it is written, so SQLAlchemy begins them.
    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        # What is deleted is overwritten; not every build of SQLite does so unless told to.
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for one consistent look."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes are kept together or not at all; writers follow one another."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
        yield connection


def forget_deleted(engine: Engine) -> None:
    """Leave nothing of what was deleted in SQLite's log of changes. Somebody who reads for long may hinder that."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_absent(engine: Engine) -> bool:
    """Return whether this is a SQLite file that nobody has made yet, so that nothing can stand in it."""
    path = engine.url.database
    return engine.dialect.name == "sqlite" and path not in (None, "", ":memory:") and not Path(str(path)).exists()
