from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.search import Search


@pytest.fixture(scope="module")
def swedish(catalog: Catalog) -> Search:
    return Search(catalog.language("sv"))


def test_every_title_finds_its_topic_first(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        search = Search(language)
        found = {topic: search.find(title, 1) for topic, title in language.titles.items()}

        assert found == {topic: [topic] for topic in language.titles}


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("overklaga", "appeal"),
        ("ÖVERKLAGA!!!", "appeal"),
        ("överklagga", "appeal"),
        ("återetablering", "reestablishment_support"),
        ("skulder", "eligibility_debts"),
    ],
)
def test_spelling_is_forgiven(swedish: Search, query: str, topic: str) -> None:
    assert topic in swedish.find(query, 3)


@pytest.mark.parametrize("query", ["", " ", "???", "👍", "\u200c", "-"])
def test_a_query_without_words_finds_nothing(swedish: Search, query: str) -> None:
    assert swedish.find(query) == []


def test_a_query_far_from_everything_finds_nothing(swedish: Search) -> None:
    assert swedish.find("zzxxqqww") == []


@pytest.mark.parametrize("order", [("greet", "city_grant"), ("city_grant", "greet")])
def test_a_text_with_little_else_is_found_before_one_with_much(small: Catalog, order: tuple[str, str]) -> None:
    titles = {"greet": "A passport", "city_grant": "A passport and many other papers that people ask for"}
    language = replace(small.language("en"), titles={topic: titles[topic] for topic in order})

    assert Search(language).find("passport") == ["greet", "city_grant"]


def test_only_the_topics_that_were_named_are_found(catalog: Catalog) -> None:
    language = catalog.language("sv")
    search = Search(language, {"grant_amount", "appeal"})

    assert set(search.find(language.titles["city_grant"])) <= {"grant_amount", "appeal"}
    assert search.find(language.titles["appeal"], 1) == ["appeal"]


def test_no_more_is_found_than_was_asked_for(swedish: Search) -> None:
    assert len(swedish.find("bidrag", 2)) == 2
    assert swedish.find("bidrag", 2) == swedish.find("bidrag", 5)[:2]


def test_each_language_is_searched_in_its_own_words(small: Catalog) -> None:
    swedish, english = Search(small.language("sv")), Search(small.language("en"))

    assert swedish.find("hälsa", 1) == ["greet"]
    assert english.find("hello", 1) == ["greet"]


def test_answers_are_searched_too(small: Catalog) -> None:
    assert Search(small.language("en")).find("agency's page") == ["city_grant"]


@given(query=st.text())
def test_any_query_finds_topics_once_each(swedish: Search, catalog: Catalog, query: str) -> None:
    found = swedish.find(query)

    assert len(found) == len(set(found)) <= 8
    assert set(found) <= set(catalog.topics)
