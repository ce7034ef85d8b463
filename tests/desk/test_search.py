from __future__ import annotations

import json
import statistics
import time as clock
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.desk.search import Index
from tests.desk.calls import Call
from tests.stack import ROOT

# What the search must find on questions that it was never shown, of all languages: share found first, among three,
# among nine. It found 0.75, 0.89 and 0.97.
BARS = {1: 0.70, 3: 0.86, 9: 0.94}
SECONDS = 0.05


@pytest.fixture(scope="module")
def questions(index: Index) -> list[tuple[str, set[str]]]:
    """Sixty questions of each language, with the topics that are right."""
    sets = sorted((ROOT / "tests/nlu/development").glob("*.jsonl"))
    rows = [json.loads(line) for file in sets for line in file.read_text(encoding="utf-8").splitlines()[:60]]
    return [(row["text"], set(row["accept"])) for row in rows if set(row["accept"]) & index.topics]


def test_the_right_topic_is_among_the_first(index: Index, questions: list[tuple[str, set[str]]]) -> None:
    found = [([one.topic for one in index.find(text, 9)], right) for text, right in questions]

    shares = {many: statistics.mean(bool(right & set(ids[:many])) for ids, right in found) for many in BARS}

    assert all(shares[many] >= bar for many, bar in BARS.items()), shares


def test_a_search_is_as_quick_as_typing(index: Index, questions: list[tuple[str, set[str]]]) -> None:
    def seconds(text: str) -> float:
        started = clock.thread_time()
        index.find(text)
        return clock.thread_time() - started

    spent = sorted(seconds(text) for text, _ in questions)

    assert spent[len(spent) * 95 // 100] < SECONDS


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("overklaga", "appeal"),
        ("ÖVERKLAGA!!!", "appeal"),
        ("överklagga", "appeal"),
        ("öve", "appeal"),
        ("skulder hos kronofoden", "eligibility_debts"),
        ("återetablering", "reestablishment_support"),
        ("сколько денег", "grant_amount"),
        ("كم المبلغ", "grant_amount"),
        ("how much moeny", "grant_amount"),
    ],
)
def test_spelling_is_forgiven_in_every_language(index: Index, query: str, topic: str) -> None:
    assert topic in [found.topic for found in index.find(query, 3)]


def test_every_title_finds_its_topic_first(index: Index, catalog: Catalog) -> None:
    for language in catalog.languages.values():
        titles = {topic: title for topic, title in language.titles.items() if topic in index.topics}

        assert [topic for topic, title in titles.items() if index.find(title, 1)[0].topic != topic] == []


@pytest.mark.parametrize("query", ["", " ", "???", "👍", "\u200c", "zzxxqqww"])
def test_what_is_far_from_everything_finds_nothing(index: Index, query: str) -> None:
    assert index.find(query) == []


def test_only_the_topics_that_were_named_are_found(light_catalog: Catalog) -> None:
    index = Index(light_catalog, {"appeal"})

    assert [found.topic for found in index.find(light_catalog.language("sv").titles["appeal"])] == ["appeal"]
    assert {found.topic for found in index.find(light_catalog.language("sv").titles["city_grant"])} <= {"appeal"}


def test_answers_are_searched_too(light_catalog: Catalog) -> None:
    bare = {code: replace(one, examples={}) for code, one in light_catalog.languages.items()}
    index = Index(replace(light_catalog, languages=bare), {"eligibility_debts", "appeal"})

    found = index.find("Kronofogden")[0]

    assert (found.topic, found.kind) == ("eligibility_debts", "answer")


def test_what_others_have_said_of_a_topic_is_nearest_first(index: Index, catalog: Catalog) -> None:
    example = catalog.language("so").examples["appeal"][0]

    near = index.nearest(example, "appeal")

    assert near[0].text == example
    assert {found.kind for found in near} == {"example"}
    assert {found.topic for found in near} == {"appeal"}


@given(query=st.text())
def test_any_query_finds_topics_once_each(index: Index, query: str) -> None:
    found = [one.topic for one in index.find(query)]

    assert len(found) == len(set(found)) <= 8


def test_each_call_is_found_without_rasa(index: Index, calls: list[Call]) -> None:
    found = {call.says: [one.topic for one in index.find(call.says, 9)] for call in calls}

    assert {call.says: found[call.says] for call in calls if not call.topics & set(found[call.says])} == {}
