"""When to ask back instead of answering: what a wrong answer costs depends on the topic."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import ALSO_ASKED, CONFIDENCES


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Caution(FallbackClassifier):  # type: ignore[misc]
    """Rasa's fallback, with thresholds of its own: higher where being wrong costs more, or is likelier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings and our own.

        `thresholds`: topic -> the least confidence in it, in place of `threshold`; `rivals`: topic -> the confidence
        in it from which no topic with a threshold above the common one is answered; `well_taught`: languages with
        so many examples that their confidences hold; `doubt`: how much of the doubt that the thresholds leave is
        left in all other languages, from 0 to 1.
        """
        own = {"thresholds": {}, "rivals": {}, "well_taught": [], "doubt": 1.0}
        return {**FallbackClassifier.get_default_config(), **own}

    def _nlu_confidence_below_threshold(self, message: Message) -> tuple[bool, float]:
        intent, settings = message.get(INTENT), self.component_config
        least = settings["thresholds"].get(intent["name"], settings["threshold"])
        if least > settings["threshold"] and self._has_rival(message, intent["name"]):
            return True, intent["confidence"]
        language = (message.get("metadata") or {}).get("language")
        if language and language not in settings["well_taught"]:
            least = 1 - (1 - least) * settings["doubt"]
        return intent["confidence"] < least, intent["confidence"]

    def _has_rival(self, message: Message, topic: str) -> bool:
        """Return whether a rival may be meant instead: not the one that is answered besides."""
        confidences = message.get(CONFIDENCES) or {}
        return any(
            confidences.get(rival, 0.0) >= least
            for rival, least in self.component_config["rivals"].items()
            if rival not in (topic, message.get(ALSO_ASKED))
        )
