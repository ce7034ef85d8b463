from __future__ import annotations

import json
from datetime import date, datetime, time, timezone
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from ruamel.yaml import YAML

from actions import current_facts
from actions.current_facts import CurrentFacts
from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.ledger import Ledger
from bot.nlg import FOUND_SLOT
from tests.rasa.conftest import ROOT

RULES = YAML(typ="safe", pure=True).load(ROOT / "data" / "rules.yml")["rules"]
WATCHED = [rule["steps"][0]["intent"] for rule in RULES if {"action": "action_current_facts"} in rule["steps"]]


@pytest.fixture(scope="module")
def action() -> CurrentFacts:
    return CurrentFacts()


def run(action: CurrentFacts, topic: str) -> tuple[list[dict[str, Any]], CollectingDispatcher]:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("a", {}, {"intent": {"name": topic}}, [], False, None, {}, "action_listen")
    return action.run(dispatcher, tracker, {}), dispatcher


@pytest.mark.parametrize(
    "topic", ["contact_migrationsverket", "grant_amount", "apply_how", "apply_documents", "migrationsverket_hours"]
)
def test_some_topics_are_watched(topic: str) -> None:
    assert topic in WATCHED


@pytest.mark.parametrize("topic", WATCHED)
def test_a_watched_topic_gets_each_of_its_facts_as_it_stands(
    action: CurrentFacts, catalog: Catalog, topic: str
) -> None:
    (event,), _ = run(action, topic)

    assert (event["event"], event["name"]) == ("slot", FOUND_SLOT)
    assert event["value"]["response"] == f"utter_{topic}"
    assert list(event["value"]["facts"]) == list(catalog.topics[topic].facts)
    assert all(found.keys() >= {"value", "state", "checked"} for found in event["value"]["facts"].values())
    assert datetime.fromisoformat(event["value"]["found_at"]).tzinfo
    # It goes to Rasa as JSON.
    assert json.loads(json.dumps(event)) == event


@pytest.mark.parametrize(
    ("today", "state"),
    [(date(2026, 1, 1), "confirmed"), (date(2099, 1, 1), "unconfirmed"), (date(2020, 1, 1), "withheld")],
)
def test_a_state_is_that_of_the_day(monkeypatch: pytest.MonkeyPatch, today: date, state: str) -> None:
    def open_book(ledger: Ledger) -> FactBook:
        return FactBook(ledger, clock=lambda: datetime.combine(today, time(12), tzinfo=timezone.utc))

    monkeypatch.setattr(current_facts, "open_book", open_book)

    (event,), _ = run(CurrentFacts(), "grant_amount")

    assert event["value"]["facts"]["grant_adult"]["state"] == state
    assert event["value"]["found_at"].startswith(today.isoformat())


def test_values_are_those_of_the_ledger_while_nothing_was_decided(action: CurrentFacts, catalog: Catalog) -> None:
    (event,), _ = run(action, "migrationsverket_hours")

    facts = event["value"]["facts"]
    assert facts["mv_phone"]["value"] == catalog.ledger.facts["mv_phone"].value
    assert facts["mv_phone_hours"] == {"value": None, "state": "unconfirmed", "checked": None}


def test_an_action_says_nothing_itself(action: CurrentFacts) -> None:
    _, dispatcher = run(action, WATCHED[0])

    assert dispatcher.messages == []


def test_the_action_server_has_every_action_of_the_domain(domain: Domain) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")

    assert set(domain.user_actions) - {name for name in domain.user_actions if name.startswith("utter_")} <= set(
        executor.actions
    )
    assert "action_current_facts" in executor.actions
