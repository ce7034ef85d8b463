from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from bot.desk.people import ROLES
from bot.web.settings import Settings
from tests.desk.provider import CLIENT, SECRET
from tests.stack import ROOT, free_port, wait_until

HERE = "http://desk.test"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a real OpenID provider, in a process of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "tests.desk.provider", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _answers(address), 30, "the provider did not start")
            yield address
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/keys").is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def settings(provider: str) -> Settings:
    accounts = {"desk_oidc_issuer": provider, "desk_oidc_client_id": CLIENT, "desk_oidc_client_secret": SECRET}
    return Settings(_env_file=None, limits="off", **accounts)


@pytest.fixture
async def browser(running: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(running), base_url=HERE) as client:
        yield client


def is_now(provider: str, sub: str = "1", name: str = "Anna", roles: object = ("editor",), flaw: str = "") -> None:
    """Let the provider sign this person in."""
    person = {"sub": sub, "name": name, "roles": list(roles) if isinstance(roles, tuple) else roles, "flaw": flaw}
    httpx.put(f"{provider}/set", json=person).raise_for_status()


async def leave(browser: httpx.AsyncClient, next: str = "/desk/facts") -> str:
    """Leave for the provider, and return where it sends the browser back to."""
    away = await browser.get("/desk/sign-in/start", params={"next": next})
    assert away.status_code == 303, away.text
    back = httpx.get(away.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"]


async def test_who_signs_in_comes_to_the_page_they_asked_for(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider, name="Åsa <b>Ek</b>", roles=("editor", "something else"))

    response = await browser.get(await leave(browser, "/desk/facts?state=withheld"))

    assert (response.status_code, response.headers["location"]) == (303, "/desk/facts?state=withheld")
    page = await browser.get("/desk/facts")
    assert page.status_code == 200
    assert "Åsa &lt;b&gt;Ek&lt;/b&gt;" in page.text
    # An editor reads no audit trail.
    assert (await browser.get("/desk/audit")).status_code == 403


async def test_the_provider_is_asked_with_pkce_state_and_nonce_that_are_new_each_time(
    browser: httpx.AsyncClient,
) -> None:
    asked = [parse_qs(urlsplit((await browser.get("/desk/sign-in/start")).headers["location"]).query) for _ in range(2)]

    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["redirect_uri"] == [f"{HERE}/desk/sign-in/callback"]
    for secret in ("code_challenge", "state", "nonce"):
        assert asked[0][secret] != asked[1][secret]
    assert len(asked[0]["code_challenge"][0]) == 43


FLAWS = ["nonce", "audience", "expired", "token_issuer", "key", "unsigned", "declined"]


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_token_that_is_not_good_signs_nobody_in(flaw: str, provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider, flaw=flaw)

    response = await browser.get(await leave(browser))

    assert response.status_code == 502
    assert "desk" not in browser.cookies


@pytest.mark.parametrize("flaw", ["issuer", "endpoints"])
async def test_a_provider_that_says_something_else_is_not_believed(
    flaw: str, provider: str, browser: httpx.AsyncClient
) -> None:
    is_now(provider, flaw=flaw)

    assert (await browser.get("/desk/sign-in/start")).status_code == 502


async def test_only_the_browser_that_left_may_come_back(
    provider: str, browser: httpx.AsyncClient, running: FastAPI
) -> None:
    is_now(provider)
    back = await leave(browser)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(running), base_url=HERE) as victim:
        assert (await victim.get(back)).status_code == 502
        await leave(victim)
        assert (await victim.get(back)).status_code == 502
        assert "desk" not in victim.cookies

    assert (await browser.get(back)).status_code == 303


async def test_a_code_is_good_once(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider)
    back = await leave(browser)
    assert (await browser.get(back)).status_code == 303

    assert (await browser.get(back)).status_code == 502


@pytest.mark.parametrize("roles", [[], ["boss"], None, "", 3, "Printer admin", ["Printer admin"]])
async def test_who_has_no_role_here_is_not_let_in(roles: object, provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider, roles=roles)

    assert (await browser.get(await leave(browser))).status_code in (403, 502)
    assert "desk" not in browser.cookies


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_each_role_of_the_claim_opens_what_it_may(role: str, provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider, roles=(role,))
    await browser.get(await leave(browser))

    opened = {path for path in ("/desk/facts", "/desk/questions", "/desk/audit") if await opens(browser, path)}
    assert (
        opened
        == {
            "reader": {"/desk/facts"},
            "reviewer": {"/desk/facts"},
            "editor": {"/desk/facts", "/desk/questions"},
            "admin": {"/desk/facts", "/desk/questions", "/desk/audit"},
        }[role]
    )


async def opens(browser: httpx.AsyncClient, path: str) -> bool:
    return (await browser.get(path)).status_code == 200


async def test_a_role_may_stand_alone(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider, roles="admin")
    await browser.get(await leave(browser))

    assert (await browser.get("/desk/audit")).status_code == 200


async def test_many_may_sign_in_from_behind_one_address(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider)

    for _ in range(11):
        assert (await browser.get(await leave(browser))).status_code == 303


async def test_who_comes_back_in_vain_is_soon_stopped(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider)
    statuses = [(await browser.get("/desk/sign-in/callback?state=guess&code=guess")).status_code for _ in range(11)]

    assert statuses == [502] * 10 + [429]
    assert (await browser.get(await leave(browser))).status_code == 429


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/desk\\@evil.example", "/", "/deskevil", "/desk/\nx"]
)
async def test_signing_in_leads_nowhere_but_to_the_desk(next: str, provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider)

    assert (await browser.get(await leave(browser, next))).headers["location"] == "/desk"


async def test_there_is_no_password(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/desk/sign-in")

    assert not re.search("<input[^>]+password", page.text)
    assert (await browser.post("/desk/sign-in", data={"password": "x"})).status_code == 405


async def test_a_code_that_was_never_given_signs_nobody_in(provider: str, browser: httpx.AsyncClient) -> None:
    is_now(provider)
    back = await leave(browser)

    assert (await browser.get(re.sub("code=[^&]+", "code=unknown", back))).status_code == 502
    assert "desk" not in browser.cookies
