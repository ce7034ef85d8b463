"""The evaluation sets are independent of what the model learns, and name real topics."""

from __future__ import annotations

import unicodedata
from collections import Counter

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bot.catalog import Catalog, load_catalog
from bot.text import words
from tests.nlu.evaluate import SHORT, Item, load_items

# Per cent of likeness above which two sentences count as the same.
NEARLY = 88


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(load_items())


def test_every_accepted_topic_exists(items: list[Item], catalog: Catalog) -> None:
    assert {topic for item in items for topic in item.accept} <= set(catalog.topics)


def test_every_topic_is_tried_in_every_language(items: list[Item], catalog: Catalog) -> None:
    own = Counter((item.language, item.accept[0]) for item in items if item.set == "own")

    assert {(code, topic) for code in catalog.languages for topic in catalog.topics if own[code, topic] < 5} == set()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_topic_is_tried_often_by_sentences_written_for_that(
    items: list[Item], catalog: Catalog, language: str
) -> None:
    written = Counter(item.accept[0] for item in items if item.language == language and item.set != "dev")

    assert {topic for topic in catalog.topics if written[topic] < 8} == set()


def test_the_one_question_is_tried_in_every_language(items: list[Item], catalog: Catalog) -> None:
    wordings = Counter(item.language for item in items if item.set == "city_grant")

    assert all(wordings[code] >= 20 for code in catalog.languages)


@pytest.mark.parametrize(
    ("languages", "least"),
    [(("sv", "en"), 200), (("ar", "fa", "so", "uk", "ru", "tr", "fi"), 60), (("ckb", "ps", "ti"), 30)],
)
def test_every_topic_has_enough_examples(catalog: Catalog, languages: tuple[str, ...], least: int) -> None:
    few = {
        (code, topic): len(examples)
        for code in languages
        for topic, examples in catalog.languages[code].examples.items()
        if len(examples) < least
    }

    assert few == {}


@pytest.fixture(scope="module")
def learnt(catalog: Catalog) -> list[str]:
    return [
        words(example).strip()
        for language in catalog.languages.values()
        for examples in language.examples.values()
        for example in examples
    ]


def test_no_evaluation_sentence_is_a_training_example(items: list[Item], learnt: list[str]) -> None:
    known = set(learnt)
    assert [item.text for item in items if words(item.text).strip() in known and words(item.text).strip()] == []


def test_no_short_message_is_a_training_example(learnt: list[str]) -> None:
    known = set(learnt)
    lines = (line for file in SHORT.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines())
    assert [line for line in lines if words(line).strip() in known] == []


def test_no_evaluation_sentence_is_nearly_a_training_example(items: list[Item], learnt: list[str]) -> None:
    told = [text for item in items if len((text := words(item.text).strip()).split()) > 2]
    # What is written in another script is unlike it, and every pair takes its time.
    alike: list[str] = []
    for script in set(map(script_of, told)):
        said = [text for text in told if script_of(text) == script]
        known = [text for text in learnt if script_of(text) == script]
        likeness = process.cdist(said, known, scorer=fuzz.ratio, score_cutoff=NEARLY, dtype=np.uint8, workers=-1)
        alike += [text for text, score in zip(said, likeness.max(axis=1), strict=True) if score]

    assert alike == []


def script_of(text: str) -> str:
    """Return the script in which most letters are written."""
    letters = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return letters.most_common(1)[0][0] if letters else ""


def test_minimal_pairs_are_whole_and_differ(items: list[Item]) -> None:
    pairs: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        if item.pair:
            pairs.setdefault((item.language, item.pair), []).append(item)
    assert len(pairs) >= 150
    assert all(len(two) == 2 and not set(two[0].accept) & set(two[1].accept) for two in pairs.values())


@pytest.mark.parametrize(("kind", "least"), [("near_miss", 40), ("outside", 15), ("safety", 20)])
def test_every_kind_is_tried_in_every_language(items: list[Item], catalog: Catalog, kind: str, least: int) -> None:
    tried = Counter(item.language for item in items if item.set == "own" and item.kind == kind)

    assert {code for code in catalog.languages if tried[code] < least} == set()


@pytest.mark.parametrize(("kind", "least"), [("outside", 200), ("loaded", 100), ("safety", 100), ("near_miss", 150)])
def test_every_kind_is_tried_often(items: list[Item], kind: str, least: int) -> None:
    for language in ("sv", "en"):
        assert sum(item.kind == kind and item.language == language for item in items) >= least
