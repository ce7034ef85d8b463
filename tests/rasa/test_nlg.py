from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.catalog import CITY_NOTE, Catalog
from bot.facts.book import FactBook
from bot.facts.ledger import State
from bot.nlg import AGAIN, ALSO_ASKED, FOUND_SLOT, NEAREST, SAFETY_NOTE, UNASKABLE, CatalogNLG
from bot.nlu import classifier, safety
from bot.render import SIMPLER, Renderer
from tests.rasa.conftest import ROOT

Said = Callable[..., Any]
SURE = [("city_grant", 0.9), ("grant_amount", 0.05), ("greet", 0.03), ("nlu_fallback", 0.02), ("out_of_scope", 0.01)]
TORN = [("nlu_fallback", 0.5), ("grant_amount", 0.2), ("affirm", 0.15), ("city_grant", 0.1), ("payment", 0.05)]
LOST = [("nlu_fallback", 0.5), ("affirm", 0.4), ("grant_amount", 0.02), ("city_grant", 0.02), ("payment", 0.01)]
LIVE = {"grant_adult": {"value": 350_000, "state": State.WITHHELD.value, "checked": "2026-01-01"}}


@pytest.fixture(scope="module")
def nlg(domain: Domain) -> CatalogNLG:
    return CatalogNLG(EndpointConfig(clarify_above=0.3), domain)


