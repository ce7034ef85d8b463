from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.catalog import Catalog, Language, Topic
from bot.facts.book import FactBook
from bot.facts.ledger import State
from bot.markup import facts_in, lines
from bot.render import Node, Renderer, plain
from tests.own_texts import guide_replies, own_texts

MONEY_TYPES = ("money", "share")
# Facts that say who pays, so that an answer about money cannot be read as the City's offer.
WHO_PAYS = frozenset({"city_pays_none", "city_takes_no_applications", "mv_responsible", "no_municipal_grant_known"})
# Topics whose question itself is whether the City pays: there the City's no must be told.
CITY_AND_MONEY = (
    "city_grant",
    "city_role",
    "city_position",
    "grant_overview",
    "grant_amount",
    "payment",
    "travel_costs",
    "social_assistance",
    "contact_city",
    "scam",
    "opinion",
)
APPLYING = ("apply_how", "apply_form", "apply_documents", "apply_from_abroad", "grant_changes", "repayment")
CURRENT_MONEY = re.compile(r"grant_(?!old_)\w+")
REPEALED = "1986:223"
HOURS = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:.][0-5]\d(?![\d.])")


@pytest.fixture(scope="module")
def renderer(catalog: Catalog) -> Renderer:
    return Renderer(catalog, FactBook(catalog.ledger))


def spoken(catalog: Catalog) -> Iterator[tuple[Language, Topic, bool]]:
    """Yield each answer with its language, and whether it is the one in easy words."""
    for language in catalog.languages.values():
        for topic in catalog.topics.values():
            yield language, topic, False
            if topic.id in language.easy:
                yield language, topic, True


def shown(language: Language, topic: str, easy: bool = False) -> set[str]:
    """Return the facts whose values stand in the words of an answer."""
    answers = language.easy if easy else language.answers
    return {fact for line in lines(answers[topic]) for fact in facts_in(line)}


def money(catalog: Catalog, topic: Topic) -> list[str]:
    return [fact for fact in topic.facts if catalog.ledger.facts[fact].type in MONEY_TYPES]


@pytest.fixture(scope="module")
def silent(catalog: Catalog) -> Renderer:
    """A renderer to which every fact is withheld."""
    facts = {id: replace(fact, withheld=True) for id, fact in catalog.ledger.facts.items()}
    ledger = replace(catalog.ledger, facts=facts)
    return Renderer(replace(catalog, ledger=ledger), FactBook(ledger))


def all_withheld(catalog: Catalog) -> dict[str, Any]:
    """Return every fact as an action finds it whose source says otherwise."""
    dumped = FactBook(catalog.ledger).snapshot().dump(catalog.ledger.facts)
    return {id: {**found, "state": State.WITHHELD.value} for id, found in dumped.items()}


def is_source(node: Node) -> bool:
    """Return whether this is the link to the source in the note on a withheld fact."""
    return node["type"] == "link" and "fact" not in node


def own_words(blocks: list[Node]) -> str:
    """Return the text without the titles and addresses of sources."""
    return plain(
        {**block, "content": [node for node in block.get("content", []) if not is_source(node)]} for block in blocks
    )


