from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.content import ContentFile
from bot.nlg import UNASKABLE
from bot.nlu.caution import Caution
from bot.nlu.classifier import ALSO_ASKED, CONFIDENCES, INTENT_RANKING, TopicClassifier
from tests.stack import ROOT

FALLBACK = "nlu_fallback"
SETTINGS: dict[str, Any] = {
    "threshold": 0.6,
    "ambiguity_threshold": 0.1,
    "thresholds": {"grant_amount": 0.9, "out_of_scope": 0.4},
}


@pytest.mark.parametrize(
    ("first", "second", "understood"),
    [
        (("greet", 0.6), ("grant_amount", 0.3), "greet"),
        (("greet", 0.59), ("grant_amount", 0.3), FALLBACK),
        (("greet", 0.95), ("grant_amount", 0.9), FALLBACK),
        (("grant_amount", 0.9), ("greet", 0.1), "grant_amount"),
        (("grant_amount", 0.89), ("greet", 0.1), FALLBACK),
        (("grant_amount", 0.95), ("greet", 0.9), FALLBACK),
        (("out_of_scope", 0.4), ("greet", 0.3), "out_of_scope"),
        (("out_of_scope", 0.39), ("greet", 0.1), FALLBACK),
        (("out_of_scope", 0.45), ("greet", 0.4), FALLBACK),
    ],
)
def test_each_topic_is_answered_from_its_own_threshold_on(
    first: tuple[str, float], second: tuple[str, float], understood: str
) -> None:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in (first, second)]
    message = Message({INTENT: ranking[0], INTENT_RANKING: list(ranking)})

    Caution({**Caution.get_default_config(), **SETTINGS}).process([message])

    assert message.get(INTENT)["name"] == understood
    # What was likely stays to be offered.
    assert [entry for entry in message.get(INTENT_RANKING) if entry["name"] != FALLBACK] == ranking


@pytest.mark.parametrize(
    ("language", "confidence", "understood"),
    [
        ("sv", 0.6, "greet"),
        (None, 0.6, "greet"),
        ("so", 0.79, FALLBACK),
        ("so", 0.81, "greet"),
    ],
)
def test_a_language_with_few_examples_must_be_surer(language: str | None, confidence: float, understood: str) -> None:
    greet = {"name": "greet", "confidence": confidence}
    message = Message({INTENT: greet, INTENT_RANKING: [greet], "metadata": {"language": language}})

    caution = Caution({**Caution.get_default_config(), **SETTINGS, "well_taught": ["sv"], "doubt": 0.5})
    caution.process([message])

    assert message.get(INTENT)["name"] == understood


@pytest.mark.parametrize(
    ("topic", "rival", "also", "understood"),
    [
        ("grant_amount", 0.01, None, FALLBACK),
        ("grant_amount", 0.009, None, "grant_amount"),
        # Both are answered then.
        ("grant_amount", 0.01, "city_grant", "grant_amount"),
        # No money is told.
        ("greet", 0.01, None, "greet"),
        ("city_grant", 0.99, None, "city_grant"),
    ],
)
def test_no_sum_is_told_to_whoever_may_have_asked_about_a_rival(
    topic: str, rival: float, also: str | None, understood: str
) -> None:
    ranking = [{"name": topic, "confidence": 0.99}]
    confidences = {topic: 0.99, "city_grant": rival}
    message = Message({INTENT: ranking[0], INTENT_RANKING: ranking, CONFIDENCES: confidences, ALSO_ASKED: also})

    settings = {**SETTINGS, "thresholds": {**SETTINGS["thresholds"], "city_grant": 0.7}, "rivals": {"city_grant": 0.01}}
    Caution({**Caution.get_default_config(), **settings}).process([message])

    assert message.get(INTENT)["name"] == understood


def test_whoever_is_asked_back_for_a_rival_finds_it_among_the_choices() -> None:
    caution = next(step for step in ContentFile(ROOT / "config.yml").data["pipeline"] if "rivals" in step)
    in_sight = ContentFile(ROOT / "endpoints.yml").data["nlg"]["in_sight"]

    assert caution["rivals"]
    assert all(least >= in_sight[rival] for rival, least in caution["rivals"].items())


def test_what_must_stay_in_sight_is_told_however_many_topics_are_likelier(catalog: Catalog) -> None:
    assert TopicClassifier.get_default_config()["ranking_length"] >= len(catalog.topics)


def test_topics_with_a_threshold_exist_and_only_courtesies_have_a_lower_one(catalog: Catalog) -> None:
    pipeline = ContentFile(ROOT / "config.yml").data["pipeline"]
    caution = next(step for step in pipeline if "well_taught" in step)
    thresholds = caution["thresholds"]

    assert thresholds.keys() <= catalog.topics.keys()
    # A wrong answer costs little only where nothing is told and no choice is taken away.
    sooner = {topic for topic, least in thresholds.items() if least < caution["threshold"]}
    assert sooner <= UNASKABLE - {"affirm", "deny"}
