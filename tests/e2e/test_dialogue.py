"""The assistant as a resident meets it: real Rasa, real model, through the public API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from tests.nlu.evaluate import load_items, play
from tests.stack import Stack


def say(api: httpx.Client, text: str, conversation: str | None = None, **more: str) -> dict[str, Any]:
    response = api.post("/api/v1/messages", json={"text": text, "conversation": conversation, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def topics(turn: dict[str, Any]) -> list[str | None]:
    return [reply["topic"] for reply in turn["replies"]]


@pytest.mark.parametrize(
    "question",
    [
        "Betalar Stockholms stad ut återvandringsbidrag?",
        "kan jag få pengar av kommunen om jag flyttar hem",
        "Does the city pay me to go back?",
    ],
)
def test_the_question_gets_no_and_the_way_to_migrationsverket(api: httpx.Client, question: str) -> None:
    turn = say(api, question)
    assert topics(turn) == ["city_grant"]
    facts = {fact["id"] for fact in turn["replies"][0]["facts"]}
    assert {"city_pays_none", "mv_home", "mv_phone"} <= facts
    links = [
        node["href"] for block in turn["replies"][0]["blocks"] for node in block["content"] if node["type"] == "link"
    ]
    assert "tel:+46771235235" in links
    assert "https://www.migrationsverket.se/" in links
    assert all(source["checked"] for source in turn["replies"][0]["sources"])


def test_whoever_chose_another_language_is_understood_in_the_one_they_write(
    api: httpx.Client, catalog: Catalog
) -> None:
    for code, language in catalog.languages.items():
        turn = say(api, language.titles["city_grant"], language="sv" if code != "sv" else "en")
        assert (topics(turn), turn["language"]) == (["city_grant"], "sv" if code != "sv" else "en"), code
        assert turn["switch"]["lang"] == code


def test_a_hundred_other_wordings_get_the_same_answer(stack: Stack) -> None:
    results = play(stack.url, [item for item in load_items() if item.set == "city_grant"])
    answered = [result for result in results if result.topic == "city_grant"]
    assert len(answered) >= 100
    lost = [result.item.text for result in results if result.verdict in ("clarified_wrong", "not_understood")]
    assert len(lost) <= 2, lost


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("Betalar staden återvandringsbidrag?", "varför?", "city_position"),
        ("hur mycket pengar är bidraget?", "och för barn?", "grant_amount"),
        ("vem kan få bidraget?", "och för barn då", "eligibility_family"),
        ("How much is the grant?", "how do I apply then?", "apply_how"),
        ("Does the city pay a return grant?", "why", "city_position"),
    ],
)
def test_a_follow_up_is_understood_from_the_topic_before(
    api: httpx.Client, first: str, then: str, expected: str
) -> None:
    turn = say(api, first)
    assert topics(say(api, then, turn["conversation"])) == [expected]


def test_repeat_gives_the_last_answer_again(api: httpx.Client) -> None:
    turn = say(api, "hur mycket är bidraget?")
    assert topics(say(api, "säg det igen", turn["conversation"])) == ["repeat", "grant_amount"]


def test_a_button_continues_the_conversation(api: httpx.Client) -> None:
    turn = say(api, "betalar kommunen återvandringsbidrag?")
    button = turn["buttons"][0]
    pressed = api.post("/api/v1/messages", json={"button": button["id"], "conversation": turn["conversation"]}).json()
    assert topics(pressed) == [button["topic"]]


def test_a_topic_with_watched_facts_answers_through_the_action_server(api: httpx.Client) -> None:
    turn = say(api, "telefonnummer till migrationsverket")
    assert topics(turn) == ["contact_migrationsverket"]
    assert turn["replies"][0]["facts"]


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        '/city_grant{"x":1}',
        "／session_start",
        "<script>alert(1)</script>",
        "\u202eabc",
        "🤷🏽‍♀️",
        "\x00\x01a",
        "?",
    ],
)
def test_odd_input_gets_a_proper_reply(api: httpx.Client, text: str) -> None:
    turn = say(api, text)
    assert turn["replies"][0]["text"]
    assert "<script>" not in str(turn)


def test_the_same_text_gets_the_same_answer(api: httpx.Client) -> None:
    question = "jag har skulder hos kronofogden, kan jag ändå få pengarna?"
    first, second = say(api, question), say(api, question)
    assert first["replies"] == second["replies"]


def test_answers_come_in_the_language_of_the_question(api: httpx.Client) -> None:
    assert say(api, "how long does it take to get a decision?")["language"] == "en"
    assert say(api, "hur lång tid tar det att få beslut?")["language"] == "sv"
    assert say(api, "hur lång tid tar det att få beslut?", language="en")["language"] == "en"
