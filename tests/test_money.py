from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.catalog import Catalog, Language, Topic
from bot.facts.book import FactBook
from bot.facts.ledger import State
from bot.markup import facts_in, lines
from bot.render import Node, Renderer, plain

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


def spoken(catalog: Catalog) -> Iterator[tuple[Language, Topic]]:
    for language in catalog.languages.values():
        for topic in catalog.topics.values():
            yield language, topic


def shown(language: Language, topic: str) -> set[str]:
    """Return the facts whose values stand in the words of an answer."""
    return {fact for line in lines(language.answers[topic]) for fact in facts_in(line)}


def money(catalog: Catalog, topic: Topic) -> list[str]:
    return [fact for fact in topic.facts if catalog.ledger.facts[fact].type in MONEY_TYPES]


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
        (language.code, topic.id): shown(language, topic.id) - set(topic.facts) for language, topic in spoken(catalog)
    }

    assert {place: facts for place, facts in unlisted.items() if facts} == {}


def test_every_answer_that_rests_on_facts_names_its_sources(catalog: Catalog, renderer: Renderer) -> None:
    bare = [
        (language.code, topic.id)
        for language, topic in spoken(catalog)
        if topic.facts and not renderer.answer(topic.id, language).sources
    ]

    assert bare == []


def test_the_repealed_act_is_named_in_no_answer_but_as_history(catalog: Catalog, renderer: Renderer) -> None:
    naming = {topic.id for language, topic in spoken(catalog) if REPEALED in renderer.answer(topic.id, language).text}

    assert naming <= {"legal_basis"}


def test_where_the_repealed_act_is_named_its_end_and_its_successor_are_too(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        assert {"service_duty", "service_duty_old", "service_duty_changed"} <= shown(language, "legal_basis")
    assert REPEALED in catalog.ledger.facts["service_duty_old"].value
    assert "2017:900" in catalog.ledger.facts["service_duty"].value


def test_no_answer_gives_opening_hours(catalog: Catalog, renderer: Renderer) -> None:
    hours = {
        (language.code, topic.id): found
        for language, topic in spoken(catalog)
        if (found := HOURS.findall(renderer.answer(topic.id, language).text))
    }

    assert hours == {}
    assert not any(fact.known for fact in catalog.ledger.facts.values() if fact.type == "hours")


def test_withheld_facts_show_no_figure_in_any_language(catalog: Catalog, renderer: Renderer) -> None:
    withheld = all_withheld(catalog)
    for language, topic in spoken(catalog):
        reply = renderer.answer(topic.id, language, withheld)

        assert list(figures(reply.blocks)) == []
        assert {fact["value"] for fact in reply.facts} <= {None}


def test_no_answer_holds_a_figure_that_is_no_fact(catalog: Catalog, renderer: Renderer) -> None:
    # The note on a withheld fact names its owner, and one owner is the number 1177.
    owners = {fact.owner for fact in catalog.ledger.facts.values()}
    withheld = all_withheld(catalog)
    for language, topic in spoken(catalog):
        text = own_words(renderer.answer(topic.id, language, withheld).blocks)
        for owner in owners:
            text = text.replace(owner, "")

        assert not re.search(r"\d", text), (language.code, topic.id)


def test_a_sum_that_nobody_has_checked_for_long_is_told_as_unconfirmed(catalog: Catalog) -> None:
    reply = Renderer(catalog, FactBook(catalog.ledger, clock=lambda: datetime(2099, 1, 1, tzinfo=timezone.utc))).answer(
        "grant_amount", catalog.language("sv")
    )
    states = {fact["id"]: fact["status"] for fact in reply.facts}

    assert states["grant_adult"] == "unconfirmed"
    assert "grant_adult" in {node["fact"] for node in figures(reply.blocks)}
