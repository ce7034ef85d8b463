"""Rasa's responses come from the catalog: the words for `rasa shell`, a `custom` block for the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.actions import action as rasa_action
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.catalog import (
    ALTERNATIVES,
    ASK,
    CITY_NOTE,
    CITY_TOPIC,
    CLARIFY,
    DATA,
    GUIDE_OUTCOME,
    MOST_ALTERNATIVES,
    RESPONSE_PREFIX,
    Language,
    load_catalog,
)
from bot.facts.wiring import open_book
from bot.nlu.classifier import ALSO_ASKED
from bot.nlu.safety import SAFETY_NOTE
from bot.render import SIMPLER, Renderer, Reply

# Never offered as a guess: nobody picks them from a list.
UNASKABLE = frozenset({"affirm", "deny", "insult", "greet", "goodbye", "thanks"})
# After these the last answer is given again, after "simpler" in easy words.
AGAIN = ("repeat", SIMPLER)
FOUND_SLOT = "found_facts"
# So many topics may be offered one after the other before the main ones are.
NEAREST = 10


class CatalogNLG(NaturalLanguageGenerator):  # type: ignore[misc]
    """Renders `utter_<topic>` in the language that the gateway names in the message's metadata.

    The `custom` block, which the gateway renders from, is
    {outcome: answered | clarify | not_understood | guide, topics: [id], nearest: [id],
    facts: {fact: {value, state, checked}}}, in doubt with choices: [id], in the guide with question, answers or left.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Take the settings of endpoints.yml.

        `data`: the content folder; `clarify_above`: the summed confidence from which people are asked back;
        `choose_from`: the confidence from which a topic is among the choices besides the likeliest three, and
        `in_sight`: topic -> one of its own; `action_timeout` in seconds.
        """
        settings = endpoint_config.kwargs
        # Rasa would wait five minutes for an action server that hangs, and has no setting for it.
        rasa_action.DEFAULT_REQUEST_TIMEOUT = float(settings.get("action_timeout", 1.0))
        self._catalog = load_catalog(Path(settings.get("data", DATA)), examples=False)
        self._clarify_above = float(settings.get("clarify_above", 0.3))
        self._choose_from = float(settings.get("choose_from", 0.05))
        self._in_sight = {topic: float(least) for topic, least in settings.get("in_sight", {}).items()}
        self._renderer = Renderer(self._catalog, open_book(self._catalog.ledger))

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Return text and custom block of one response."""
        message = tracker.latest_message
        metadata = (message.metadata if message else None) or {}
        language = self._catalog.language(metadata.get("language"))
        parse_data = message.parse_data if message else {}
        ranking = self._ranking(parse_data.get("intent_ranking", []))
        response = utter_action.removeprefix(RESPONSE_PREFIX)
        custom: dict[str, Any] = {"nearest": [name for name, _ in ranking if name != response][:NEAREST]}
        if response == CLARIFY:
            likely = sum(confidence for _, confidence in ranking[:ALTERNATIVES]) >= self._clarify_above
            choices = self._choices(ranking) if likely else []
            custom |= {"outcome": "clarify" if likely else "not_understood", "topics": [], "choices": choices}
            notes = [CITY_NOTE] * (CITY_TOPIC in choices)
            notices = [*notes, CLARIFY if likely else "not_understood"]
            replies = [self._renderer.notice(key, language) for key in notices]
            replies += [self._titles(language, choices)] if likely else []
        elif response.startswith(ASK):
            custom |= {"outcome": "guide", "question": response.removeprefix(ASK)}
            replies = [self._renderer.guide_question(custom["question"], language)]
        elif response == GUIDE_OUTCOME:
            replies = [self._guide_end(tracker, language, custom)]
        else:
            topics = [response]
            if response in AGAIN and metadata.get("topic") in self._catalog.topics:
                topics.append(metadata["topic"])
            also = str(parse_data.get(ALSO_ASKED))
            if also in self._catalog.topics and parse_data["intent"]["name"] == response:
                topics.append(also)
            found = _found(tracker, utter_action)
            custom |= {"outcome": "answered", "topics": topics, "facts": found}
            easy = response == SIMPLER
            replies = [self._renderer.answer(id, language, found, easy and id != response) for id in topics]
        if parse_data.get(SAFETY_NOTE):
            custom["safety_note"] = parse_data[SAFETY_NOTE]
            replies.append(self._renderer.notice(SAFETY_NOTE, language))
        return {"text": "\n\n".join(reply.text for reply in replies), "custom": custom}

    def _guide_end(self, tracker: DialogueStateTracker, language: Language, custom: dict[str, Any]) -> Reply:
        """Return where the answers point, or that the guide was left before its end."""
        answers = self._catalog.guide.answers({name: slot.value for name, slot in tracker.slots.items()})
        if self._catalog.guide.next_question(answers) is None:
            custom |= {"outcome": "guide", "answers": answers}
            return self._renderer.guide_outcome(answers, language)
        custom |= {"outcome": "guide", "left": True}
        return self._renderer.notice("guide_left", language)

    def _ranking(self, ranking: list[dict[str, Any]]) -> list[tuple[str, float]]:
        """Return (topic, confidence) of what may be offered, likeliest first."""
        askable = self._catalog.topics.keys() - UNASKABLE
        return [(entry["name"], entry["confidence"]) for entry in ranking if entry["name"] in askable]

    def _choices(self, ranking: list[tuple[str, float]]) -> list[str]:
        """Return the likeliest topics, and others that may well be meant."""
        likeliest = [topic for topic, _ in ranking[:ALTERNATIVES]]
        others = [
            topic for topic, share in ranking[ALTERNATIVES:] if share >= self._in_sight.get(topic, self._choose_from)
        ]
        # What nobody may miss is kept, however many are likelier.
        kept = sorted(others, key=lambda topic: topic not in self._in_sight)[: MOST_ALTERNATIVES - ALTERNATIVES]
        return [*likeliest, *(topic for topic in others if topic in kept)]

    def _titles(self, language: Language, topics: list[str]) -> Reply:
        text = "\n".join(f"- {language.titles[topic]}" for topic in topics)
        return Reply(None, language.code, language.direction, None, text, [], [], [])


def _found(tracker: DialogueStateTracker, response: str) -> dict[str, Any]:
    """Return what an action found for this very response."""
    found = tracker.get_slot(FOUND_SLOT) or {}
    return found["facts"] if found.get("response") == response else {}
