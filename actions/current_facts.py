"""The action before answers that rest on live facts: contact, hours, visits, applying, amounts."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.catalog import DATA, RESPONSE_PREFIX, load_topics
from bot.content import ContentFile
from bot.facts.wiring import open_book, open_ledger


class CurrentFacts(Action):  # type: ignore[misc]
    """Finds how each fact stands now that the topic of the latest message rests on.

    It answers from memory, so nobody waits for a foreign site. The response after it is uttered even
    when the action server is down: what the other processes know of the facts counts then.
    """

    def __init__(self) -> None:
        self._topics = load_topics(ContentFile(DATA / "topics.yml"))
        self._book = open_book(open_ledger())

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_current_facts"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Set slot `found_facts`: {response, facts: {id: {value, state, checked, ...}}, found_at}."""
        topic = self._topics[tracker.latest_message["intent"]["name"]]
        snapshot = self._book.snapshot()
        found = {
            "response": f"{RESPONSE_PREFIX}{topic.id}",
            "facts": snapshot.dump(topic.facts),
            "found_at": snapshot.now.isoformat(),
        }
        return [SlotSet("found_facts", found)]
