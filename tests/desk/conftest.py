"""A desk for tests: the real gateway on a database of each kind, and people who are signed in to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.engine import Engine

from bot.catalog import Catalog
from bot.desk.assistant import Assistant
from bot.desk.people import Person
from bot.desk.search import Index
from bot.desk.sessions import Sessions
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.desk.calls import Call, load_calls
from tests.facts.conftest import database_url, engine, make_engine, postgresql, postgresql_url, sqlite_url
from tests.web.rasa_side import RasaSide

__all__ = ["database_url", "engine", "make_engine", "postgresql", "postgresql_url", "sqlite_url"]

NOW = datetime(2026, 11, 26, 9, tzinfo=timezone.utc)
# Corpus of research/web.md, T13: what must come back as text, never as markup.
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}",
    "<b>&lt;",
    "\u202eabc",
]


class Time:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


def person(role: str, name: str = "") -> Person:
    return Person(f"sub-{name or role}", name or role.title(), frozenset({role}))


class Staff:
    """A browser in which `person` is signed in."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf = ""

    async def get(self, path: str, **more: Any) -> httpx.Response:
        response = await self.client.get(path, **more)
        found = re.search(r'name="csrf" value="([^"]+)"', response.text)
        self.csrf = found[1] if found else self.csrf
        return response

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the desk, as its pages do."""
        if not self.csrf:
            await self.get("/desk/facts")
        return await self.client.post(path, data={"csrf": self.csrf, **fields})


SignIn = Callable[[Person], Staff]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def desk_store(engine: Engine, light_catalog: Catalog) -> FactStore:
    """The store of the real facts."""
    return FactStore(engine, light_catalog.ledger)


@pytest.fixture
def rasa() -> RasaSide:
    return RasaSide()


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, limits="off")


@pytest.fixture
def app(desk_store: FactStore, light_catalog: Catalog, rasa: RasaSide, time: Time, settings: Settings) -> FastAPI:
    return create_app(settings, light_catalog, desk_store, httpx.MockTransport(rasa), time)


@pytest.fixture
async def running(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """The gateway with what runs beside its requests. Its index is made for those who search, not for every test."""
    monkeypatch.setattr(Assistant, "warm", lambda _: None)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def sign_in(running: FastAPI, engine: Engine, time: Time) -> AsyncIterator[SignIn]:
    """Signs people in, each in a browser of their own."""
    clients: list[httpx.AsyncClient] = []

    def sign_in(person: Person) -> Staff:
        token = Sessions(engine).begin(person, time())
        transport = httpx.ASGITransport(running, client=("127.0.0.1", 50000))
        client = httpx.AsyncClient(transport=transport, base_url="http://desk.test", cookies={"desk": token})
        clients.append(client)
        return Staff(client)

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture(scope="session")
def index(catalog: Catalog) -> Index:
    """All that the assistant searches in: it takes seconds to make."""
    return Index(catalog, {topic.id for topic in catalog.topics.values() if topic.facts and topic.group != "outside"})


@pytest.fixture(scope="session")
def calls() -> list[Call]:
    return load_calls()
