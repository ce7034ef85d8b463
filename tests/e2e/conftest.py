"""What browsers and the real stack are in these tests: one Chromium for each file, one stack for the session."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from bot.catalog import Catalog
from tests.e2e.browser import chromium
from tests.e2e.light import Light
from tests.stack import MODEL, Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack: web, Rasa and actions, with the trained model."""
    assert MODEL.exists(), "no model: run `make train`"
    running = Stack(tmp_path_factory.mktemp("stack"))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as client:
        yield client


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
