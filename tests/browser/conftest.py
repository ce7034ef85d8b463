"""The gateway alone in a real browser: one Chromium for each file, one gateway for the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.database import open_database
from bot.facts.store import FactStore
from bot.migrations import migrate
from tests.browser.light import Light
from tests.browser.site import Site
from tests.chromium import chromium


# Playwright holds the thread's event loop while it runs: asynchronous tests of other files could not have one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def shared_light(light_catalog: Catalog) -> Iterator[Light]:
    running = Light(light_catalog)
    yield running
    running.stop()


@pytest.fixture
def light(shared_light: Light) -> Light:
    shared_light.reset()
    return shared_light


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The database of a desk, one for each file."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'desk.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def desk(light_catalog: Catalog, engine: Engine) -> Iterator[Light]:
    """A gateway with a desk, one for each file."""
    running = Light(light_catalog, FactStore(engine, light_catalog.ledger))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def running_site() -> Iterator[Site]:
    """A site that shows the widget, one for each file."""
    running = Site()
    yield running
    running.close()
