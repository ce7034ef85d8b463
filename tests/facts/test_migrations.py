from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.engine import Engine

import bot.migrations
from bot.database import METADATA, writing
from bot.desk import counts, questions, reports, reviews
from bot.desk import tables as desk_tables
from bot.facts import tables
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.facts.conftest import LEDGER, NOW, MakeEngine, run_at_once


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def go_back(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.migrations.__file__).parent))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def test_the_tables_are_those_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []
    used = [tables.STANDINGS, desk_tables.AUDIT, counts.COUNTS, questions.QUESTIONS, reports.REPORTS, reviews.REVIEWS]
    assert {table.name for table in used} <= tables_of(engine)


def test_migrating_again_keeps_what_stands_there(engine: Engine) -> None:
    store = FactStore(engine, LEDGER)
    store.record_passing_of_time(NOW)
    before = store.history(LEDGER.facts["money"])

    migrate(engine)

    assert store.history(LEDGER.facts["money"]) == before != []


MIGRATE = """
import sys
from bot.database import open_database
from bot.migrations import migrate

wait()
migrate(open_database(sys.argv[1]))
"""


def test_processes_that_migrate_at_once_follow_one_another(make_engine: MakeEngine, database_url: str) -> None:
    run_at_once(MIGRATE, *[[database_url]] * 3)

    engine = make_engine(database_url)
    assert set(METADATA.tables) < tables_of(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar_one() == 1


def test_a_migration_that_fails_leaves_nothing_behind(make_engine: MakeEngine, database_url: str) -> None:
    engine = make_engine(database_url)
    with writing(engine) as connection:
        # Stands in the way of the last table but one.
        connection.exec_driver_sql("CREATE TABLE fact_checks (id INTEGER)")

    with pytest.raises(Exception, match="fact_checks"):
        migrate(engine)

    assert tables_of(engine) == {"fact_checks"}


def test_the_folder_of_a_sqlite_file_is_made(make_engine: MakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "facts.db"
    migrate(make_engine(f"sqlite:///{file}"))

    assert file.exists()


def test_tables_can_be_dropped_and_made_again(engine: Engine) -> None:
    go_back(engine)
    assert tables_of(engine) == {"alembic_version"}

    migrate(engine)
    assert set(METADATA.tables) < tables_of(engine)
