"""Corrections: "no, I meant ..." asks anew, and not for the topic that was answered just before."""

from __future__ import annotations

import re

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.nlu.component import CatalogComponent
from bot.text import fold, words

# Set on a message that corrects: the topic that was not meant.
NOT_MEANT = "not_meant"
# With the half space of Persian and Sorani, which parts no word.
_WORD = re.compile(r"[\w\u200c\u200d]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CorrectionReader(CatalogComponent):
    """Takes what stands before the question off a correction, and names the topic that was not meant.

    How corrections begin stands under `corrections` in the language files. Comes before the classifier.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._beginnings = {
            tuple(words(form).split()) for language in catalog.languages.values() for form in language.corrections
        }
        self._negations = {
            words(form).strip() for language in catalog.languages.values() for form in language.negations
        }
        self._longest = max(map(len, self._beginnings), default=0)

    def process(self, messages: list[Message]) -> list[Message]:
        """Leave the question alone in each message that corrects what came before."""
        for message in messages:
            question = self.question(message.get(TEXT) or "")
            if question is not None:
                message.set(TEXT, question)
                context = message.get("metadata") or {}
                if context.get("answered"):
                    message.set(NOT_MEANT, context.get("topic"))
        return messages

    def question(self, text: str) -> str | None:
        """Return what follows the beginning of a correction, or None if `text` is no correction.

        "I meant not that" only says no.
        """
        found = list(_WORD.finditer(text))
        said = tuple(fold(word.group()) for word in found[: self._longest + 1])
        for length in range(min(self._longest, len(found) - 1), 0, -1):
            if said[:length] in self._beginnings and said[length] not in self._negations:
                return text[found[length].start() :]
        return None
