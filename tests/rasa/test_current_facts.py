from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from ruamel.yaml import YAML

from actions import current_facts
from actions.current_facts import CurrentFacts
from bot.catalog import Catalog
from bot.nlg import STATES_SLOT
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


def test_some_topics_are_watched() -> None:
    assert "contact_migrationsverket" in WATCHED


@pytest.mark.parametrize("topic", WATCHED)
def test_a_watched_topic_gets_the_state_of_each_of_its_facts(
    action: CurrentFacts, catalog: Catalog, topic: str
) -> None:
    (event,), _ = run(action, topic)

    assert (event["event"], event["name"]) == ("slot", STATES_SLOT)
    assert event["value"]["topic"] == topic
    assert list(event["value"]["states"]) == list(catalog.topics[topic].facts)


@pytest.mark.parametrize(
    ("today", "state"),
    [(date(2026, 1, 1), "confirmed"), (date(2099, 1, 1), "unconfirmed"), (date(2020, 1, 1), "withheld")],
)
def test_a_state_is_that_of_the_day(
    action: CurrentFacts, monkeypatch: pytest.MonkeyPatch, today: date, state: str
) -> None:
    monkeypatch.setattr(current_facts, "stockholm_today", lambda: today)

    (event,), _ = run(action, "grant_amount")

    assert event["value"]["states"]["grant_adult"] == state


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