def figures(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node["type"] in ("value", "link") and not is_source(node):
            yield node
        for inner in [node.get("content", []), *node.get("items", [])]:
            yield from figures(inner)


@pytest.mark.parametrize("topic", CITY_AND_MONEY)
def test_a_topic_of_the_city_and_money_rests_on_the_citys_no(catalog: Catalog, topic: str) -> None:
    assert "city_pays_none" in catalog.topics[topic].facts


@pytest.mark.parametrize("topic", APPLYING)
def test_a_topic_of_applying_rests_on_who_is_responsible(catalog: Catalog, topic: str) -> None:
    assert WHO_PAYS & set(catalog.topics[topic].facts)


def test_an_answer_with_a_sum_rests_on_who_pays_it(catalog: Catalog) -> None:
    silent = {
        topic.id for topic in catalog.topics.values() if money(catalog, topic) and not WHO_PAYS & set(topic.facts)
    }

    assert silent == set()


def test_a_sum_of_todays_grant_is_told_as_the_most_that_can_be_paid(catalog: Catalog) -> None:
    sums = {
        topic.id: topic
        for topic in catalog.topics.values()
        if any(CURRENT_MONEY.fullmatch(fact) for fact in money(catalog, topic))
    }

    assert "grant_amount" in sums
    assert {id for id, topic in sums.items() if "amounts_are_maximums" not in topic.facts} == set()


def test_what_an_answer_shows_is_among_its_facts(catalog: Catalog) -> None:
    unlisted = {
        (language.code, topic.id, easy): shown(language, topic.id, easy) - set(topic.facts)
        for language, topic, easy in spoken(catalog)
    }

    assert {place: facts for place, facts in unlisted.items() if facts} == {}


def test_every_answer_that_rests_on_facts_names_its_sources(catalog: Catalog, renderer: Renderer) -> None:
    bare = [
        (language.code, topic.id, easy)
        for language, topic, easy in spoken(catalog)
        if topic.facts and not renderer.answer(topic.id, language, easy=easy).sources
    ]

    assert bare == []


def test_the_repealed_act_is_named_in_no_answer_but_as_history(catalog: Catalog, renderer: Renderer) -> None:
    naming = {
        topic.id
        for language, topic, easy in spoken(catalog)
        if REPEALED in renderer.answer(topic.id, language, easy=easy).text
    }

    assert naming <= {"legal_basis"}


def test_where_the_repealed_act_is_named_its_end_and_its_successor_are_too(catalog: Catalog) -> None:
    for language, topic, easy in spoken(catalog):
        facts = shown(language, topic.id, easy)
        if "service_duty_old" in facts:
            assert {"service_duty", "service_duty_changed"} <= facts, (language.code, topic.id, easy)
        else:
            assert easy or topic.id != "legal_basis"
    assert REPEALED in catalog.ledger.facts["service_duty_old"].value
    assert "2017:900" in catalog.ledger.facts["service_duty"].value


def test_no_answer_gives_opening_hours(catalog: Catalog, renderer: Renderer) -> None:
    hours = {
        (language.code, topic.id, easy): found
        for language, topic, easy in spoken(catalog)
        if (found := HOURS.findall(renderer.answer(topic.id, language, easy=easy).text))
    }

    assert hours == {}
    assert not any(fact.known for fact in catalog.ledger.facts.values() if fact.type == "hours")


def test_withheld_facts_show_no_figure_in_any_language(catalog: Catalog, renderer: Renderer) -> None:
    withheld = all_withheld(catalog)
    for language, topic, easy in spoken(catalog):
        reply = renderer.answer(topic.id, language, withheld, easy)

        assert list(figures(reply.blocks)) == []
        assert {fact["value"] for fact in reply.facts} <= {None}


def test_no_answer_holds_a_figure_that_is_no_fact(catalog: Catalog, renderer: Renderer) -> None:
    # The note on a withheld fact names its owner, and one owner is the number 1177.
    owners = {fact.owner for fact in catalog.ledger.facts.values()}
    withheld = all_withheld(catalog)
    for language, topic, easy in spoken(catalog):
        text = own_words(renderer.answer(topic.id, language, withheld, easy).blocks)
        for owner in owners:
            text = text.replace(owner, "")

        assert not re.search(r"\d", text), (language.code, topic.id, easy)


def test_a_sum_that_nobody_has_checked_for_long_is_told_as_unconfirmed(catalog: Catalog) -> None:
    reply = Renderer(catalog, FactBook(catalog.ledger, clock=lambda: datetime(2099, 1, 1, tzinfo=timezone.utc))).answer(
        "grant_amount", catalog.language("sv")
    )
    states = {fact["id"]: fact["status"] for fact in reply.facts}

    assert states["grant_adult"] == "unconfirmed"
    assert "grant_adult" in {node["fact"] for node in figures(reply.blocks)}


def test_easy_words_show_nothing_that_the_whole_answer_does_not(catalog: Catalog) -> None:
    more = {
        (language.code, topic.id): shown(language, topic.id, easy) - shown(language, topic.id)
        for language, topic, easy in spoken(catalog)
        if easy
    }

    assert more
    assert {place: facts for place, facts in more.items() if facts} == {}


def test_what_the_guide_shows_rests_on_its_facts_and_sources(catalog: Catalog, renderer: Renderer) -> None:
    for language in catalog.languages.values():
        for reply in guide_replies(catalog, renderer, language):
            if not reply.facts:
                # A question; the outcome after it tells what it rests on.
                assert reply.text in {renderer.guide_question(id, language).text for id in catalog.guide.questions}
                continue
            assert {node["fact"] for node in figures(reply.blocks)} <= {fact["id"] for fact in reply.facts}
            assert WHO_PAYS & {fact["id"] for fact in reply.facts}
            assert reply.sources


def test_the_guide_and_the_interface_name_no_repealed_act_and_no_opening_hours(
    catalog: Catalog, renderer: Renderer
) -> None:
    for language in catalog.languages.values():
        for text in own_texts(catalog, renderer, language):
            assert REPEALED not in text
            assert not HOURS.search(text), text


def test_withheld_facts_show_no_figure_in_the_guide(catalog: Catalog, silent: Renderer) -> None:
    for language in catalog.languages.values():
        for reply in guide_replies(catalog, silent, language):
            assert list(figures(reply.blocks)) == []
            assert {fact["value"] for fact in reply.facts} <= {None}


def test_neither_the_guide_nor_the_interface_holds_a_figure_that_is_no_fact(catalog: Catalog, silent: Renderer) -> None:
    for language in catalog.languages.values():
        for text in own_texts(catalog, silent, language):
            assert not re.search(r"\d", text), text
