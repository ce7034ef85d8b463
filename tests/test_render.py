from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import product
from typing import Any

import pytest

from bot import markup
from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM
from bot.render import Node, Renderer, plain
from bot.web.schemas import ReplyOut
from tests.conftest import FRESH, Clock

UNCONFIRMED = date(2026, 6, 30)
ENDED = date(2027, 1, 1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=STOCKHOLM)


def renderer_on(day: date, catalog: Catalog) -> Renderer:
    return Renderer(catalog, FactBook(catalog.ledger, clock=lambda: noon(day)))


def found(state: str, value: Any, checked: date = FRESH) -> Mapping[str, Any]:
    """Return what an action found of one fact."""
    return {"value": value, "state": state, "checked": checked.isoformat()}


@pytest.fixture
def renderer(small: Catalog) -> Renderer:
    return renderer_on(FRESH, small)


def nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        yield value
        yield from nodes(value.get("content", []))
        yield from nodes(value.get("items", []))


def figures(blocks: list[Node]) -> list[str]:
    return [node["fact"] for node in nodes(blocks) if "fact" in node]


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
    reply = renderer_on(UNCONFIRMED, small).answer("grant_amount", small.language("sv"))

    assert {fact["id"] for fact in reply.facts if fact["status"] == "unconfirmed"} == {"grant_adult"}
    assert [source["status"] for source in reply.sources] == ["confirmed", "unconfirmed"]
    assert "Verket" in reply.sources[1]["note"]
    assert "grant_adult" in figures(reply.blocks)


def test_a_withheld_fact_shows_no_figure(small: Catalog) -> None:
    for language in small.languages.values():
        reply = renderer_on(ENDED, small).answer("grant_amount", language)

        assert "grant_adult" not in figures(reply.blocks)
        assert "350" not in reply.text
        assert {fact["id"]: fact["value"] for fact in reply.facts}["grant_adult"] is None


def test_a_withheld_fact_adds_a_note_that_names_its_owner(renderer: Renderer, small: Catalog) -> None:
    whole = renderer.answer("grant_amount", small.language("sv"))
    withheld = renderer_on(ENDED, small).answer("grant_amount", small.language("sv"))

    assert len(withheld.blocks) == len(whole.blocks) + 1
    assert "Verket" in plain(withheld.blocks[-1:])


def test_the_note_on_a_withheld_fact_ends_with_a_link_to_its_source(small: Catalog) -> None:
    reply = renderer_on(ENDED, small).answer("grant_amount", small.language("sv"))

    *_, space, link = reply.blocks[-1]["content"]
    assert space == {"type": "text", "text": " "}
    assert link == {"type": "link", "text": "The grant", "href": "https://www.agency.example/grant", "lang": "en"}


def test_each_source_of_withheld_facts_is_noted_once(renderer: Renderer, small: Catalog) -> None:
    withheld = {
        "city_pays_none": found("withheld", "Staden betalar inget bidrag."),
        "grant_adult": found("withheld", 350_000),
        "agency_phone": found("withheld", "0771-235 235"),
    }

    whole = renderer.answer("grant_amount", small.language("sv"))
    reply = renderer.answer("grant_amount", small.language("sv"), withheld)

    notes = reply.blocks[len(whole.blocks) :]
    assert [note["content"][-1]["href"] for note in notes] == [source["url"] for source in whole.sources]


def test_a_withheld_phone_is_not_dialled(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.answer("city_grant", small.language("sv"), {"agency_phone": found("withheld", "0771-235 235")})

    assert "agency_phone" not in figures(reply.blocks)
    assert "0771" not in reply.text


def test_a_state_that_an_action_found_outranks_the_age_of_the_ledger(small: Catalog) -> None:
    checked = {"grant_adult": found("confirmed", 350_000, UNCONFIRMED)}

    reply = renderer_on(UNCONFIRMED, small).answer("grant_amount", small.language("sv"), checked)

    assert {fact["status"] for fact in reply.facts} == {"confirmed"}
    assert reply.sources[1]["checked"] == "2026-02-01"


def test_what_an_action_found_grows_old_too(small: Catalog) -> None:
    checked = {"grant_adult": found("confirmed", 350_000, FRESH)}

    reply = renderer_on(UNCONFIRMED, small).answer("grant_amount", small.language("sv"), checked)

    assert {fact["id"] for fact in reply.facts if fact["status"] == "unconfirmed"} == {"grant_adult"}


def test_a_value_that_an_action_found_is_the_one_that_is_shown(renderer: Renderer, small: Catalog) -> None:
    reply = renderer.answer("grant_amount", small.language("en"), {"grant_adult": found("confirmed", 400_000)})

    assert "400,000\N{NO-BREAK SPACE}kr" in reply.text
    assert "350,000\N{NO-BREAK SPACE}kr" not in reply.text
    assert {fact["id"]: fact["value"] for fact in reply.facts}["grant_adult"] == "400,000\N{NO-BREAK SPACE}kr"


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed"])
def test_what_is_withheld_here_stays_so_whatever_an_action_found(small: Catalog, state: str) -> None:
    decided = replace(small.ledger.facts["grant_adult"], withheld=True)
    ledger = replace(small.ledger, facts={**small.ledger.facts, decided.id: decided})
    told = {decided.id: found(state, 350_000)}

    for renderer in (renderer_on(ENDED, small), renderer_on(FRESH, replace(small, ledger=ledger))):
        assert decided.id not in figures(renderer.answer("grant_amount", small.language("sv"), told).blocks)


@pytest.mark.parametrize(
    "nonsense",
    [None, [], "confirmed", {}, {"state": "confirmed"}, found("guessed", 1), found("confirmed", "many"), {"value": 1}],
)
def test_what_is_no_finding_is_left_out(renderer: Renderer, small: Catalog, nonsense: Any) -> None:
    found_by_action = {"grant_adult": nonsense, "no_such_fact": found("confirmed", 1)}

    reply = renderer.answer("grant_amount", small.language("sv"), found_by_action)

    assert reply == renderer.answer("grant_amount", small.language("sv"))


def test_a_finding_without_the_date_of_its_evidence_breaks_no_answer(renderer: Renderer, small: Catalog) -> None:
    undated = {"city_pays_none": {"value": "Nej.", "state": "confirmed", "checked": None}}

    assert renderer.answer("out_of_scope", small.language("sv"), undated).text


def test_facts_age_in_a_running_process(small: Catalog, clock: Clock) -> None:
    renderer = Renderer(small, FactBook(small.ledger, clock=lambda: noon(FRESH) + timedelta(days=clock.now)))
    clock.now = 365

    assert "grant_adult" not in figures(renderer.answer("grant_amount", small.language("sv")).blocks)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 22, 59, tzinfo=timezone.utc), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=timezone.utc), date(2026, 3, 2)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=timezone.utc), date(2026, 7, 2)),
    ],
)
def test_the_day_is_a_day_of_the_calendar_in_stockholm(small: Catalog, moment: datetime, day: date) -> None:
    today = FactBook(small.ledger, clock=lambda: moment).snapshot().today

    assert type(today) is date
    assert today == day


