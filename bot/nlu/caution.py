"""When to ask back instead of answering: a wrong answer about money costs more than any other."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Caution(FallbackClassifier):  # type: ignore[misc]
    """Rasa's fallback, which asks for more confidence before it answers with a `careful` topic."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings and `careful`: topics, `careful_threshold`: the least confidence in them."""
        return {**FallbackClassifier.get_default_config(), "careful": [], "careful_threshold": 0.85}

    def _should_fallback(self, message: Message) -> bool:
        intent = message.get(INTENT)
        unsure = intent["confidence"] < self.component_config["careful_threshold"]
        careful = intent["name"] in self.component_config["careful"]
        return (careful and unsure) or bool(super()._should_fallback(message))
