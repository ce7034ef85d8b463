"""The evaluation sets are independent of what the model learns, and name real topics."""

from __future__ import annotations

import pytest

from bot.catalog import Catalog, load_catalog
from bot.text import words
from tests.nlu.evaluate import Item, load_items


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(load_items())


def test_every_accepted_topic_exists(items: list[Item], catalog: Catalog) -> None:
    assert {topic for item in items for topic in item.accept} <= set(catalog.topics)


def test_every_topic_is_tried_in_every_language(items: list[Item], catalog: Catalog) -> None:
    for language in catalog.languages:
        own = [item.accept[0] for item in items if item.set == "own" and item.language == language]
        assert all(own.count(topic) >= 5 for topic in catalog.topics)


def test_no_evaluation_sentence_is_a_training_example(items: list[Item], catalog: Catalog) -> None:
    learnt = {
        words(example)
        for language in catalog.languages.values()
        for examples in language.examples.values()
        for example in examples
    }
    assert [item.text for item in items if words(item.text) in learnt and words(item.text).strip()] == []
