from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.web.talk import MESSAGES, Talk

JSON = {"Content-Type": "application/json"}
CANARY = "canary-4711"


def text(words: str) -> dict[str, Any]:
    return {"method": "POST", "url": MESSAGES, "json": {"text": words}}


def body(content: bytes, headers: Mapping[str, str] = JSON) -> dict[str, Any]:
    return {"method": "POST", "url": MESSAGES, "content": content, "headers": headers}


def field(**fields: Any) -> dict[str, Any]:
    return {"method": "POST", "url": MESSAGES, "json": {"text": "hej", **fields}}


# what is wrong -> (request, status, kind)
FAULTY: dict[str, tuple[dict[str, Any], int, str]] = {
    "empty": (text(""), 422, "empty"),
    "white space": (text(" \n\t\u3000"), 422, "empty"),
    "invisible": (text("\u200b\u202e\ufeff"), 422, "empty"),
    "only slashes": (text("//／"), 422, "empty"),
    "too long": (text("x" * 1001), 422, "too-long"),
    "too large": (text("x" * 20_000), 413, "too-large"),
    "a number as text": (field(text=1), 422, "invalid"),
    "null as text": (field(text=None), 422, "invalid"),
    "a list as text": (field(text=["hej"]), 422, "invalid"),
    "a number as button": ({**field(), "json": {"button": 1}}, 422, "invalid"),
    "a sentence as token": (field(conversation=f"{CANARY} hej"), 422, "invalid"),
    "a long token": (field(conversation="x" * 65), 422, "invalid"),
    "a sentence as language": (field(language=f"{CANARY} hej"), 422, "invalid"),
    "an unknown field": (field(sender=CANARY), 422, "invalid"),
    "metadata": (field(metadata={"language": CANARY}), 422, "invalid"),
    "no JSON": (body(f"text={CANARY}".encode()), 422, "invalid"),
    "cut JSON": (body(b'{"text": "canary-4711'), 422, "invalid"),
    "not UTF-8": (body(b'{"text": "canary-4711\xff"}'), 422, "invalid"),
    "deep JSON": (body(b"[" * 16_000), 422, "invalid"),
    "a long number": (body(b'{"text": ' + b"1" * 16_000 + b"}"), 422, "invalid"),
    "no number": (body(b'{"text": NaN}'), 422, "invalid"),
    "a list": (body(b"[]"), 422, "invalid"),
    "null": (body(b"null"), 422, "invalid"),
    "nothing": (body(b""), 422, "invalid"),
    # Browsers send these across sites without asking first.
    "a plain-text body": (body(b'{"text": "hej"}', {"Content-Type": "text/plain"}), 422, "invalid"),
    "a form": (body(b"text=hej", {"Content-Type": "application/x-www-form-urlencoded"}), 422, "invalid"),
    "an unknown path": ({"method": "GET", "url": f"/api/v1/{CANARY}"}, 404, "not-found"),
    "an unknown topic": ({"method": "GET", "url": f"/api/v1/topics/{CANARY}"}, 404, "not-found"),
    "an unknown page": ({"method": "GET", "url": f"/amne/{CANARY}"}, 404, "not-found"),
    "an unknown file": ({"method": "GET", "url": f"/static/{CANARY}.css"}, 404, "not-found"),
    "a wrong method": ({"method": "GET", "url": MESSAGES}, 405, "method-not-allowed"),
    "no search": ({"method": "GET", "url": "/api/v1/search"}, 422, "invalid"),
    "a long search": ({"method": "GET", "url": "/api/v1/search?q=" + "x" * 201}, 422, "invalid"),
    "a language with signs": ({"method": "GET", "url": "/api/v1/topics?language=%3Cb%3E"}, 422, "invalid"),
}


@pytest.fixture(params=FAULTY.values(), ids=FAULTY.keys())
def faulty(request: pytest.FixtureRequest) -> tuple[dict[str, Any], int, str]:
    return request.param


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_a_problem_document_in_the_readers_language(
    client: httpx.AsyncClient, catalog: Catalog, faulty: tuple[dict[str, Any], int, str], language: str
) -> None:
    client.headers["Accept-Language"] = language
    request, status, kind = faulty

    response = await client.request(**request)

    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:vagvisaren:problem:{kind}"
    assert problem["lang"] == language
    assert problem["title"] == Renderer(catalog, FactBook(catalog.ledger)).ui(
        "error_heading", catalog.languages[language]
    )
    assert problem["detail"]
    assert problem["contact"]["phone"] == catalog.ledger.facts["mv_phone"].value
    assert problem["contact"]["url"]


async def test_a_problem_repeats_nothing_that_was_sent(
    client: httpx.AsyncClient, faulty: tuple[dict[str, Any], int, str]
) -> None:
    assert CANARY not in (await client.request(**faulty[0])).text


@pytest.mark.parametrize("path", ["/api/v1/topics/nonsense?language=en", "/amne/nonsense?sprak=en"])
async def test_a_chosen_language_beats_the_browsers(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers={"Accept-Language": "sv"})).json()["lang"] == "en"


async def test_the_language_of_the_message_beats_the_browsers(client: httpx.AsyncClient) -> None:
    response = await client.post(MESSAGES, json={"text": "", "language": "en"}, headers={"Accept-Language": "sv"})

    assert response.json()["lang"] == "en"


async def test_the_language_of_the_conversation_beats_the_browsers(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("hej", language="en")

    response = await client.post(
        MESSAGES, json={"text": "", "conversation": talk.token}, headers={"Accept-Language": "sv"}
    )

    assert response.json()["lang"] == "en"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", MESSAGES, {"POST"}), ("DELETE", "/static/chat.css", {"GET", "HEAD"}), ("PUT", "/livez", {"GET"})],
)
async def test_a_wrong_method_is_told_the_right_ones(
    client: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    response = await client.request(method, path)

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed


async def test_a_refused_message_leaves_the_conversation_alive(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("hej")
    await client.post(MESSAGES, json={"text": "", "conversation": talk.token})

    assert (await talk.say("hej"))["notice"] is None


@pytest.mark.parametrize("length", [1, 1000])
async def test_text_up_to_the_limit_is_taken(talk: Talk, length: int) -> None:
    assert (await talk.say("å" * length))["outcome"] == "answered"
