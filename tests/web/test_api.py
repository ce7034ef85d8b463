from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from bot.web.dialogue import Dialogue
from tests.web.talk import MESSAGES, Talk

TURN = {"conversation", "language", "outcome", "replies", "buttons", "alternatives", "notice"}
REPLY = {"topic", "lang", "dir", "text", "blocks", "facts", "sources"}
FACT = {"id", "value", "status", "checked", "source"}
SOURCE = {"title", "url", "checked"}


def inline(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from inline(node.get("content", []))


async def test_a_turn_has_the_fields_of_the_design(talk: Talk) -> None:
    turn = await talk.say("betalar kommunen?")

    assert turn.keys() >= TURN
    assert (turn["language"], turn["outcome"]) == ("sv", "answered")
    assert turn["notice"] is None
    assert turn["alternatives"] == []
    assert all(button.keys() >= {"id", "title", "topic"} for button in turn["buttons"])


async def test_a_reply_has_the_fields_of_the_design(talk: Talk) -> None:
    (reply,) = (await talk.say("betalar kommunen?"))["replies"]

    assert reply.keys() >= REPLY
    assert (reply["topic"], reply["lang"], reply["dir"]) == ("city_grant", "sv", "ltr")
    assert reply["text"].strip()


async def test_every_fact_has_a_source_and_a_date(talk: Talk, catalog: Catalog) -> None:
    (reply,) = (await talk.say("betalar kommunen?"))["replies"]

    assert [fact["id"] for fact in reply["facts"]] == list(catalog.topics["city_grant"].facts)
    for fact in reply["facts"]:
        assert fact.keys() >= FACT
        assert fact["status"] in {"confirmed", "unconfirmed", "withheld"}
        assert date.fromisoformat(fact["checked"])
        assert fact["source"].keys() >= {"title", "url"}


async def test_sources_lead_to_web_pages(talk: Talk) -> None:
    (reply,) = (await talk.say("betalar kommunen?"))["replies"]

    assert reply["sources"]
    for source in reply["sources"]:
        assert source.keys() >= SOURCE
        assert source["url"].startswith(("https://", "http://"))
        assert date.fromisoformat(source["checked"])


async def test_blocks_are_a_small_closed_set(client: httpx.AsyncClient, catalog: Catalog) -> None:
    for topic in catalog.topics:
        for block in (await client.get(f"/api/v1/topics/{topic}")).json()["blocks"]:
            assert block["type"] in {"paragraph", "list"}
            for line in block.get("items", [block.get("content")]):
                assert {node["type"] for node in inline(line)} <= {"text", "value", "strong", "link"}
                hrefs = [node["href"] for node in inline(line) if node["type"] == "link"]
                assert all(href.startswith(("https://", "http://", "tel:")) for href in hrefs)


async def test_a_button_answers_its_topic(talk: Talk) -> None:
    topic = (await talk.say("betalar kommunen?"))["buttons"][0]["topic"]

    turn = await talk.press(topic)

    assert turn["outcome"] == "answered"
    assert [reply["topic"] for reply in turn["replies"]] == [topic]


async def test_tokens_and_button_ids_tell_nothing(talk: Talk) -> None:
    turn = await talk.say("betalar kommunen?")

    assert len(turn["conversation"]) >= 22  # 128 bits
    assert all(button["topic"] not in button["id"] for button in turn["buttons"])


async def test_an_erased_conversation_is_gone(client: httpx.AsyncClient, talk: Talk) -> None:
    token = (await talk.say("hej"))["conversation"]

    erased = await client.delete(f"/api/v1/conversations/{token}")
    after = await talk.say("hej")

    assert erased.status_code == 204
    assert after["conversation"] != token
    assert after["notice"]


async def test_erasing_what_is_gone_succeeds(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/api/v1/conversations/never-was")).status_code == 204


async def test_topics_come_in_menu_order(client: httpx.AsyncClient, catalog: Catalog) -> None:
    topics = (await client.get("/api/v1/topics", params={"language": "en"})).json()

    assert [topic["id"] for topic in topics] == list(catalog.topics)
    assert {topic["id"]: topic["title"] for topic in topics} == catalog.languages["en"].titles


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_a_topic_is_what_the_chat_answers(client: httpx.AsyncClient, talk: Talk, language: str) -> None:
    shown = (await client.get("/api/v1/topics/city_grant", params={"language": language})).json()

    assert (await talk.say("betalar kommunen?", language=language))["replies"] == [shown]


async def test_an_unknown_topic_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/topics/nonsense")).status_code == 404


async def test_search_finds_a_topic_by_its_title(client: httpx.AsyncClient, catalog: Catalog) -> None:
    title = catalog.languages["en"].titles["grant_amount"]

    found = (await client.get("/api/v1/search", params={"q": title, "language": "en"})).json()

    assert found[0] == {"topic": "grant_amount", "title": title, "button": Dialogue.menu_button("grant_amount")}


async def test_search_without_words_finds_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/search", params={"q": " ?!"})).json() == []


async def test_languages_name_themselves(client: httpx.AsyncClient, catalog: Catalog) -> None:
    languages = (await client.get("/api/v1/languages")).json()

    assert {one["code"]: (one["name"], one["dir"], one["reviewed"]) for one in languages} == {
        one.code: (one.name, one.direction, one.reviewed) for one in catalog.languages.values()
    }


async def test_every_fact_is_listed_with_its_state(client: httpx.AsyncClient, catalog: Catalog) -> None:
    facts = (await client.get("/api/v1/facts")).json()

    assert [fact["id"] for fact in facts] == list(catalog.ledger.facts)
    assert all((fact["value"] is None) == (fact["status"] == "withheld") for fact in facts if fact["checked"])


async def test_a_fact_that_is_not_established_is_listed_without_value_and_date(
    client: httpx.AsyncClient, catalog: Catalog
) -> None:
    facts = {fact["id"]: fact for fact in (await client.get("/api/v1/facts")).json()}

    open_today = {fact.id for fact in catalog.ledger.facts.values() if not fact.known}
    assert {"mv_phone_hours", "city_phone"} <= open_today
    assert {id for id, fact in facts.items() if fact["value"] is None and fact["checked"] is None} == open_today
    assert {facts[id]["status"] for id in open_today} == {"unconfirmed"}


async def test_no_reply_rests_on_what_is_not_established(client: httpx.AsyncClient, catalog: Catalog) -> None:
    for topic in catalog.topics.values():
        reply = (await client.get(f"/api/v1/topics/{topic.id}")).json()

        assert [fact["id"] for fact in reply["facts"]] == [id for id in topic.facts if catalog.ledger.facts[id].known]


@pytest.mark.parametrize("reason", [None, "wrong", "not_my_question"])
async def test_feedback_is_taken(client: httpx.AsyncClient, reason: str | None) -> None:
    body = {"topic": "city_grant", "language": "sv", "helpful": reason is None, "reason": reason}

    assert (await client.post("/api/v1/feedback", json=body)).status_code == 204


@pytest.mark.parametrize(
    "fault",
    [{"topic": "nonsense"}, {"language": "xx"}, {"helpful": "yes"}, {"reason": "because"}, {"words": "free text"}],
)
async def test_feedback_outside_the_lists_is_refused(client: httpx.AsyncClient, fault: dict[str, Any]) -> None:
    body = {"topic": "city_grant", "language": "sv", "helpful": True, **fault}

    assert (await client.post("/api/v1/feedback", json=body)).status_code == 422


@pytest.mark.parametrize("path", ["/api/v1/topics", "/api/v1/facts", "/api/v1/topics/city_grant"])
async def test_a_language_that_is_lacking_gives_swedish(client: httpx.AsyncClient, path: str) -> None:
    swedish = await client.get(path, params={"language": "sv"})

    assert (await client.get(path, params={"language": "tlh"})).json() == swedish.json()


async def test_text_or_a_button_is_sent_but_not_both(client: httpx.AsyncClient) -> None:
    both = await client.post(MESSAGES, json={"text": "hej", "button": "x"})
    neither = await client.post(MESSAGES, json={"conversation": None})

    assert (both.status_code, neither.status_code) == (422, 422)
