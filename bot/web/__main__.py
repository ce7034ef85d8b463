"""`python -m bot.web`: serve the gateway."""

from __future__ import annotations

import sys

import uvicorn

from bot.catalog import load_catalog
from bot.content import ContentError
from bot.database import open_database
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import SettingsError, load_settings


def main() -> int:
    """Serve until told to stop. Returns 2, with clear lines, when settings or content are at fault."""
    try:
        settings, catalog = load_settings(), load_catalog()
    except (SettingsError, ContentError) as error:
        print(error, file=sys.stderr)
        return 2
    if settings.drafts == "withhold":
        catalog = catalog.without_drafts()
    uvicorn.run(
        create_app(settings, catalog, FactStore(open_database(settings.database_url), catalog.ledger)),
        host=settings.web_host,
        port=settings.web_port,
        # The access log would print searches; RequestLog does not.
        access_log=False,
        log_level="warning",
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
