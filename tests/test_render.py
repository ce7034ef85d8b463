from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from bot.catalog import Catalog
from bot.facts import State
from bot.render import Node, Renderer, plain, stockholm_today
from bot.web.schemas import ReplyOut
from tests.conftest import FRESH, Clock

UNCONFIRMED = date(2026, 6, 30)
ENDED = date(2027, 1, 1)


@pytest.fixture
def renderer(small: Catalog) -> Renderer:
    return Renderer(small, lambda: FRESH)


def nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        yield value
        yield from nodes(value.get("content", []))
        yield from nodes(value.get("items", []))


def figures(blocks: list[Node]) -> list[str]:
    return [node["fact"] for node in nodes(blocks) if node["type"] in ("value", "link")]


def test_an_answer_shows_its_facts_as_values_and_links(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.answer("city_grant", small.language("en"))

    assert [node for node in nodes(reply.blocks) if node["type"] == "link"] == [
        {"type": "link", "text": "0771-235 235", "href": "tel:+46771235235", "fact": "agency_phone"},
        {
            "type": "link",
            "text": "the agency's page",
            "href": "https://www.agency.example/grant",
            "fact": "agency_page",
        },
    ]
    assert figures(renderer.answer("grant_amount", small.language("en")).blocks)[:2] == ["grant_adult", "adult_age"]


def test_plain_text_tells_where_a_link_leads_and_marks_lists(renderer: Renderer, small: Catalog) -> None:
    assert "(https://www.agency.example/grant)" in renderer.answer("city_grant", small.language("en")).text
    assert "tel:" not in renderer.answer("city_grant", small.language("en")).text
    assert "\n- " in renderer.answer("grant_amount", small.language("en")).text


def test_an_answer_tells_what_it_rests_on(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.answer("grant_amount", small.language("sv"))

    assert [fact["id"] for fact in reply.facts] == list(small.topics["grant_amount"].facts)
    assert {fact["status"] for fact in reply.facts} == {"confirmed"}
    assert [source["url"] for source in reply.sources] == ["https://city.example/", "https://www.agency.example/grant"]


def test_a_source_is_as_old_as_the_oldest_fact_from_it(renderer: Renderer, small: Catalog) -> None:
    _, agency = renderer.answer("grant_amount", small.language("sv")).sources

    assert agency["checked"] == "2026-01-01"


def test_one_old_fact_makes_its_source_unconfirmed(small: Catalog) -> None:
    reply = Renderer(small, lambda: UNCONFIRMED).answer("grant_amount", small.language("sv"))

    assert {fact["id"] for fact in reply.facts if fact["status"] == "unconfirmed"} == {"grant_adult"}
    assert [source["status"] for source in reply.sources] == ["confirmed", "unconfirmed"]
    assert "Verket" in reply.sources[1]["note"]
    assert "grant_adult" in figures(reply.blocks)


def test_a_withheld_fact_shows_no_figure(small: Catalog) -> None:
    for language in small.languages.values():
        reply = Renderer(small, lambda: ENDED).answer("grant_amount", language)

        assert "grant_adult" not in figures(reply.blocks)
        assert "350" not in reply.text
        assert {fact["id"]: fact["value"] for fact in reply.facts}["grant_adult"] is None


def test_a_withheld_fact_adds_a_note_that_names_its_owner(renderer: Renderer, small: Catalog) -> None:
    whole = renderer.answer("grant_amount", small.language("sv"))
    withheld = Renderer(small, lambda: ENDED).answer("grant_amount", small.language("sv"))

    assert len(withheld.blocks) == len(whole.blocks) + 1
    assert "Verket" in plain(withheld.blocks[-1:])


def test_a_withheld_phone_is_not_dialled(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.answer("city_grant", small.language("sv"), {"agency_phone": State.WITHHELD})

    assert "agency_phone" not in figures(reply.blocks)
    assert "0771" not in reply.text


def test_a_state_that_an_action_found_outranks_the_age_of_the_ledger(small: Catalog) -> None:
    reply = Renderer(small, lambda: UNCONFIRMED).answer(
        "grant_amount", small.language("sv"), {"grant_adult": State.CONFIRMED}
    )

    assert {fact["status"] for fact in reply.facts} == {"confirmed"}


def test_facts_age_in_a_running_process(small: Catalog, clock: Clock) -> None:
    renderer = Renderer(small, lambda: date.fromordinal(FRESH.toordinal() + int(clock.now)))
    clock.now = 365

    assert "grant_adult" not in figures(renderer.answer("grant_amount", small.language("sv")).blocks)


def test_the_day_is_a_day_of_the_calendar() -> None:
    assert type(stockholm_today()) is date


def test_an_unknown_topic_is_refused(renderer: Renderer, small: Catalog) -> None:
    with pytest.raises(KeyError):
        renderer.answer("nothing", small.language("sv"))


def test_a_notice_is_a_reply_without_a_topic(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.notice("not_understood", small.language("en"))

    assert (reply.topic, reply.title, reply.lang, reply.facts, reply.sources) == (None, None, "en", [], [])
    assert reply.text


def test_interface_texts_take_values_and_facts(renderer: Renderer, small: Catalog) -> None:
    assert "1000" in renderer.ui("error_too_long", small.language("sv"), limit="1000")
    assert "0771-235 235" in renderer.ui("human_text", small.language("en"))


def test_a_lone_fact_is_shown_as_in_an_answer(renderer: Renderer, small: Catalog) -> None:
    assert renderer.value("grant_adult", small.language("en")) == "350,000 kr"
    assert renderer.fact("grant_adult", small.language("en"))["value"] == "350,000 kr"


def test_a_lone_withheld_fact_has_no_value(small: Catalog) -> None:
    renderer = Renderer(small, lambda: ENDED)

    assert "350" not in renderer.value("grant_adult", small.language("en"))
    assert renderer.fact("grant_adult", small.language("en"))["value"] is None


def test_every_real_answer_fits_the_public_api(catalog: Catalog) -> None:
    renderer = Renderer(catalog)
    for language in catalog.languages.values():
        for topic in catalog.topics:
            reply = renderer.answer(topic, language)

            assert ReplyOut.model_validate(asdict(reply)).text == plain(reply.blocks)
            assert reply.text.strip()
            assert reply.title


def test_every_real_link_leads_to_a_page_or_a_phone(catalog: Catalog) -> None:
    renderer = Renderer(catalog, lambda: FRESH)
    links = [
        node["href"]
        for language in catalog.languages.values()
        for topic in catalog.topics
        for node in nodes(renderer.answer(topic, language).blocks)
        if node["type"] == "link"
    ]

    assert links
    assert all(link.startswith(("https://", "tel:")) for link in links)


def test_every_real_interface_text_can_be_shown(catalog: Catalog) -> None:
    renderer = Renderer(catalog)
    for language in catalog.languages.values():
        for key in language.ui:
            assert renderer.ui(key, language, date="D", owner="O", limit="L").strip()
