from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator

import httpx
import pytest

from bot.catalog import Catalog
from bot.web.app import create_app
from bot.web.dialogue import Dialogue
from bot.web.settings import Settings
from tests.web.conftest import reach
from tests.web.rasa_side import RasaSide, said
from tests.web.talk import MESSAGES, Talk


def raises(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def fault(request: httpx.Request) -> httpx.Response:
        raise error("down", request=request)

    return fault


def gives(status: int = 200, content: bytes = b"") -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, content=content)


FAULTS: dict[str, Callable[[httpx.Request], httpx.Response]] = {
    "connection refused": raises(httpx.ConnectError),
    "connection timeout": raises(httpx.ConnectTimeout),
    "answer timeout": raises(httpx.ReadTimeout),
    "no free connection": raises(httpx.PoolTimeout),
    "cut off": raises(httpx.RemoteProtocolError),
    "500": gives(500, b'{"status":"failure"}'),
    "404": gives(404),
    "500 with an answer": lambda _: httpx.Response(500, content=said("answered", "city_grant").content),
    "redirect": gives(302),
    "nothing": gives(),
    "empty list": gives(content=b"[]"),
    "broken JSON": gives(content=b'[{"custom": {"outco'),
    "not UTF-8": gives(content=b'["\xff"]'),
    "HTML": gives(content=b"<!doctype html>"),
    "an object": gives(content=b'{"status": "ok"}'),
    "a number": gives(content=b"1"),
    "numbers": gives(content=b"[1]"),
    "text without custom": gives(content=b'[{"text": "hej"}]'),
    "custom null": gives(content=b'[{"custom": null}]'),
    "custom empty": gives(content=b'[{"custom": {}}]'),
    "an unknown outcome": lambda _: said("guessed", "city_grant"),
    "answered nothing": lambda _: said("answered"),
    "a topic that is gone": lambda _: said("answered", "no_such_topic"),
    "nearest null": gives(content=b'[{"custom": {"outcome": "answered", "topics": ["city_grant"], "nearest": null}}]'),
    "facts a list": lambda _: said("answered", "city_grant", facts=["mv_phone"]),
    "facts null": lambda _: said("answered", "city_grant", facts=None),
}


@pytest.fixture(params=FAULTS.values(), ids=FAULTS.keys())
def down(request: pytest.FixtureRequest, rasa: RasaSide) -> RasaSide:
    rasa.fails(request.param)
    return rasa


@pytest.mark.usefixtures("down")
async def test_text_gets_a_phone_number_and_alternatives(talk: Talk, catalog: Catalog) -> None:
    turn = await talk.say("hur ansöker jag om bidraget?")

    assert turn["outcome"] == "unavailable"
    assert [reply["topic"] for reply in turn["replies"]] == [None]
    assert catalog.ledger.facts["mv_phone"].value in turn["replies"][0]["text"]
    assert "apply_how" in {one["topic"] for one in turn["alternatives"]}
    assert {one["topic"] for one in turn["alternatives"]} == set(talk.buttons)


@pytest.mark.usefixtures("down")
async def test_topic_buttons_still_answer(talk: Talk) -> None:
    await talk.say("hur ansöker jag om bidraget?")

    turn = await talk.press("apply_how")

    assert turn["outcome"] == "answered"
    assert [reply["topic"] for reply in turn["replies"]] == ["apply_how"]


@pytest.mark.parametrize("path", ["/", "/amne/city_grant", "/api/v1/topics/city_grant", "/api/v1/search?q=bidrag"])
@pytest.mark.usefixtures("down")
async def test_pages_topics_and_search_still_answer(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 200


@pytest.mark.usefixtures("down")
async def test_the_gateway_lives_but_is_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503


async def test_text_is_answered_again_when_rasa_is_back(talk: Talk, down: RasaSide, client: httpx.AsyncClient) -> None:
    await talk.say("betalar kommunen?")
    down.back()

    turn = await talk.say("betalar kommunen?")

    assert [reply["topic"] for reply in turn["replies"]] == ["city_grant"]
    assert turn["notice"] is None
    assert (await client.get("/readyz")).status_code == 200


async def test_text_without_words_gets_the_main_topics(talk: Talk, rasa: RasaSide) -> None:
    rasa.fails(FAULTS["connection refused"])

    turn = await talk.say("?!")

    assert turn["alternatives"] == []
    assert turn["buttons"]


async def test_a_loading_rasa_that_answers_something_else_is_not_ready(
    client: httpx.AsyncClient, rasa: RasaSide
) -> None:
    rasa.fails(lambda _: said("not_understood"))

    assert (await client.get("/readyz")).status_code == 503


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def closed_port(deaf_port: int) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("port", ["deaf_port", "closed_port"])
async def test_a_real_network_without_rasa(port: str, light_catalog: Catalog, request: pytest.FixtureRequest) -> None:
    settings = Settings(_env_file=None, rasa_port=request.getfixturevalue(port), rasa_timeout=0.05)
    app = create_app(settings, light_catalog)

    async with app.router.lifespan_context(app), reach(app) as client:
        text = await client.post(MESSAGES, json={"text": "betalar kommunen?"})
        button = await client.post(MESSAGES, json={"button": Dialogue.menu_button("city_grant")})

    assert text.json()["outcome"] == "unavailable"
    assert button.json()["outcome"] == "answered"


async def serve_rasa(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}}")  # the metadata, which ends the body
    body = said("answered", "grant_amount").content
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    await writer.drain()
    writer.close()


async def test_rasa_is_asked_directly_whatever_proxy_is_set(
    light_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with await asyncio.start_server(serve_rasa, "127.0.0.1", 0) as server:
        settings = Settings(_env_file=None, rasa_port=server.sockets[0].getsockname()[1])
        app = create_app(settings, light_catalog)
        async with app.router.lifespan_context(app), reach(app) as client:
            turn = await Talk(client).say("hur mycket?")

    assert [reply["topic"] for reply in turn["replies"]] == ["grant_amount"]
