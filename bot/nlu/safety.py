"""Safety first: whoever may be in danger, forced or defrauded is heard before every other question."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog, load_catalog
from bot.nlu.classifier import ALSO_ASKED, CONFIDENCES, INTENT_RANKING
from bot.nlu.concepts import Concepts

# Set on a message that is answered as it is, but perhaps hides something: the topic to give help for.
SAFETY_NOTE = "safety_note"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyFirst(GraphComponent):  # type: ignore[misc]
    """A layer of its own after the classifier, with high recall, in every state of the dialogue.

    The confidences of the safety topics together decide: from `answer_above` on the answer of the
    likeliest comes first, from `note_above` on help is named below the answer that was asked for, or
    below the choices. A phrase that seldom means anything else (`safety` in the language files) raises
    a note to an answer.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`data`: the content folder; shares of confidence; `thresholds`: topic -> its `answer_above`."""
        return {"data": "data", "answer_above": 0.8, "thresholds": {}, "note_above": 0.03}

    def __init__(self, config: dict[str, Any], catalog: Catalog) -> None:
        self._answer_above = config["answer_above"]
        self._thresholds = config["thresholds"]
        self._note_above = config["note_above"]
        self._topics = [topic.id for topic in catalog.topics.values() if topic.group == "safety"]
        # Heard in every language at once: who is in danger does not choose one first.
        self._phrases = Concepts({code: language.safety for code, language in catalog.languages.items()})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyFirst:
        """Return the layer for the content in `data`."""
        return cls(config, load_catalog(Path(config["data"]), examples=False))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message about safety, or a note where that is possible only."""
        for message in messages:
            confidences = message.get(CONFIDENCES)
            # Buttons carry no words, and what they mean is known.
            if confidences is not None:
                self._hear(message, confidences)
        return messages

    def _hear(self, message: Message, confidences: Mapping[str, float]) -> None:
        likely = max(self._topics, key=lambda topic: confidences.get(topic, 0.0))
        phrase = next(iter(self._phrases.find(message.get(TEXT) or "")), None)
        together = sum(confidences.get(topic, 0.0) for topic in self._topics)
        first, second = (message.get(INTENT) or {}).get("name"), message.get(ALSO_ASKED)
        if second in self._topics:
            self._answer(message, second, after=first)
        elif together >= self._thresholds.get(likely, self._answer_above):
            self._answer(message, likely, after=second)
        elif phrase and together >= self._note_above:
            self._answer(message, phrase, after=second)
        elif (together >= self._note_above or phrase) and first not in self._topics:
            message.set(SAFETY_NOTE, phrase or likely, add_to_output=True)

    @staticmethod
    def _answer(message: Message, topic: str, after: str | None) -> None:
        """Let `topic` be answered first, and `after`, what was asked beside it."""
        intent = {"name": topic, "confidence": 1.0}
        others = [one for one in message.get(INTENT_RANKING) or [] if one["name"] not in (topic, "nlu_fallback")]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING, [intent, *others], add_to_output=True)
        message.set(ALSO_ASKED, after if after not in (topic, "nlu_fallback") else None, add_to_output=True)
