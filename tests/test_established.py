"""What answers say once everything that is open today is established, and every value has changed once."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, time
from typing import Any

import pytest

from bot.catalog import Catalog
from bot.facts import formats
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM, parse_hours
from bot.facts.ledger import Fact
from bot.render import Renderer
from bot.web.schemas import ReplyOut
from tests.test_money import all_withheld, figures
from tests.test_no_yes import claims

# A Monday morning on which offices are open.
NOW = datetime(2026, 3, 2, 10, tzinfo=STOCKHOLM)
CHECKED = date(2026, 3, 2)
SAMPLES: dict[str, Any] = {
    "hours": parse_hours({"mon-fri": "09:00-15:00"}),
    "address": "Storgatan, Stockholm",
    "phone": "08-508 00 508",
    "url": "https://www.agency.example/form",
    "reference": "ABC",
    "duration": 6,
    "statement": "Så är det.",
}


def established(fact: Fact) -> Fact:
    value = fact.value
    if value is None:
        value = SAMPLES[fact.type] if fact.candidate is None else fact.candidate
    return replace(fact, value=value, checked=CHECKED, before=value, since=CHECKED, valid_to=None)


@pytest.fixture(scope="module")
def whole(catalog: Catalog) -> Catalog:
    facts = {fact.id: established(fact) for fact in catalog.ledger.facts.values()}
    return replace(catalog, ledger=replace(catalog.ledger, facts=facts))


@pytest.fixture(scope="module")
def renderer(whole: Catalog) -> Renderer:
    return Renderer(whole, FactBook(whole.ledger, clock=lambda: NOW))


def test_something_is_open_today(catalog: Catalog) -> None:
    assert {fact.type for fact in catalog.ledger.facts.values() if not fact.known} >= {"hours", "phone", "url"}


def test_every_answer_fits_the_public_api(whole: Catalog, renderer: Renderer) -> None:
    for language in whole.languages.values():
        for topic in whole.topics:
            reply = renderer.answer(topic, language)

            assert ReplyOut.model_validate(asdict(reply)).text.strip()
            assert [fact["id"] for fact in reply.facts] == list(whole.topics[topic].facts)
            assert renderer.ui("withheld", language) not in reply.text


def test_no_answer_says_that_the_city_pays(whole: Catalog, renderer: Renderer) -> None:
    for language in whole.languages.values():
        for topic in whole.topics:
            assert claims(renderer.answer(topic, language).text, language.code) == [], (language.code, topic)


@pytest.mark.parametrize("fact", ["mv_phone_hours", "city_phone", "mv_form_link", "service_offices"])
def test_what_is_established_is_told_in_every_language(whole: Catalog, renderer: Renderer, fact: str) -> None:
    for language in whole.languages.values():
        telling = [
            topic
            for topic in whole.topics
            if fact in {node.get("fact") for node in figures(renderer.answer(topic, language).blocks)}
        ]

        assert telling, language.code


def test_hours_say_whether_it_is_open_now_in_every_language(whole: Catalog, renderer: Renderer) -> None:
    for language in whole.languages.values():
        now = renderer.ui("open_now", language, time=formats.clock(time(15), language.locale))

        assert now in renderer.answer("migrationsverket_hours", language).text


def test_withheld_facts_show_no_figure(whole: Catalog, renderer: Renderer) -> None:
    withheld = all_withheld(whole)
    for language in whole.languages.values():
        for topic in whole.topics:
            reply = renderer.answer(topic, language, withheld)

            assert list(figures(reply.blocks)) == []
            assert {fact["value"] for fact in reply.facts} <= {None}
