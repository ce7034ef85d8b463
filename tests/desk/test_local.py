from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI

from bot.catalog import Catalog
from bot.desk.local import LocalAdministrator
from bot.facts.store import FactStore
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.desk.conftest import Time
from tests.web.rasa_side import RasaSide

Browse = Callable[..., httpx.AsyncClient]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def app(
    desk_store: FactStore, light_catalog: Catalog, rasa: RasaSide, time: Time, settings: Settings, said: list[str]
) -> FastAPI:
    return create_app(settings, light_catalog, desk_store, httpx.MockTransport(rasa), time, said.append)


@pytest.fixture
def browse(running: FastAPI) -> Browse:
    def browse(address: str = "127.0.0.1", base: str = "http://desk.test", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(running, client=(address, 50000))
        return httpx.AsyncClient(transport=transport, base_url=base, headers=headers)

    return browse


def password(said: list[str]) -> str:
    """The password that was said last."""
    return said[-1].split()[-1]


async def test_the_password_on_the_terminal_signs_in_once(browse: Browse, said: list[str]) -> None:
    first = password(said)
    async with browse() as browser:
        response = await browser.post("/desk/sign-in", data={"password": first, "next": "/desk/facts"})
        assert (response.status_code, response.headers["location"]) == (303, "/desk/facts")
        assert (await browser.get("/desk/audit")).status_code == 200

    async with browse() as other:
        assert (await other.post("/desk/sign-in", data={"password": first})).status_code == 403
        assert (await other.post("/desk/sign-in", data={"password": password(said)})).status_code == 303
    assert len(said) == len({one.split()[-1] for one in said}) == 3


@pytest.mark.parametrize("wrong", ["", "admin", "password", "a" * 200])
async def test_another_password_does_not(wrong: str, browse: Browse) -> None:
    async with browse() as browser:
        response = await browser.post("/desk/sign-in", data={"password": wrong})

        assert response.status_code == 403
        assert 'aria-invalid="true"' in response.text
        assert "set-cookie" not in response.headers


async def test_attempts_are_limited(browse: Browse, said: list[str]) -> None:
    async with browse() as browser:
        statuses = [(await browser.post("/desk/sign-in", data={"password": "guess"})).status_code for _ in range(11)]
        late = await browser.post("/desk/sign-in", data={"password": password(said)})

    assert statuses == [403] * 10 + [429]
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


async def test_who_signs_in_is_no_failure(browse: Browse, said: list[str]) -> None:
    async with browse() as browser:
        for _ in range(12):
            assert (await browser.post("/desk/sign-in", data={"password": password(said)})).status_code == 303


async def test_the_password_is_in_the_terminal_at_once(
    desk_store: FactStore, light_catalog: Catalog, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written))
    app = create_app(settings, light_catalog, desk_store)

    async with app.router.lifespan_context(app):
        assert len(written.getvalue().split()[-1]) == 16


async def test_only_this_machine_signs_in_by_password(browse: Browse, said: list[str]) -> None:
    for browser in (browse("192.0.2.7"), browse(**{"X-Forwarded-For": "127.0.0.1"})):
        async with browser:
            response = await browser.post("/desk/sign-in", data={"password": password(said)})
            assert response.status_code == 403
            assert "set-cookie" not in response.headers


@pytest.mark.parametrize(("base", "prefix"), [("http://desk.test", ""), ("https://desk.test", "__Host-")])
async def test_the_cookie_is_for_this_site_alone(base: str, prefix: str, browse: Browse, said: list[str]) -> None:
    async with browse(base=base) as browser:
        response = await browser.post("/desk/sign-in", data={"password": password(said)})

    name, *attributes = response.headers["set-cookie"].split("; ")
    assert name.startswith(f"{prefix}desk=")
    expected = {"HttpOnly", "Path=/", "SameSite=lax"} | ({"Secure"} if prefix else set())
    assert set(attributes) == expected


@pytest.mark.parametrize(("public_url", "prefix"), [("https://localhost", "__Host-"), ("http://localhost/", "")])
@pytest.mark.parametrize("base", ["http://localhost", "https://localhost"])
async def test_where_people_reach_the_service_decides_on_the_cookie(
    public_url: str,
    prefix: str,
    base: str,
    desk_store: FactStore,
    light_catalog: Catalog,
    settings: Settings,
    said: list[str],
) -> None:
    public = settings.model_copy(update={"public_url": public_url})
    app = create_app(public, light_catalog, desk_store, say=said.append)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=base) as browser,
    ):
        response = await browser.post("/desk/sign-in", data={"password": password(said)})
        name, *attributes = response.headers["set-cookie"].split("; ")
        page = await browser.get("/desk/facts", headers={"Cookie": name})

    assert name.startswith(f"{prefix}desk=")
    assert ("Secure" in attributes) == bool(prefix)
    assert page.status_code == 200


async def test_signing_in_begins_a_session_that_nobody_could_know(browse: Browse, said: list[str]) -> None:
    async with browse() as browser:
        browser.cookies.set("desk", "chosen-by-somebody-else", domain="desk.test")
        await browser.post("/desk/sign-in", data={"password": password(said)})
        first = browser.cookies.get("desk", domain="desk.test", path="/")
        await browser.post("/desk/sign-in", data={"password": password(said)})
        second = browser.cookies.get("desk", domain="desk.test", path="/")

    async with browse() as attacker:
        for token in ("chosen-by-somebody-else", first):
            response = await attacker.get("/desk/facts", headers={"Cookie": f"desk={token}"})
            assert response.status_code == 303
        assert (await attacker.get("/desk/facts", headers={"Cookie": f"desk={second}"})).status_code == 200


def test_of_a_password_only_its_hash_is_held() -> None:
    said: list[str] = []
    administrator = LocalAdministrator(said.append)
    administrator.renew()

    assert str(administrator._hash).startswith("$argon2id$")
    assert password(said) not in str(vars(administrator))


def test_nobody_is_let_in_before_a_password_was_said() -> None:
    administrator = LocalAdministrator(print)

    assert [administrator.check(password) for password in ("", "admin", "None")] == [None] * 3


def test_two_at_once_cannot_both_use_a_password() -> None:
    said: list[str] = []
    administrator = LocalAdministrator(said.append)
    administrator.renew()

    with ThreadPoolExecutor(4) as pool:
        people = list(pool.map(administrator.check, [password(said)] * 4))

    assert sum(person is not None for person in people) == 1
