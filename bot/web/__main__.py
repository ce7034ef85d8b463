"""`python -m bot.web`: serve the gateway."""

from __future__ import annotations

import sys

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot.catalog import load_catalog
from bot.content import ContentError
from bot.database import open_database
from bot.facts.store import FactStore
from bot.migrations import migrate
from bot.web.app import create_app
from bot.web.settings import SettingsError, load_settings

# Seconds that requests have to end when the gateway stops: as long as an answer may take.
_PATIENCE = 6


def main() -> int:
    """Serve until told to stop. Returns 2, with clear lines, when settings or content are at fault."""
    try:
        settings, catalog = load_settings(), load_catalog()
    except (SettingsError, ContentError) as error:
        print(error, file=sys.stderr)
        return 2
    if settings.drafts == "withhold":
        catalog = catalog.without_drafts()
    engine = open_database(settings.database_url)
    if settings.desk == "on":
        try:
            migrate(engine)
        except SQLAlchemyError as error:
            # The public is served all the same; the desk says that the database does not answer.
            print(f"The desk cannot be used: {type(error).__name__}", file=sys.stderr)
    uvicorn.run(
        create_app(settings, catalog, FactStore(engine, catalog.ledger)),
        host=settings.web_host,
        port=settings.web_port,
        # The access log would print searches; RequestLog does not.
        access_log=False,
        log_level="warning",
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        # The desk's streams of events do not end by themselves.
        timeout_graceful_shutdown=_PATIENCE,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
