"""What somebody with the database's rights could do to the audit trail."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from bot.database import writing


def unguard(engine: Engine) -> None:
    """Take away the triggers by which rows are only added."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE desk_audit DISABLE TRIGGER USER")
            return
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in found:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
