"""When to ask back instead of answering: what a wrong answer costs depends on the topic."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Caution(FallbackClassifier):  # type: ignore[misc]
    """Rasa's fallback, with a threshold of its own for some topics: higher where being wrong costs more."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings and `thresholds`: topic -> the least confidence in it, in place of `threshold`."""
        return {**FallbackClassifier.get_default_config(), "thresholds": {}}

    def _nlu_confidence_below_threshold(self, message: Message) -> tuple[bool, float]:
        intent = message.get(INTENT)
        least = self.component_config["thresholds"].get(intent["name"], self.component_config["threshold"])
        return intent["confidence"] < least, intent["confidence"]
