"""Elliptical questions: "why?" or "and for children?" mean something only after an answer."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.nlu.classifier import CONFIDENCES, INTENT_RANKING
from bot.nlu.component import CatalogComponent
from bot.text import words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FollowUpResolver(CatalogComponent):
    """Reads the topic answered last from the message's metadata and completes the question with it.

    The forms stand under `follow_ups` in the language files, the words that may surround them under
    `openers`; what each means after which topic
    stands under `follow_up` in topics.yml.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._topics = catalog.topics
        self._kinds = {
            words(form): kind
            for language in catalog.languages.values()
            for kind, forms in language.follow_ups.items()
            for form in forms
        }
        self._openers = {
            words(opener).strip() for language in catalog.languages.values() for opener in language.openers
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message that is an elliptical question after a known topic."""
        for message in messages:
            last = (message.get("metadata") or {}).get("topic")
            topic = self.resolve(message.get(TEXT) or "", last)
            if topic is not None:
                intent = {"name": topic, "confidence": 1.0}
                ranking = message.get(INTENT_RANKING) or []
                others = [other for other in ranking if other["name"] != topic]
                message.set(INTENT, intent, add_to_output=True)
                message.set(INTENT_RANKING, [intent, *others], add_to_output=True)
                # Every word of it is known, so nothing can hide in it.
                message.set(CONFIDENCES, None)
        return messages

    def resolve(self, text: str, last: str | None) -> str | None:
        """Return the topic that `text` asks for after topic `last`, or None if it stands for itself."""
        topic = self._topics.get(last or "")
        if topic is None:
            return None
        kind = self._kinds.get(words(text)) or self._kinds.get(self._bare(text))
        return topic.follow_up.get(kind) if kind else None

    def _bare(self, text: str) -> str:
        parts = words(text).split()
        while parts and parts[0] in self._openers:
            parts.pop(0)
        while parts and parts[-1] in self._openers:
            parts.pop()
        return f" {' '.join(parts)} "