@pytest.fixture
def eased(small: Catalog) -> Catalog:
    """The small catalog with easy words for one topic in each language."""
    words = markup.parse("Ring.\n\n- {grant_adult}")
    return replace(
        small,
        languages={code: replace(language, easy={"grant_amount": words}) for code, language in small.languages.items()},
    )


def test_easy_words_are_said_when_asked_for(eased: Catalog) -> None:
    renderer = renderer_on(FRESH, eased)

    reply = renderer.answer("grant_amount", eased.language("en"), easy=True)

    assert reply.text == "Ring.\n\n- 350,000\N{NO-BREAK SPACE}kr"
    assert renderer.answer("grant_amount", eased.language("en")).text != reply.text


def test_easy_words_rest_on_what_the_whole_answer_rests_on(eased: Catalog) -> None:
    renderer = renderer_on(FRESH, eased)
    whole = renderer.answer("grant_amount", eased.language("sv"))

    easy = renderer.answer("grant_amount", eased.language("sv"), easy=True)

    assert replace(easy, text=whole.text, blocks=whole.blocks) == whole


def test_an_answer_without_easy_words_is_given_whole(eased: Catalog) -> None:
    renderer = renderer_on(FRESH, eased)
    for language in eased.languages.values():
        assert renderer.answer("city_grant", language, easy=True) == renderer.answer("city_grant", language)


def test_a_withheld_fact_shows_no_figure_in_easy_words(eased: Catalog) -> None:
    reply = renderer_on(ENDED, eased).answer("grant_amount", eased.language("sv"), easy=True)

    assert figures(reply.blocks) == []
    assert "350" not in reply.text
    assert reply.blocks[-1]["content"][-1]["href"] == eased.ledger.facts["grant_adult"].source.url


def test_a_value_that_an_action_found_is_shown_in_easy_words(eased: Catalog) -> None:
    told = {"grant_adult": found("confirmed", 400_000)}

    assert (
        "400,000\N{NO-BREAK SPACE}kr"
        in renderer_on(FRESH, eased).answer("grant_amount", eased.language("en"), told, easy=True).text
    )


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
    assert renderer.value("grant_adult", small.language("en")) == "350,000\N{NO-BREAK SPACE}kr"
    assert renderer.fact("grant_adult", small.language("en"))["value"] == "350,000\N{NO-BREAK SPACE}kr"


def test_a_lone_withheld_fact_has_no_value(small: Catalog) -> None:
    renderer = renderer_on(ENDED, small)

    assert "350" not in renderer.value("grant_adult", small.language("en"))
    assert renderer.fact("grant_adult", small.language("en"))["value"] is None


def test_every_real_answer_fits_the_public_api(catalog: Catalog) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    for language, topic, easy in product(catalog.languages.values(), catalog.topics, (False, True)):
        reply = renderer.answer(topic, language, easy=easy)

        assert ReplyOut.model_validate(asdict(reply)).text == plain(reply.blocks)
        assert reply.text.strip()
        assert reply.title


def test_every_real_link_leads_to_a_page_or_a_phone(catalog: Catalog) -> None:
    renderer = renderer_on(FRESH, catalog)
    links = [
        node["href"]
        for language in catalog.languages.values()
        for topic, easy in product(catalog.topics, (False, True))
        for node in nodes(renderer.answer(topic, language, easy=easy).blocks)
        if node["type"] == "link"
    ]

    assert links
    assert all(link.startswith(("https://", "tel:")) for link in links)


def test_every_real_interface_text_can_be_shown(catalog: Catalog) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    for language in catalog.languages.values():
        for key in language.ui:
            assert renderer.ui(key, language, date="D", owner="O", limit="L", count="C", day="D", time="T").strip()
