from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.book import FactBook, utc_now
from bot.web import api, chat_routes, health, topic_routes
from bot.web.pages import Pages
from bot.web.services import Services, make_services
from bot.web.settings import Settings
from tests.web.conftest import one_gateway
from tests.web.page import read
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES

JSON = {"Content-Type": "application/json"}
HTML = {"Accept": "text/html"}
ANY_TEXT = st.text(st.characters(), max_size=10_000)  # lone surrogates too
SENDABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
HEADER = st.binary(max_size=100).map(lambda value: bytes(byte for byte in value if byte >= 0x20))


def assert_answered_or_refused(response: httpx.Response) -> None:
    """A turn that says something, or a problem document with a 4xx."""
    body = response.json()
    if response.status_code == 200:
        assert body["replies"]
        assert all(reply["text"].strip() and reply["blocks"] for reply in body["replies"])
        assert body["outcome"] in {"answered", "clarify", "not_understood", "guide", "unavailable"}
    else:
        assert 400 <= response.status_code < 500
        assert response.headers["content-type"] == "application/problem+json"
        assert body["status"] == response.status_code
        assert body["detail"]


@one_gateway
@given(text=ANY_TEXT)
@example("/restart")
@example('/city_grant{"x":1}')
@example("／city_grant")
@example("\u202e/city_grant")
@example("<script>alert(1)</script>")
@example("\u202egnirb\u202c \u2066x\u2069")
@example("\U000e0041\U000e0042")
@example("👩‍👩‍👧‍👦" * 100)
@example("\ud800")
@example("hej \udfff\ud800 hej")
@example("می‌خواهم به کشورم برگردم")
@example("a\u0301" * 400)
@example("\u0000")
@example("ﷺ" * 1000)  # NFKC makes eighteen of each
@example("x" * 10_000)
@example("1" * 1000)
@example("a@" * 500)
async def test_any_text_is_answered_or_refused(client: httpx.AsyncClient, rasa: RasaSide, text: str) -> None:
    rasa.reset()

    response = await client.post(MESSAGES, content=json.dumps({"text": text}).encode(), headers=JSON)

    assert_answered_or_refused(response)
    assert len(rasa.messages) == (1 if response.status_code == 200 else 0)
    assert not [message for message in rasa.messages if message.strip().startswith("/") or not message.strip()]


@one_gateway
@given(body=st.binary(max_size=500) | st.binary(max_size=200).map(lambda raw: b'{"text": "' + raw + b'"}'))
@example(b"\xff\xfe{\x00}\x00")
@example(b'{"text": "\\ud800"}')
@example(b'{"text": "hej", "text": null}')
@example(b"[" * 10_000)
async def test_any_bytes_are_answered_or_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert_answered_or_refused(await client.post(MESSAGES, content=body, headers=JSON))


JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELD = st.sampled_from(["text", "button", "conversation", "language", "topic", "helpful", "reason", "sender", ""])


@one_gateway
@given(body=st.dictionaries(FIELD, JSON_VALUE | st.just("hej"), max_size=5) | JSON_VALUE)
async def test_any_json_is_answered_or_refused(client: httpx.AsyncClient, body: object) -> None:
    assert_answered_or_refused(await client.post(MESSAGES, content=json.dumps(body).encode(), headers=JSON))


@one_gateway
@given(text=ANY_TEXT.map(lambda text: text.encode("utf-8", "replace").decode()))
@example("<script>alert(1)</script>")
@example("</textarea>")
@example("\u202e\u0000\r\n")
async def test_any_form_gets_a_page(client: httpx.AsyncClient, text: str) -> None:
    response = await client.post("/", data={"text": text}, headers=HTML)

    assert response.status_code in (200, 413, 422)
    assert len(list(read(response.text).all("script"))) == 1


@pytest.fixture(scope="session")
def services(light_catalog: Catalog) -> Services:
    book = FactBook(light_catalog.ledger)
    return make_services(Settings(_env_file=None), light_catalog, httpx.AsyncClient(), book, None, utc_now)


@pytest.fixture(scope="session")
def routes(services: Services) -> list[tuple[str, str]]:
    """Every route of the gateway, and some that are none."""
    routers = [api.make_router(services, 1000), health.make_router(services)]
    pages = Pages(services, 1000, "")
    routers += [chat_routes.make_router(services, pages), topic_routes.make_router(services, pages)]
    served = [(method, route.path) for router in routers for route in router.routes for method in route.methods]
    assert len(served) > 10
    return [
        *served,
        ("GET", "/static/{path}"),
        ("GET", "/{path}"),
        ("POST", "/{path}"),
        ("GET", "/api/v1/openapi.json"),
    ]


def fill(path: str, pieces: Iterator[str]) -> str:
    """Return the path with garbage in its parameters."""
    return "/".join(quote(next(pieces), safe="") if part.startswith("{") else part for part in path.split("/"))


BODIES: st.SearchStrategy[tuple[bytes, str]] = st.one_of(
    st.tuples(st.binary(max_size=300), st.sampled_from(["", "application/json", "text/plain", "multipart/form-data"])),
    st.tuples(JSON_VALUE.map(lambda value: json.dumps(value).encode()), st.just("application/json")),
    st.tuples(
        st.dictionaries(st.sampled_from(["text", "button", "conversation", "sprak", "erase"]), SENDABLE).map(
            lambda fields: urlencode(fields).encode()
        ),
        st.just("application/x-www-form-urlencoded"),
    ),
)


@settings(one_gateway, max_examples=500)
@given(data=st.data())
async def test_no_route_breaks_on_garbage(
    client: httpx.AsyncClient, routes: list[tuple[str, str]], data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(routes))
    usual = st.just(method) | st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
    known = st.sampled_from(["q", "language", "sprak", "x"])
    query = data.draw(st.dictionaries(known, SENDABLE, max_size=3))
    content, kind = data.draw(BODIES)
    headers: dict[Any, Any] = {
        b"content-type": kind.encode(),
        b"accept": data.draw(st.just(b"text/html") | HEADER),
        b"accept-language": data.draw(HEADER),
    }
    url = fill(path, iter(lambda: data.draw(SENDABLE), None)) + ("?" + urlencode(query) if query else "")

    response = await client.request(data.draw(usual), url, content=content, headers=headers)

    assert response.status_code < 500
    if response.status_code >= 400 and response.request.method != "HEAD":
        assert response.headers["content-type"] in ("application/problem+json", "text/html; charset=utf-8")
        assert response.content
