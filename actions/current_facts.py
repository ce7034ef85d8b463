"""The action before topics whose facts are watched: it tells how far each may be relied on now."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.catalog import load_catalog
from bot.render import stockholm_today


class CurrentFacts(Action):  # type: ignore[misc]
    """Finds the present state of each fact that the topic of the latest message rests on.

    The response after it is uttered even when the action server is down; the age of the ledger
    counts then.
    """

    def __init__(self) -> None:
        self._catalog = load_catalog()

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_current_facts"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Set slot `fact_states`: {topic, states: {fact id: confirmed | unconfirmed | withheld}}."""
        topic = self._catalog.topics[tracker.latest_message["intent"]["name"]]
        facts = [self._catalog.ledger.facts[id] for id in topic.facts]
        states = {fact.id: fact.state(stockholm_today()).value for fact in facts}
        return [SlotSet("fact_states", {"topic": topic.id, "states": states})]
