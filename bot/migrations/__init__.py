"""Changes of the database's tables, applied in order by Alembic; `python -m bot.migrations` applies them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

from bot.database import writing

_PLACE = Path(__file__).parent


def migrate(engine: Engine) -> None:
    """Bring the tables up to date. Processes that do so at once follow one another."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(_PLACE))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
