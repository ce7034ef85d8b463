"""Rasa's responses come from the catalog: the words for `rasa shell`, a `custom` block for the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.catalog import CLARIFY, DATA, RESPONSE_PREFIX, Language, load_catalog
from bot.render import Renderer, Reply

# Never offered as a guess: nobody picks them from a list.
UNASKABLE = frozenset({"affirm", "deny", "insult", "greet", "goodbye", "thanks"})
ALTERNATIVES = 3
STATES_SLOT = "fact_states"


class CatalogNLG(NaturalLanguageGenerator):  # type: ignore[misc]
    """Renders `utter_<topic>` in the language that the gateway names in the message's metadata.

    The `custom` block, which the gateway renders from, is
    {outcome: answered | clarify | not_understood, topics: [id], nearest: [id], states: {fact: state}}.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Take `data` (content folder) and `clarify_above` (summed confidence) from endpoints.yml."""
        settings = endpoint_config.kwargs
        self._catalog = load_catalog(Path(settings.get("data", DATA)))
        self._clarify_above = float(settings.get("clarify_above", 0.3))
        self._renderer = Renderer(self._catalog)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Return text and custom block of one response."""
        message = tracker.latest_message
        metadata = (message.metadata if message else None) or {}
        language = self._catalog.language(metadata.get("language"))
        ranking = _ranking(message.parse_data.get("intent_ranking", []) if message else [])
        topic = utter_action.removeprefix(RESPONSE_PREFIX)
        custom: dict[str, Any] = {"nearest": [name for name, _ in ranking if name != topic]}
        if topic == CLARIFY:
            nearest = ranking[:ALTERNATIVES]
            likely = sum(confidence for _, confidence in nearest) >= self._clarify_above
            custom |= {"outcome": "clarify" if likely else "not_understood", "topics": []}
            replies = [self._renderer.notice(CLARIFY if likely else "not_understood", language)]
            replies += [self._titles(language, [name for name, _ in nearest])] if likely else []
        else:
            topics = [topic]
            if topic == "repeat" and metadata.get("topic") in self._catalog.topics:
                topics.append(metadata["topic"])
            custom |= {"outcome": "answered", "topics": topics, "states": _states(tracker, topic)}
            replies = [self._renderer.answer(id, language) for id in topics]
        return {"text": "\n\n".join(reply.text for reply in replies), "custom": custom}

    def _titles(self, language: Language, topics: list[str]) -> Reply:
        text = "\n".join(f"- {language.titles[topic]}" for topic in topics)
        return Reply(None, language.code, language.direction, None, text, [], [], [])


def _states(tracker: DialogueStateTracker, topic: str) -> dict[str, str]:
    """Return what action_current_facts found for this very topic."""
    found = tracker.get_slot(STATES_SLOT) or {}
    return found["states"] if found.get("topic") == topic else {}


def _ranking(ranking: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Return (topic, confidence) of what may be offered, most likely first."""
    return [
        (entry["name"], entry["confidence"])
        for entry in ranking
        if entry["name"] not in UNASKABLE and entry["name"] != "nlu_fallback"
    ]
