"""`python -m bot.migrations`: make the database, or bring its tables up to date."""

from __future__ import annotations

from bot.database import database_url, open_database
from bot.migrations import migrate

migrate(open_database(database_url()))
