from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.content import ContentFile
from bot.nlu.caution import Caution
from bot.nlu.classifier import INTENT_RANKING
from tests.stack import ROOT

FALLBACK = "nlu_fallback"
SETTINGS = {"threshold": 0.6, "ambiguity_threshold": 0.1, "careful": ["grant_amount"], "careful_threshold": 0.9}


@pytest.mark.parametrize(
    ("first", "second", "understood"),
    [
        (("greet", 0.6), ("grant_amount", 0.3), "greet"),
        (("greet", 0.59), ("grant_amount", 0.3), FALLBACK),
        (("greet", 0.95), ("grant_amount", 0.9), FALLBACK),
        (("grant_amount", 0.9), ("greet", 0.1), "grant_amount"),
        (("grant_amount", 0.89), ("greet", 0.1), FALLBACK),
        (("grant_amount", 0.95), ("greet", 0.9), FALLBACK),
    ],
)
def test_a_careful_topic_is_answered_only_when_it_is_sure(
    first: tuple[str, float], second: tuple[str, float], understood: str
) -> None:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in (first, second)]
    message = Message({INTENT: ranking[0], INTENT_RANKING: list(ranking)})

    Caution({**Caution.get_default_config(), **SETTINGS}).process([message])

    assert message.get(INTENT)["name"] == understood
    # What was likely stays to be offered.
    assert [entry for entry in message.get(INTENT_RANKING) if entry["name"] != FALLBACK] == ranking


def test_every_careful_topic_exists(catalog: Catalog) -> None:
    pipeline = ContentFile(ROOT / "config.yml").data["pipeline"]
    careful = next(step["careful"] for step in pipeline if "careful" in step)

    assert set(careful) <= catalog.topics.keys()
