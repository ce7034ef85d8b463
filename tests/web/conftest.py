from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings

from bot.catalog import Catalog
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

# For property tests: their examples share one gateway, and each opens a conversation of its own.
one_gateway = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

MakeApp = Callable[..., FastAPI]


def reach(app: FastAPI, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """Return a client at `address`; what the gateway raises and does not handle, it raises too."""
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway.test", headers=headers)


@pytest.fixture(scope="session")
def shared(catalog: Catalog) -> tuple[FastAPI, RasaSide]:
    side = RasaSide()
    return create_app(Settings(_env_file=None, limits="off"), catalog, transport=httpx.MockTransport(side)), side


@pytest.fixture
def rasa(shared: tuple[FastAPI, RasaSide]) -> RasaSide:
    shared[1].reset()
    return shared[1]


@pytest.fixture
def app(shared: tuple[FastAPI, RasaSide], rasa: RasaSide) -> FastAPI:
    return shared[0]


@pytest.fixture
def make_app(light_catalog: Catalog, rasa: RasaSide) -> MakeApp:
    """Make a gateway with settings of its own."""

    def make(catalog: Catalog = light_catalog, store: FactStore | None = None, **settings: Any) -> FastAPI:
        return create_app(Settings(_env_file=None, **settings), catalog, store, httpx.MockTransport(rasa))

    return make


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with reach(app) as client:
        yield client


@pytest.fixture
def talk(client: httpx.AsyncClient) -> Talk:
    return Talk(client)
