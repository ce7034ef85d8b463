from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.web.middleware import SECURITY_HEADERS
from tests.web.conftest import MakeApp, reach
from tests.web.talk import MESSAGES

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html"}
LIMIT = 16_384

RESPONSES: dict[str, tuple[dict[str, Any], int]] = {
    "page": ({"method": "GET", "url": "/"}, 200),
    "answered form": ({"method": "POST", "url": "/", "data": {"text": "hej"}}, 200),
    "page of a topic": ({"method": "GET", "url": "/amne/city_grant"}, 200),
    "page that is missing": ({"method": "GET", "url": "/nonsense", "headers": HTML}, 404),
    "form at fault": ({"method": "POST", "url": "/", "data": {"text": ""}}, 422),
    "style": ({"method": "GET", "url": "/static/chat.css"}, 200),
    "script": ({"method": "GET", "url": "/static/chat.js"}, 200),
    "picture": ({"method": "GET", "url": "/static/sign.svg"}, 200),
    "answer": ({"method": "POST", "url": MESSAGES, "json": {"text": "hej"}}, 200),
    "no content": ({"method": "DELETE", "url": "/api/v1/conversations/x"}, 204),
    "redirect": ({"method": "GET", "url": "/api/v1/topics/"}, 307),
    "not found": ({"method": "GET", "url": "/nonsense"}, 404),
    "wrong method": ({"method": "PUT", "url": "/"}, 405),
    "too large": ({"method": "POST", "url": MESSAGES, "json": {"text": "x" * LIMIT}}, 413),
    "invalid": ({"method": "POST", "url": MESSAGES, "json": {}}, 422),
    "openapi": ({"method": "GET", "url": "/api/v1/openapi.json"}, 200),
    "health": ({"method": "GET", "url": "/livez"}, 200),
    "metrics": ({"method": "GET", "url": "/metrics"}, 200),
}


@pytest.mark.parametrize(("request_", "status"), RESPONSES.values(), ids=RESPONSES.keys())
async def test_every_kind_of_response_has_the_security_headers(
    client: httpx.AsyncClient, request_: dict[str, Any], status: int
) -> None:
    response = await client.request(**request_)

    assert response.status_code == status
    headers = dict(response.headers)
    own_file = request_["url"].startswith("/static/")
    promised = {name.decode(): value.decode() for name, value in SECURITY_HEADERS.items()}
    # The widget takes the page's own files to other sites; nothing else goes there without CORS.
    promised["cross-origin-resource-policy"] = "cross-origin" if own_file else "same-origin"
    assert headers.items() >= promised.items()
    # The page's own files hold no answer: a browser may keep them, and asks whether they changed.
    assert headers["cache-control"] == ("no-cache" if own_file else "no-store")
    assert "set-cookie" not in headers


async def test_the_policy_allows_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    policy = dict(
        rule.strip().split(" ", 1) for rule in (await client.get("/")).headers["content-security-policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert {value for name, value in policy.items() if name.endswith("-src")} == {"'none'", "'self'"}


async def test_other_origins_are_not_let_in(client: httpx.AsyncClient) -> None:
    elsewhere = {"Origin": "https://evil.example"}

    asked = await client.options(MESSAGES, headers={**elsewhere, "Access-Control-Request-Method": "POST"})
    sent = await client.post(MESSAGES, json={"text": "hej"}, headers=elsewhere)

    for response in (asked, sent):
        assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_only_own_files_are_compressed(client: httpx.AsyncClient) -> None:
    squeezed = {"Accept-Encoding": "gzip"}

    files = [await client.get(f"/static/{name}", headers=squeezed) for name in ("chat.css", "box.js")]
    pages = [await client.get(path, headers=squeezed) for path in ("/", "/amne/grant_amount", "/api/v1/topics")]

    assert {response.headers.get("content-encoding") for response in files} == {"gzip"}
    # A page holds a token and what was typed: its compressed size would tell of both.
    assert {response.headers.get("content-encoding") for response in pages} == {None}


async def test_only_the_sites_that_were_named_may_show_the_widget(make_app: MakeApp) -> None:
    named, unknown = "https://start.stockholm", "https://evil.example"
    async with reach(make_app(widget_origins=f"{named} https://www.stockholm.se")) as client:
        for path in (MESSAGES, "/static/nodes.js", "/api/v1/texts", "/api/v1/feedback"):
            asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
            allowed = await client.options(path, headers={"Origin": named, **asking})
            refused = await client.options(path, headers={"Origin": unknown, **asking})

            assert allowed.headers["access-control-allow-origin"] == named
            assert "access-control-allow-credentials" not in allowed.headers
            assert refused.status_code == 400
            assert "access-control-allow-origin" not in refused.headers
        sent = await client.post(MESSAGES, json={"text": "hej"}, headers={"Origin": named})
        unsent = await client.post(MESSAGES, json={"text": "hej"}, headers={"Origin": unknown})

    assert sent.headers["access-control-allow-origin"] == named
    assert "access-control-allow-origin" not in unsent.headers


@pytest.mark.parametrize("origins", ["*", "start.stockholm", "https://start.stockholm/path", "null", "https://*.se"])
def test_what_is_no_origin_stops_the_start(make_app: MakeApp, origins: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        make_app(widget_origins=origins)


async def pieces(size: int) -> AsyncIterator[bytes]:
    """Yield a body in pieces, so that no Content-Length tells its size."""
    for start in range(0, size, 1000):
        yield b" " * min(1000, size - start)


@pytest.mark.parametrize(("path", "headers"), [(MESSAGES, JSON), ("/", FORM), ("/api/v1/feedback", JSON)])
async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    declared = await client.post(path, content=b" " * (LIMIT + 1), headers=headers)
    chunked = await client.post(path, content=pieces(LIMIT + 1), headers=headers)
    understated = await client.post(path, content=b" " * (LIMIT + 1), headers={**headers, "Content-Length": "2"})
    nonsense = await client.post(path, content=b" ", headers={**headers, "Content-Length": "-1"})

    for response in (declared, chunked, understated, nonsense):
        assert response.status_code == 413
        assert response.json()["type"] == "urn:vagvisaren:problem:too-large"


async def test_a_body_up_to_the_limit_is_read(client: httpx.AsyncClient) -> None:
    message = b'{"text": "hej"}'

    whole = await client.post(MESSAGES, content=message.ljust(LIMIT), headers=JSON)

    assert whole.status_code == 200


async def test_the_limit_is_a_setting(make_app: MakeApp) -> None:
    async with reach(make_app(body_max_bytes=1024)) as client:
        assert (await client.post(MESSAGES, content=b" " * 1025, headers=JSON)).status_code == 413
