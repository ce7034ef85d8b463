from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.nlu.classifier import INTENT_RANKING
from bot.nlu.follow_up import FollowUpResolver
from bot.text import words
from tests.conftest import Content


@pytest.fixture
def resolver(small: Catalog) -> FollowUpResolver:
    return FollowUpResolver(small)


def message(text: str, last: str | None, *ranking: str) -> Message:
    understood = [{"name": name, "confidence": 1 / len(ranking)} for name in ranking]
    data: dict[str, Any] = {TEXT: text, INTENT_RANKING: understood}
    return Message({**data, INTENT: understood[0] if understood else None, "metadata": {"topic": last}})


@pytest.mark.parametrize(
    "text",
    [
        "hur mycket",
        "Hur mycket?",
        "HUR MYCKET!!",
        "hur  mycket",
        "och hur mycket",
        "men och hur mycket och",
        "how much",
    ],
)
def test_a_short_question_means_what_the_topic_before_says(resolver: FollowUpResolver, text: str) -> None:
    assert resolver.resolve(text, "city_grant") == "grant_amount"


@pytest.mark.parametrize("text", ["hur mycket bidrag får jag", "hur", "mycket", "och", "", "???", "hurmycket"])
def test_what_is_no_short_question_stands_for_itself(resolver: FollowUpResolver, text: str) -> None:
    assert resolver.resolve(text, "city_grant") is None


@pytest.mark.parametrize("last", [None, "", "grant_amount", "no_such_topic"])
def test_without_a_topic_that_it_may_follow_it_stands_for_itself(resolver: FollowUpResolver, last: str | None) -> None:
    assert resolver.resolve("hur mycket", last) is None


def test_the_meant_topic_comes_first_and_only_once(resolver: FollowUpResolver) -> None:
    (resolved,) = resolver.process([message("hur mycket?", "city_grant", "nlu_fallback", "greet", "grant_amount")])

    assert resolved.get(INTENT) == {"name": "grant_amount", "confidence": 1.0}
    assert [entry["name"] for entry in resolved.get(INTENT_RANKING)] == ["grant_amount", "nlu_fallback", "greet"]


def test_a_whole_question_keeps_its_intent(resolver: FollowUpResolver) -> None:
    (untouched,) = resolver.process([message("hej", "city_grant", "greet", "grant_amount")])

    assert untouched.get(INTENT)["name"] == "greet"
    assert [entry["name"] for entry in untouched.get(INTENT_RANKING)] == ["greet", "grant_amount"]


@pytest.mark.parametrize("metadata", [None, {}, {"topic": None}])
def test_a_message_without_metadata_is_left_alone(resolver: FollowUpResolver, metadata: dict[str, Any] | None) -> None:
    bare = Message({TEXT: "hur mycket", INTENT: {"name": "greet", "confidence": 0.5}, "metadata": metadata})

    assert resolver.process([bare])[0].get(INTENT)["name"] == "greet"


def test_the_component_reads_the_content_it_is_given(content: Content) -> None:
    component = FollowUpResolver.create({"data": str(Path("data"))}, None, None, None)  # type: ignore[arg-type]

    assert component.resolve("how much", "city_grant") == "grant_amount"


def test_every_real_form_means_one_kind(catalog: Catalog) -> None:
    kinds = Counter(
        form
        for form, _ in {
            (words(form), kind)
            for language in catalog.languages.values()
            for kind, forms in language.follow_ups.items()
            for form in forms
        }
    )

    assert [form for form, count in kinds.items() if count > 1] == []


def test_every_real_form_leads_where_topics_say(catalog: Catalog) -> None:
    resolver = FollowUpResolver(catalog)
    for language in catalog.languages.values():
        for topic in catalog.topics.values():
            for kind, meant in topic.follow_up.items():
                led = {resolver.resolve(form, topic.id) for form in language.follow_ups[kind]}

                assert led == {meant}, (language.code, topic.id, kind)
