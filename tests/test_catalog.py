from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from bot.catalog import CLARIFY, Catalog, load_catalog
from bot.content import ContentError
from bot.facts.ledger import State
from bot.markup import words_in
from tests.conftest import EXAMPLES, FRESH, Content


def test_topics_keep_the_order_of_the_file(small: Catalog) -> None:
    assert list(small.topics) == ["city_grant", "grant_amount", "greet", "out_of_scope"]


def test_a_topic_knows_what_the_file_says_of_it(small: Catalog) -> None:
    topic = small.topics["city_grant"]

    assert (topic.group, topic.menu, topic.next) == ("city", True, ("grant_amount",))
    assert topic.facts == ("city_pays_none", "agency_phone", "agency_page", "agency_hours")
    assert topic.follow_up == {"how_much": "grant_amount"}


def test_the_menu_holds_menu_topics_by_group(small: Catalog) -> None:
    menu = [(group, [topic.id for topic in topics]) for group, topics in small.menu()]

    assert menu == [("city", ["city_grant"]), ("grant", ["grant_amount"])]


def test_a_topic_outside_the_menu_leaves_no_empty_group(small: Catalog) -> None:
    assert "conversation" not in dict(small.menu())


@pytest.mark.parametrize(("asked", "given"), [("en", "en"), ("sv", "sv"), ("xx", "sv"), ("", "sv"), (None, "sv")])
def test_swedish_stands_in_for_a_language_that_is_lacking(small: Catalog, asked: str | None, given: str) -> None:
    assert small.language(asked).code == given


def test_the_words_for_doubt_are_no_answer(small: Catalog) -> None:
    language = small.languages["en"]

    assert words_in(language.ui[CLARIFY])
    assert set(language.answers) == set(small.topics)


def test_examples_are_bare_sentences(small: Catalog) -> None:
    examples = small.languages["en"].examples["greet"]

    assert examples[0] == "greet en 0 0"
    assert len(examples) == EXAMPLES


def test_without_examples_all_else_is_the_same(content: Content, small: Catalog) -> None:
    light = load_catalog(content.folder / "data", examples=False)

    bare = {code: replace(language, examples={}) for code, language in small.languages.items()}
    assert light == replace(small, languages=bare)


def test_what_was_loaded_cannot_be_changed(small: Catalog) -> None:
    with pytest.raises(FrozenInstanceError):
        small.topics["greet"].group = "city"  # type: ignore[misc]


def test_facts_know_their_source(small: Catalog) -> None:
    fact = small.ledger.facts["grant_adult"]

    assert fact.source is small.ledger.sources["agency_grant"]
    assert fact.state(FRESH) is State.CONFIRMED


def test_content_without_swedish_is_refused(content: Content) -> None:
    (content.folder / "data" / "languages" / "sv.yml").unlink()

    with pytest.raises(ContentError, match=r"sv\.yml"):
        load_catalog(content.folder / "data")


def test_faults_of_every_file_come_together(content: Content) -> None:
    files = ("facts", "topics", "languages/sv", "languages/en")
    for file in files:
        (content.folder / "data" / f"{file}.yml").write_text("- a list\n", encoding="utf-8")

    with pytest.raises(ContentError) as raised:
        load_catalog(content.folder / "data")

    assert {fault.file for fault in raised.value.faults} == {f"data/{file}.yml" for file in files}
