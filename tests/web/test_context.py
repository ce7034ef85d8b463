"""What a message means after the turn before it: yes and no to choices, another language, easy words, two at once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.catalog import CITY_NOTE, Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.web.page import read
from tests.web.rasa_side import RasaSide
from tests.web.talk import Talk

RANKING = ("grant_amount", "payment", "apply_how", "apply_form", "repayment", "grant_changes", "legal_basis")
SWEDISH = "Betalar kommunen något bidrag till mig?"
ENGLISH = "Does the city pay any money to me?"
NEITHER = "123"


@pytest.fixture
def renderer(catalog: Catalog) -> Renderer:
    return Renderer(catalog, FactBook(catalog.ledger))


def topics(turn: dict[str, Any]) -> list[str | None]:
    return [reply["topic"] for reply in turn["replies"]]


def choices(turn: dict[str, Any]) -> list[str]:
    return [choice["topic"] for choice in turn["alternatives"]]


def spoken(turn: dict[str, Any]) -> set[str]:
    return {turn["language"], *(reply["lang"] for reply in turn["replies"])}


async def in_doubt(talk: Talk, rasa: RasaSide, *nearest: str) -> dict[str, Any]:
    rasa.means("clarify", nearest=nearest)
    return await talk.say("pengarna")


async def asked(talk: Talk, rasa: RasaSide, topic: str, text: str = NEITHER) -> dict[str, Any]:
    rasa.means("answered", topic)
    return await talk.say(text)


# --- yes and no


async def test_yes_to_choices_shows_them_again(talk: Talk, rasa: RasaSide) -> None:
    first = await in_doubt(talk, rasa, *RANKING)

    turn = await asked(talk, rasa, "affirm")

    assert turn["outcome"] == "clarify"
    assert choices(turn) == choices(first) == list(RANKING[:3])
    assert [button["topic"] for button in turn["buttons"]] == [*RANKING[:3], "not_what_i_meant", "talk_to_human"]
    assert turn["replies"] == first["replies"]


async def test_whoever_may_have_asked_whether_the_city_pays_is_told_before_the_choices(
    talk: Talk, rasa: RasaSide, renderer: Renderer, catalog: Catalog
) -> None:
    turn = await in_doubt(talk, rasa, "payment", "apply_how", "city_grant")

    assert topics(turn) == ["city_grant", None]
    assert turn["replies"][0]["text"] == renderer.notice(CITY_NOTE, catalog.language(turn["language"])).text
    assert turn["outcome"] == "clarify"
    assert choices(turn) == ["payment", "apply_how", "city_grant"]


async def test_money_is_not_the_first_thing_to_say_to_somebody_who_may_be_in_danger(talk: Talk, rasa: RasaSide) -> None:
    assert topics(await in_doubt(talk, rasa, "city_grant", "crisis", "payment")) == [None, "city_grant"]


async def test_nobody_else_is_told_of_the_city(talk: Talk, rasa: RasaSide) -> None:
    assert topics(await in_doubt(talk, rasa, *RANKING[:3])) == [None]


async def test_a_note_on_the_city_is_not_what_the_conversation_is_about(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, "city_grant", *RANKING)
    await talk.say(NEITHER)

    assert rasa.received[-1]["metadata"]["topic"] is None


async def test_whatever_rasa_offers_is_offered(talk: Talk, rasa: RasaSide) -> None:
    offered = [*RANKING[:3], "city_grant"]
    rasa.means("clarify", nearest=(*RANKING, "city_grant"), choices=offered)
    turn = await talk.say("pengarna")
    assert choices(turn) == offered
    assert topics(turn) == ["city_grant", None]

    assert choices(await asked(talk, rasa, "affirm")) == offered
    assert choices(await asked(talk, rasa, "deny")) == list(RANKING[3:6])


async def test_yes_again_shows_the_same_choices_again(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING)
    await asked(talk, rasa, "affirm")

    assert choices(await asked(talk, rasa, "affirm")) == list(RANKING[:3])


async def test_no_to_choices_gives_the_next_nearest(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING)

    turn = await asked(talk, rasa, "deny")

    assert topics(turn) == ["not_what_i_meant"]
    assert choices(turn) == [button["topic"] for button in turn["buttons"]] == list(RANKING[3:6])


async def test_no_after_yes_gives_the_next_nearest(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING)
    await asked(talk, rasa, "affirm")

    assert choices(await asked(talk, rasa, "deny")) == list(RANKING[3:6])


async def test_yes_after_no_shows_what_was_offered_last(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING)
    await asked(talk, rasa, "deny")

    assert choices(await asked(talk, rasa, "affirm")) == list(RANKING[3:6])


async def test_no_to_the_last_choices_offers_the_main_topics(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING[:3])

    turn = await asked(talk, rasa, "deny")

    assert topics(turn) == ["not_what_i_meant"]
    assert (choices(turn), bool(turn["buttons"])) == ([], True)


async def test_yes_to_the_only_choice_answers_it(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, *RANKING[:4])
    assert choices(await asked(talk, rasa, "deny")) == [RANKING[3]]

    turn = await asked(talk, rasa, "affirm")

    assert (turn["outcome"], topics(turn)) == ("answered", [RANKING[3]])
    assert rasa.messages[-1] == f"/{RANKING[3]}"


@pytest.mark.parametrize("word", ["affirm", "deny"])
async def test_yes_and_no_without_choices_are_answered_as_such(talk: Talk, rasa: RasaSide, word: str) -> None:
    alone = await asked(talk, rasa, word)
    await asked(talk, rasa, "grant_amount")
    after_an_answer = await asked(talk, rasa, word)

    assert topics(alone) == topics(after_an_answer) == [word]
    assert choices(alone) == choices(after_an_answer) == []


@pytest.mark.parametrize("word", ["affirm", "deny"])
async def test_choices_are_over_after_another_answer(talk: Talk, rasa: RasaSide, word: str) -> None:
    await in_doubt(talk, rasa, *RANKING)
    await asked(talk, rasa, "contact_city")

    assert topics(await asked(talk, rasa, word)) == [word]


@pytest.mark.parametrize("word", ["affirm", "deny"])
async def test_choices_are_over_once_one_was_pressed(talk: Talk, rasa: RasaSide, word: str) -> None:
    await in_doubt(talk, rasa, *RANKING)
    await talk.press("payment")

    assert topics(await asked(talk, rasa, word)) == [word]


@pytest.mark.parametrize("word", ["affirm", "deny"])
async def test_a_question_beside_a_yes_or_no_is_answered(talk: Talk, rasa: RasaSide, word: str) -> None:
    await in_doubt(talk, rasa, *RANKING)
    rasa.means("answered", word, "repayment")

    assert topics(await talk.say("ja, men måste man betala tillbaka?")) == [word, "repayment"]


async def test_yes_belongs_to_the_choices_of_an_outage_that_is_over(talk: Talk, rasa: RasaSide) -> None:
    await in_doubt(talk, rasa, "voluntary", "reporting", "privacy")
    rasa.fails(lambda request: httpx.Response(503))
    down = await talk.say("hur mycket är bidraget för barn?")
    rasa.back()
    assert down["outcome"] == "unavailable"
    assert choices(down)

    assert set(choices(await asked(talk, rasa, "affirm"))) == set(choices(down))


# --- another language


@pytest.mark.parametrize(
    ("before", "wish", "language"),
    [
        (ENGLISH, "svenska tack", "sv"),
        (ENGLISH, "can you take that in Swedish instead?", "sv"),
        (SWEDISH, "English please", "en"),
        (SWEDISH, "kan vi ta det på ENGELSKA?", "en"),
    ],
)
async def test_a_named_language_gives_the_last_answer_again_in_it(
    talk: Talk, rasa: RasaSide, renderer: Renderer, catalog: Catalog, before: str, wish: str, language: str
) -> None:
    assert (await asked(talk, rasa, "grant_amount", before))["language"] != language

    turn = await asked(talk, rasa, "change_language", wish)

    assert spoken(turn) == {language}
    assert topics(turn) == ["change_language", "grant_amount"]
    assert turn["replies"][1]["text"] == renderer.answer("grant_amount", catalog.language(language)).text
    titles = catalog.language(language).titles
    assert all(button["title"] == titles[button["topic"]] for button in turn["buttons"])
    assert turn["notice"] is None


@pytest.mark.parametrize(
    ("before", "wish", "language"), [(ENGLISH, "svenska tack", "sv"), (SWEDISH, "English please", "en")]
)
async def test_later_turns_stay_in_the_named_language(
    talk: Talk, rasa: RasaSide, before: str, wish: str, language: str
) -> None:
    await asked(talk, rasa, "grant_amount", before)
    await asked(talk, rasa, "change_language", wish)

    written = await asked(talk, rasa, "payment", before)
    pressed = await talk.press(next(iter(talk.buttons)))

    assert spoken(written) == spoken(pressed) == {language}
    assert rasa.received[-1]["metadata"]["language"] == language


async def test_a_language_can_be_changed_and_changed_back(talk: Talk, rasa: RasaSide) -> None:
    await asked(talk, rasa, "grant_amount", SWEDISH)

    languages = [(await asked(talk, rasa, "change_language", wish))["language"] for wish in ("english", "swedish")]

    assert languages == ["en", "sv"]


async def test_a_named_language_outranks_one_chosen_before(talk: Talk, rasa: RasaSide) -> None:
    await talk.say(NEITHER, language="en")
    await asked(talk, rasa, "change_language", "svenska tack")

    assert spoken(await asked(talk, rasa, "payment", ENGLISH)) == {"sv"}


async def test_without_an_answer_before_only_the_language_changes(talk: Talk, rasa: RasaSide) -> None:
    turn = await asked(talk, rasa, "change_language", "English please")

    assert (spoken(turn), topics(turn)) == ({"en"}, ["change_language"])


async def test_a_wish_that_names_none_of_our_languages_keeps_the_language(talk: Talk, rasa: RasaSide) -> None:
    await asked(talk, rasa, "grant_amount", ENGLISH)

    turn = await asked(talk, rasa, "change_language", "another language please")

    assert (spoken(turn), topics(turn)) == ({"en"}, ["change_language", "grant_amount"])


async def test_a_language_named_in_another_question_changes_nothing(talk: Talk, rasa: RasaSide) -> None:
    await asked(talk, rasa, "grant_amount", ENGLISH)

    turn = await asked(talk, rasa, "apply_documents", "must the papers be in Swedish or can I send them as they are?")

    assert (spoken(turn), topics(turn)) == ({"en"}, ["apply_documents"])


async def test_a_question_beside_the_wish_is_answered_in_the_named_language(talk: Talk, rasa: RasaSide) -> None:
    await asked(talk, rasa, "grant_amount", SWEDISH)
    rasa.means("answered", "change_language", "repayment")

    turn = await talk.say("Can we speak English? Must I pay it back?")

    assert (spoken(turn), topics(turn)) == ({"en"}, ["change_language", "repayment"])


async def test_the_page_stays_in_the_named_language(client: httpx.AsyncClient, rasa: RasaSide) -> None:
    rasa.means("answered", "change_language")
    first = read((await client.post("/", data={"text": "English please", "sprak": "sv"})).text)
    kept = {field["name"]: field["value"] for field in first.all("input", type="hidden")}

    second = read((await client.post("/", data={**kept, "text": NEITHER})).text)

    assert [page.one("html")["lang"] for page in (first, second)] == ["en", "en"]


# --- easy words


@pytest.mark.parametrize("text", [SWEDISH, ENGLISH])
async def test_simpler_gives_the_last_answer_in_easy_words(
    talk: Talk, rasa: RasaSide, renderer: Renderer, catalog: Catalog, text: str
) -> None:
    full = await asked(talk, rasa, "grant_amount", text)
    rasa.means("answered", "simpler", "grant_amount")

    turn = await talk.say(NEITHER)

    easy = renderer.answer("grant_amount", catalog.language(turn["language"]), easy=True)
    assert topics(turn) == ["simpler", "grant_amount"]
    assert turn["replies"][1]["text"] == easy.text != full["replies"][0]["text"]
    assert turn["notice"] is None


async def test_an_answer_without_easy_words_is_given_whole(talk: Talk, rasa: RasaSide, catalog: Catalog) -> None:
    assert "eligibility_guide" not in catalog.language("sv").easy
    full = (await asked(talk, rasa, "eligibility_guide"))["replies"][0]
    rasa.means("answered", "simpler", "eligibility_guide")

    assert (await talk.say(NEITHER))["replies"][1] == full


async def test_easy_words_are_for_one_answer(talk: Talk, rasa: RasaSide) -> None:
    full = (await asked(talk, rasa, "grant_amount"))["replies"][0]
    rasa.means("answered", "simpler", "grant_amount")
    await talk.say(NEITHER)
    rasa.means("answered", "repeat", "grant_amount")

    assert (await talk.say(NEITHER))["replies"][1] == full


async def test_simpler_is_not_what_the_conversation_is_about(talk: Talk, rasa: RasaSide) -> None:
    await asked(talk, rasa, "simpler")
    await asked(talk, rasa, "greet")

    assert rasa.received[-1]["metadata"]["topic"] is None


# --- two at once


async def test_two_questions_are_answered_in_order_and_it_is_said(
    talk: Talk, rasa: RasaSide, renderer: Renderer, catalog: Catalog
) -> None:
    rasa.means("answered", "payment", "grant_amount")

    turn = await talk.say(SWEDISH)

    assert topics(turn) == ["payment", "grant_amount"]
    assert turn["notice"] == renderer.ui("two_questions", catalog.language("sv"))


@pytest.mark.parametrize("again", ["repeat", "simpler"])
async def test_an_answer_given_again_is_no_second_question(talk: Talk, rasa: RasaSide, again: str) -> None:
    await asked(talk, rasa, "grant_amount")
    rasa.means("answered", again, "grant_amount")

    turn = await talk.say(NEITHER)

    assert (topics(turn), turn["notice"]) == ([again, "grant_amount"], None)


async def test_one_question_has_no_notice(talk: Talk, rasa: RasaSide) -> None:
    assert (await asked(talk, rasa, "grant_amount", SWEDISH))["notice"] is None


# --- safety


@pytest.mark.parametrize("text", [SWEDISH, ENGLISH])
async def test_a_safety_note_stands_below_the_answer(
    talk: Talk, rasa: RasaSide, renderer: Renderer, catalog: Catalog, text: str
) -> None:
    rasa.means("answered", "grant_amount", safety_note="pressured")

    turn = await talk.say(text)

    assert topics(turn) == ["grant_amount", "pressured"]
    assert turn["replies"][1]["text"] == renderer.notice("safety_note", catalog.language(turn["language"])).text
    assert spoken(turn) == {turn["language"]}
    assert turn["notice"] is None


@pytest.mark.parametrize("outcome", ["clarify", "not_understood"])
async def test_no_guess_is_made_at_a_language_that_the_model_never_learnt(
    talk: Talk, rasa: RasaSide, outcome: str
) -> None:
    rasa.means(outcome, nearest=RANKING, safety_note="crisis")

    turn = await talk.say("Paga el ayuntamiento una ayuda para volver a mi país?")

    assert turn["outcome"] == "not_understood"
    assert [reply["topic"] for reply in turn["replies"]] == [None]


@pytest.mark.parametrize("outcome", ["clarify", "not_understood"])
async def test_a_safety_note_stands_below_what_is_said_in_doubt_too(talk: Talk, rasa: RasaSide, outcome: str) -> None:
    rasa.means(outcome, nearest=RANKING, safety_note="crisis")

    turn = await talk.say(NEITHER)

    assert (turn["outcome"], topics(turn)) == (outcome, [None, "crisis"])


async def test_a_safety_note_is_not_what_the_conversation_is_about(talk: Talk, rasa: RasaSide) -> None:
    rasa.means("answered", "grant_amount", safety_note="pressured")
    await talk.say(NEITHER)
    await talk.say(NEITHER)

    assert rasa.received[-1]["metadata"]["topic"] == "grant_amount"


@pytest.mark.parametrize("unknown", ["gone", "", None])
async def test_a_note_on_nothing_that_we_know_is_left_out(talk: Talk, rasa: RasaSide, unknown: str | None) -> None:
    rasa.means("answered", "grant_amount", safety_note=unknown)

    turn = await talk.say(NEITHER)

    assert (turn["outcome"], topics(turn)) == ("answered", ["grant_amount"])
