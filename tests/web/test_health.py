from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.catalog import Catalog
from bot.facts.ledger import State
from bot.web.problems import KINDS
from tests.web.conftest import MakeApp, reach
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES, Talk

CANARY = "canary4711"


async def test_alive_and_ready_when_rasa_answers(make_app: MakeApp) -> None:
    async with reach(make_app()) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.1", {}, 404),
        ("10.0.0.1", {}, 404),
        ("2001:db8::1", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": ""}, 404),
    ],
)
async def test_counters_are_for_this_machine_only(
    make_app: MakeApp, address: str, headers: dict[str, str], status: int
) -> None:
    async with reach(make_app(), address, **headers) as client:
        assert (await client.get("/metrics")).status_code == status


async def test_a_turn_is_counted_by_language_outcome_and_topic(make_app: MakeApp) -> None:
    async with reach(make_app()) as client:
        await Talk(client).say("hej", language="en")
        await client.post("/api/v1/feedback", json={"topic": "city_grant", "language": "sv", "helpful": True})
        await client.post(MESSAGES, json={})
        counters = (await client.get("/metrics")).text

    assert 'chat_messages_total{language="en",outcome="answered",topic="city_grant"} 1.0' in counters
    assert 'chat_feedback_total{helpful="true",language="sv",reason="",topic="city_grant"} 1.0' in counters
    assert 'chat_problems_total{kind="invalid"} 1.0' in counters
    assert "chat_conversations 1.0" in counters


async def test_established_facts_are_counted_by_state(make_app: MakeApp) -> None:
    async with reach(make_app()) as client:
        counters = (await client.get("/metrics")).text
        listed = [fact["status"] for fact in (await client.get("/api/v1/facts")).json() if fact["checked"]]

    assert listed
    for state in State:
        assert f'facts{{state="{state.value}"}} {float(listed.count(state.value))}' in counters
    assert "facts_store_readable 1.0" in counters


async def test_labels_are_closed_lists(make_app: MakeApp, rasa: RasaSide, catalog: Catalog) -> None:
    async with reach(make_app()) as client:
        await client.post(MESSAGES, json={"text": CANARY, "language": CANARY, "conversation": CANARY})
        await client.post(MESSAGES, json={"button": CANARY})
        await client.get(f"/{CANARY}")
        await client.post("/api/v1/feedback", json={"topic": CANARY, "language": CANARY, "helpful": True})
        rasa.means(CANARY, CANARY, nearest=[CANARY])
        await client.post(MESSAGES, json={"text": "hej"})
        counters = (await client.get("/metrics")).text

    allowed = {
        "language": set(catalog.languages),
        "topic": {*catalog.topics, ""},
        "outcome": {"answered", "clarify", "not_understood", "guide", "unavailable"},
        "kind": set(KINDS),
        "state": {state.value for state in State},
    }
    labels = [
        label
        for family in text_string_to_metric_families(counters)
        for sample in family.samples
        for label in sample.labels.items()
        if label[0] != "le"
    ]
    assert allowed.keys() == {name for name, _ in labels}
    assert all(value in allowed[name] for name, value in labels)
    assert CANARY not in counters