async def test_every_topic_is_answered_in_every_language(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    for code in catalog.languages:
        for topic in catalog.topics:
            response = await nlg.generate(f"utter_{topic}", said(language=code), "rest")

            assert response["text"].strip()
            assert response["custom"]["outcome"] == "answered"
            assert response["custom"]["topics"] == [topic]


async def test_the_message_names_the_language(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    texts = {
        code: (await nlg.generate("utter_city_grant", said(language=code), "rest"))["text"]
        for code in (*catalog.languages, "xx", None)
    }

    assert texts["sv"] != texts["en"]
    assert texts["xx"] == texts[None] == texts["sv"]


async def test_an_answer_tells_what_came_nearest(nlg: CatalogNLG, said: Said) -> None:
    custom = (await nlg.generate("utter_city_grant", said(ranking=SURE), "rest"))["custom"]

    assert custom["nearest"] == ["grant_amount", "out_of_scope"]


async def test_only_the_nearest_are_told(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    ranking = [(topic, 0.01) for topic in catalog.topics if topic not in UNASKABLE]

    custom = (await nlg.generate("utter_clarify", said(ranking=ranking), "rest"))["custom"]

    assert custom["nearest"] == [topic for topic, _ in ranking[:NEAREST]]
    assert len(custom["nearest"]) == NEAREST


async def test_what_nobody_picks_from_a_list_is_never_near(nlg: CatalogNLG, said: Said) -> None:
    ranking = [(topic, 0.1) for topic in sorted(UNASKABLE)]

    custom = (await nlg.generate("utter_city_grant", said(ranking=ranking), "rest"))["custom"]

    assert custom["nearest"] == []


async def test_doubt_between_likely_topics_asks_back(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    response = await nlg.generate("utter_clarify", said(ranking=TORN, language="en"), "rest")

    assert response["custom"]["outcome"] == "clarify"
    assert response["custom"]["topics"] == []
    assert response["custom"]["nearest"] == response["custom"]["choices"] == ["grant_amount", "city_grant", "payment"]
    for topic in response["custom"]["nearest"]:
        assert catalog.language("en").titles[topic] in response["text"]


async def test_the_answer_of_the_city_is_told_where_it_may_be_meant(
    nlg: CatalogNLG, said: Said, catalog: Catalog
) -> None:
    told = await nlg.generate("utter_clarify", said(ranking=TORN, language="en"), "rest")
    other = await nlg.generate("utter_clarify", said(ranking=[("privacy", 0.4), ("payment", 0.3)]), "rest")

    note = Renderer(catalog, FactBook(catalog.ledger)).notice(CITY_NOTE, catalog.language("en")).text
    assert told["text"].startswith(note)
    assert note not in other["text"]


@pytest.mark.parametrize(
    ("confidence", "in_sight", "besides"),
    [
        (0.05, {}, ["repayment", "city_grant"]),
        (0.04, {}, ["repayment"]),
        (0.04, {"city_grant": 0.04}, ["repayment", "city_grant"]),
        (0.03, {"city_grant": 0.04}, ["repayment"]),
    ],
)
async def test_what_may_well_be_meant_is_among_the_choices(
    domain: Domain, said: Said, confidence: float, in_sight: dict[str, float], besides: list[str]
) -> None:
    nlg = CatalogNLG(EndpointConfig(choose_from=0.05, in_sight=in_sight), domain)
    ranking = [("payment", 0.3), ("privacy", 0.2), ("appeal", 0.1), ("repayment", 0.08), ("city_grant", confidence)]

    response = await nlg.generate("utter_clarify", said(ranking=[*ranking, ("apply_how", 0.02)]), "rest")

    assert response["custom"]["choices"] == ["payment", "privacy", "appeal", *besides]
    assert response["custom"]["nearest"] == [*(topic for topic, _ in ranking), "apply_how"]


async def test_what_nobody_may_miss_is_among_the_choices_however_many_are_likelier(domain: Domain, said: Said) -> None:
    nlg = CatalogNLG(EndpointConfig(choose_from=0.05, in_sight={"city_grant": 0.01}), domain)
    likelier = ["payment", "privacy", "appeal", "repayment", "apply_how", "voluntary"]
    ranking = [*((topic, 0.15) for topic in likelier), ("city_grant", 0.01)]

    response = await nlg.generate("utter_clarify", said(ranking=ranking), "rest")

    assert response["custom"]["choices"] == [*likelier[:4], "city_grant"]


@pytest.mark.parametrize("ranking", [LOST, []])
async def test_doubt_about_everything_is_not_understood(nlg: CatalogNLG, said: Said, ranking: Any) -> None:
    response = await nlg.generate("utter_clarify", said(ranking=ranking), "rest")

    assert response["custom"]["outcome"] == "not_understood"
    assert response["custom"]["topics"] == []
    assert response["text"].strip()


async def test_endpoints_set_how_likely_is_likely(domain: Domain, said: Said) -> None:
    strict = CatalogNLG(EndpointConfig(clarify_above=0.5), domain)

    assert (await strict.generate("utter_clarify", said(ranking=TORN), "rest"))["custom"]["outcome"] == "not_understood"


@pytest.fixture
def understood(said: Said) -> Said:
    """Make a tracker whose latest message was understood as `topic`, with what else was understood of it."""

    def make(topic: str, also: dict[str, Any] | None = None, **metadata: Any) -> Any:
        tracker = said(ranking=[(topic, 1.0), ("privacy", 0.1)], **metadata)
        tracker.latest_message.parse_data.update(also or {})
        return tracker

    return make


async def text_of(nlg: CatalogNLG, response: str, tracker: Any) -> str:
    return str((await nlg.generate(response, tracker, "rest"))["text"])


@pytest.mark.parametrize("again", AGAIN)
async def test_the_last_answer_is_given_again(nlg: CatalogNLG, said: Said, catalog: Catalog, again: str) -> None:
    for topic in ("grant_amount", "city_grant"):
        response = await nlg.generate(f"utter_{again}", said(topic=topic), "rest")

        assert response["custom"]["outcome"] == "answered"
        assert response["custom"]["topics"] == [again, topic]


async def test_to_repeat_is_to_say_the_same(nlg: CatalogNLG, said: Said) -> None:
    repeated = await text_of(nlg, "utter_repeat", said(topic="grant_amount"))

    assert repeated.endswith(await text_of(nlg, "utter_grant_amount", said()))


async def test_simpler_is_the_same_in_easy_words(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    assert {"sv", "en"} <= {code for code, language in catalog.languages.items() if language.easy}
    for code, language in catalog.languages.items():
        for topic in language.easy:
            easy = await text_of(nlg, "utter_simpler", said(topic=topic, language=code))
            lead = await text_of(nlg, "utter_simpler", said(language=code))

            assert easy.startswith(lead)
            assert easy.removeprefix(lead).strip()
            assert not easy.endswith(await text_of(nlg, f"utter_{topic}", said(language=code))), (code, topic)


async def test_without_easy_words_simpler_is_the_same_again(nlg: CatalogNLG, said: Said, catalog: Catalog) -> None:
    plain = next(topic for topic in catalog.topics if topic not in catalog.language("sv").easy and topic != SIMPLER)

    simpler = await text_of(nlg, "utter_simpler", said(topic=plain))

    assert simpler.endswith(await text_of(nlg, f"utter_{plain}", said()))


@pytest.mark.parametrize("again", AGAIN)
@pytest.mark.parametrize("topic", [None, "", "no_such_topic"])
async def test_without_a_last_answer_nothing_is_given_again(
    nlg: CatalogNLG, said: Said, again: str, topic: str | None
) -> None:
    response = await nlg.generate(f"utter_{again}", said(topic=topic), "rest")

    assert response["custom"]["topics"] == [again]


async def test_two_questions_get_two_answers_in_order(nlg: CatalogNLG, understood: Said, said: Said) -> None:
    response = await nlg.generate("utter_city_grant", understood("city_grant", {ALSO_ASKED: "payment"}), "rest")

    assert response["custom"]["outcome"] == "answered"
    assert response["custom"]["topics"] == ["city_grant", "payment"]
    answers = [await text_of(nlg, f"utter_{topic}", said()) for topic in ("city_grant", "payment")]
    assert response["text"] == "\n\n".join(answers)


@pytest.mark.parametrize("also", [None, "", "no_such_topic", 7])
async def test_an_unknown_second_question_is_not_answered(nlg: CatalogNLG, understood: Said, also: Any) -> None:
    response = await nlg.generate("utter_city_grant", understood("city_grant", {ALSO_ASKED: also}), "rest")

    assert response["custom"]["topics"] == ["city_grant"]


async def test_a_response_to_something_else_does_not_answer_the_second_question(
    nlg: CatalogNLG, understood: Said
) -> None:
    response = await nlg.generate("utter_grant_amount", understood("city_grant", {ALSO_ASKED: "payment"}), "rest")

    assert response["custom"]["topics"] == ["grant_amount"]


@pytest.mark.parametrize("response", ["utter_city_grant", "utter_clarify", "utter_ask_guide_permit"])
async def test_a_safety_note_stands_below_whatever_is_said(
    nlg: CatalogNLG, understood: Said, catalog: Catalog, response: str
) -> None:
    for code in catalog.languages:
        without = await nlg.generate(response, understood("city_grant", language=code), "rest")
        noted = await nlg.generate(response, understood("city_grant", {SAFETY_NOTE: "crisis"}, language=code), "rest")

        assert noted["custom"] == {**without["custom"], "safety_note": "crisis"}
        assert "safety_note" not in without["custom"]
        assert noted["text"].startswith(f"{without['text']}\n\n")
        assert noted["text"].removeprefix(without["text"]).strip()


async def test_a_safety_note_stands_below_both_answers(nlg: CatalogNLG, understood: Said) -> None:
    also = {ALSO_ASKED: "payment", SAFETY_NOTE: "scam"}
    both = await text_of(nlg, "utter_city_grant", understood("city_grant", {ALSO_ASKED: "payment"}))

    response = await nlg.generate("utter_city_grant", understood("city_grant", also), "rest")

    assert response["custom"]["topics"] == ["city_grant", "payment"]
    assert response["custom"]["safety_note"] == "scam"
    assert response["text"].startswith(both)
    assert len(response["text"]) > len(both)


def test_the_understanding_sets_what_is_read_here() -> None:
    assert (ALSO_ASKED, SAFETY_NOTE) == (classifier.ALSO_ASKED, safety.SAFETY_NOTE)


async def test_what_was_found_goes_with_the_response_that_it_was_found_for(nlg: CatalogNLG, said: Said) -> None:
    found = {FOUND_SLOT: {"response": "utter_grant_amount", "facts": LIVE, "found_at": "2026-03-01T12:00:00+00:00"}}

    fresh = await nlg.generate("utter_grant_amount", said(slots=found), "rest")
    stale = await nlg.generate("utter_payment", said(slots=found), "rest")

    assert fresh["custom"]["facts"] == LIVE
    assert stale["custom"]["facts"] == {}


async def test_without_the_action_the_answer_tells_what_is_known_anyway(nlg: CatalogNLG, said: Said) -> None:
    response = await nlg.generate("utter_grant_amount", said(language="en"), "rest")

    assert response["custom"]["facts"] == {}
    assert "350,000\N{NO-BREAK SPACE}kr" in response["text"]


@pytest.mark.parametrize("topic", ["grant_amount", "repeat"])
async def test_what_was_found_withheld_is_not_told(nlg: CatalogNLG, said: Said, topic: str) -> None:
    found = {FOUND_SLOT: {"response": f"utter_{topic}", "facts": LIVE, "found_at": "2026-03-01T12:00:00+00:00"}}

    response = await nlg.generate(f"utter_{topic}", said(slots=found, language="en", topic="grant_amount"), "rest")

    assert "350,000\N{NO-BREAK SPACE}kr" not in response["text"]


async def test_nothing_that_was_written_comes_back(nlg: CatalogNLG, said: Said) -> None:
    for response in ("utter_city_grant", "utter_clarify", "utter_repeat"):
        made = await nlg.generate(response, said("kanariefågel 880320-0016", ranking=TORN), "rest")

        assert "kanarie" not in json.dumps(made)
        assert "880320" not in json.dumps(made)


def test_rasa_finds_it_through_endpoints(domain: Domain) -> None:
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "nlg")

    assert isinstance(NaturalLanguageGenerator.create(endpoint, domain), CatalogNLG)
