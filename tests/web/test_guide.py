"""The guide in the gateway: what is asked, which buttons answer, and what is left when something fails."""

from __future__ import annotations

import itertools
import logging
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.guide import BACK, GUIDE_RULES, GUIDE_TOPIC, LEAVE, SKIP, UNKNOWN, Guide
from bot.render import Renderer
from bot.web.dialogue import Dialogue
from tests.web.conftest import MakeApp, one_gateway, reach
from tests.web.rasa_side import RasaSide
from tests.web.talk import MESSAGES, Talk

NOTHING_AGAINST = [
    ("citizen", "no"),
    ("permit", "protection"),
    ("granted", "in_time"),
    ("living", "yes"),
    ("destination", "home"),
    ("family", "alone"),
    ("debts", "no"),
]


class Guided(Talk):
    """A person in the guide, who knows its buttons by their options."""

    def __init__(self, client: httpx.AsyncClient, catalog: Catalog, language: str = "sv") -> None:
        super().__init__(client)
        self.catalog = catalog
        self.language = catalog.languages[language]
        self._renderer = Renderer(catalog, FactBook(catalog.ledger))

    async def start(self) -> dict[str, Any]:
        return await self.open_guide(language=self.language.code)

    async def answer(self, question: str, option: str) -> dict[str, Any]:
        return await self.choose(self.title(question, option))

    async def answer_until(self, question: str) -> dict[str, Any]:
        """Start, and answer what is asked before a question."""
        turn = await self.start()
        for before, option in NOTHING_AGAINST:
            if before == question:
                break
            turn = await self.answer(before, option)
        return turn

    def title(self, question: str, option: str) -> str:
        return self.language.guide.options[question].get(option) or self.ui(f"guide_{option}")

    def titles_at(self, question: str) -> list[str]:
        first = next(iter(self.catalog.guide.questions)) == question
        options = (*self.catalog.guide.options(question), *(() if first else (BACK,)), LEAVE)
        return [self.title(question, option) for option in options]

    def ask(self, question: str) -> str:
        return self._renderer.guide_question(question, self.language).text

    def outcome(self, answers: dict[str, str]) -> str:
        return self._renderer.guide_outcome(answers, self.language).text

    def ui(self, key: str) -> str:
        return self._renderer.ui(key, self.language)


@pytest.fixture
def guided(client: httpx.AsyncClient, catalog: Catalog) -> Guided:
    return Guided(client, catalog)


@pytest.fixture
def guide(catalog: Catalog) -> Guide:
    return catalog.guide


def said(turn: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in turn["replies"]]


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_it_begins_with_what_it_is_and_its_first_question(
    client: httpx.AsyncClient, catalog: Catalog, language: str
) -> None:
    guided = Guided(client, catalog, language)

    turn = await guided.start()

    assert turn["outcome"] == "guide"
    assert [reply["topic"] for reply in turn["replies"]] == [GUIDE_TOPIC, GUIDE_TOPIC]
    assert said(turn)[1] == guided.ask("citizen")
    assert [button["title"] for button in turn["buttons"]] == guided.titles_at("citizen")
    assert {button["topic"] for button in turn["buttons"]} == {GUIDE_TOPIC}


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_it_goes_through_every_question_to_the_outcome(
    client: httpx.AsyncClient, catalog: Catalog, language: str
) -> None:
    guided = Guided(client, catalog, language)
    await guided.start()
    for (question, option), (following, _) in itertools.pairwise(NOTHING_AGAINST):
        turn = await guided.answer(question, option)

        assert (turn["outcome"], said(turn)) == ("guide", [guided.ask(following)])
        assert [button["title"] for button in turn["buttons"]] == guided.titles_at(following)

    turn = await guided.answer(*NOTHING_AGAINST[-1])

    assert (turn["outcome"], said(turn)) == ("guide", [guided.outcome(dict(NOTHING_AGAINST))])
    assert [button["topic"] for button in turn["buttons"]] == [GUIDE_RULES, "apply_how", "contact_migrationsverket"]


@pytest.mark.parametrize(
    ("answers", "offered"),
    [
        ({"citizen": "yes"}, ["moving_abroad", "eligibility_citizen", "contact_migrationsverket"]),
        (
            {"permit": "asylum"},
            ["reestablishment_support", "eligibility_asylum_seeker", "contact_migrationsverket"],
        ),
        ({"debts": "yes"}, ["eligibility_debts", "contact_migrationsverket"]),
        ({"granted": "later", "living": "no", "destination": "eu", "debts": "yes"}, None),
    ],
)
async def test_the_outcome_offers_the_rules_and_what_may_be_the_support(
    guided: Guided, guide: Guide, answers: dict[str, str], offered: list[str] | None
) -> None:
    turn = await guided.start()
    given: dict[str, str] = {}
    for question, usual in NOTHING_AGAINST:
        given[question] = answers.get(question, usual)
        turn = await guided.answer(question, given[question])
        if guide.next_question(given) is None:
            break

    assert said(turn) == [guided.outcome(given)]
    pressed = [button["topic"] for button in turn["buttons"]]
    assert pressed == (offered or [pointer.topic for pointer in guide.outcome(given).against])
    assert [reply["topic"] for reply in (await guided.press(pressed[0]))["replies"]] == [pressed[0]]


async def test_what_is_left_open_is_named_at_the_end(guided: Guided) -> None:
    await guided.start()
    for number, (question, _) in enumerate(NOTHING_AGAINST):
        turn = await guided.answer(question, SKIP if number % 2 else UNKNOWN)

    for about in guided.language.guide.about.values():
        assert about in turn["replies"][0]["text"]


async def test_words_answer_too(guided: Guided, rasa: RasaSide) -> None:
    await guided.start()
    rasa.hears("no")

    assert said(await guided.say("nej")) == [guided.ask("permit")]


async def test_an_answer_is_no_call_for_help(guided: Guided, rasa: RasaSide) -> None:
    rasa.means("guide", question="permit", safety_note="crisis")

    assert said(await guided.say("I do", language="sv")) == [guided.ask("permit")]


async def test_a_note_on_help_comes_before_the_question_that_is_asked_again(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("permit")
    rasa.means("answered", "city_grant", safety_note="crisis")

    turn = await guided.say("jag orkar inte, betalar staden?")

    assert [reply["topic"] for reply in turn["replies"]] == ["city_grant", "crisis", GUIDE_TOPIC]
    assert said(turn)[-1] == guided.ask("permit")


async def test_another_question_is_answered_and_the_guide_goes_on(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("granted")
    rasa.means("answered", "grant_amount")

    turn = await guided.say("hur mycket är det?")

    assert turn["outcome"] == "answered"
    assert [reply["topic"] for reply in turn["replies"]] == ["grant_amount", GUIDE_TOPIC]
    assert said(turn)[1] == guided.ask("granted")
    assert list(guided.titles) == guided.titles_at("granted")
    assert said(await guided.answer("granted", "in_time")) == [guided.ask("living")]


async def test_what_is_not_understood_lets_the_guide_go_on(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("permit")
    rasa.means("not_understood")

    turn = await guided.say("blå elefanter")

    assert said(turn)[0] == guided.ui("not_understood")
    assert said(turn)[1] == guided.ask("permit")
    assert list(guided.titles) == guided.titles_at("permit")


async def test_choices_in_doubt_come_before_those_of_the_guide(
    guided: Guided, rasa: RasaSide, catalog: Catalog
) -> None:
    await guided.answer_until("permit")
    rasa.means("clarify", nearest=["crisis", "grant_amount"])

    turn = await guided.say("pengarna")

    titles = guided.language.titles
    doubt = [titles["crisis"], titles["grant_amount"], titles["not_what_i_meant"]]
    assert [button["title"] for button in turn["buttons"]] == doubt + guided.titles_at("permit")
    chosen = await guided.press("grant_amount")
    assert [reply["topic"] for reply in chosen["replies"]] == ["grant_amount", GUIDE_TOPIC]


async def test_a_topic_from_the_menu_lets_the_guide_go_on(guided: Guided) -> None:
    await guided.answer_until("living")
    guided.titles["menu"] = Dialogue.menu_button("city_grant")

    turn = await guided.choose("menu")

    assert [reply["topic"] for reply in turn["replies"]] == ["city_grant", GUIDE_TOPIC]
    assert said(turn)[1] == guided.ask("living")


async def test_a_button_of_an_earlier_question_answers_nothing(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("living")
    stale = guided.titles[guided.title("living", "no")]
    await guided.answer("living", "yes")
    for question in ("destination", "family"):
        await guided.answer(question, UNKNOWN)
    sent = len(rasa.received)

    turn = await guided._send({"button": stale})

    assert said(turn) == [guided.ask("debts")]
    assert list(guided.titles) == guided.titles_at("debts")
    assert len(rasa.received) == sent


async def test_one_step_back_asks_the_question_before_again(guided: Guided) -> None:
    await guided.answer_until("granted")

    assert said(await guided.answer("granted", BACK)) == [guided.ask("permit")]
    assert said(await guided.answer("permit", BACK)) == [guided.ask("citizen")]
    assert said(await guided.answer("citizen", "no")) == [guided.ask("permit")]


async def test_who_leaves_is_told_so_and_may_go_on(guided: Guided) -> None:
    await guided.answer_until("living")

    left = await guided.answer("living", LEAVE)

    assert said(left) == [guided.ui("guide_left")]
    assert next(iter(guided.buttons)) == GUIDE_TOPIC
    resumed = await guided.press(GUIDE_TOPIC)
    assert said(resumed)[-1] == guided.ask("living")


async def test_after_leaving_words_are_questions_again(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("living")
    await guided.answer("living", LEAVE)
    rasa.hears("yes")
    rasa.means("answered", "city_grant")

    assert [reply["topic"] for reply in (await guided.say("ja"))["replies"]] == ["city_grant"]


async def test_an_answer_without_rasa_is_not_lost(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("granted")
    button = guided.titles[guided.title("granted", "in_time")]

    rasa.fails(lambda request: httpx.Response(503))
    down = await guided._send({"button": button})
    rasa.back()
    up = await guided._send({"button": button})

    assert down["outcome"] == "unavailable"
    assert down["buttons"]
    assert said(up) == [guided.ask("living")]


async def test_free_text_without_rasa_leaves_the_guide_where_it_is(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("granted")
    button = guided.titles[guided.title("granted", "in_time")]

    rasa.fails(lambda request: httpx.Response(503))
    assert (await guided.say("nej"))["outcome"] == "unavailable"
    rasa.back()

    assert said(await guided._send({"button": button})) == [guided.ask("living")]


async def test_a_topic_that_is_answered_without_rasa_makes_no_old_button_answer(guided: Guided, rasa: RasaSide) -> None:
    await guided.answer_until("living")
    stale = guided.titles[guided.title("living", "yes")]
    await guided.answer("living", "yes")
    for question in ("destination", "family"):
        await guided.answer(question, UNKNOWN)

    rasa.fails(lambda request: httpx.Response(503))
    guided.titles["menu"] = Dialogue.menu_button("city_grant")
    await guided.choose("menu")
    rasa.back()

    assert said(await guided._send({"button": stale})) == [guided.ask("debts")]


@pytest.mark.parametrize("custom", [{"outcome": "guide"}, {"outcome": "guide", "question": "income"}])
async def test_a_guide_that_says_nothing_known_counts_as_down(
    talk: Talk, rasa: RasaSide, custom: dict[str, Any]
) -> None:
    rasa.means(custom.pop("outcome"), **custom)

    turn = await talk.say("guiden")

    assert turn["outcome"] == "unavailable"
    assert turn["replies"]


async def test_a_button_after_the_conversation_ended_starts_over(client: httpx.AsyncClient, guided: Guided) -> None:
    await guided.answer_until("permit")
    await client.delete(f"/api/v1/conversations/{guided.token}")

    turn = await guided.answer("permit", "asylum")

    assert [reply["topic"] for reply in turn["replies"]] == ["start_over"]
    assert turn["notice"]


async def test_a_button_of_somebody_elses_guide_is_refused(
    client: httpx.AsyncClient, guided: Guided, catalog: Catalog
) -> None:
    other = Guided(client, catalog)
    await guided.answer_until("permit")
    await other.start()
    stolen = guided.titles[guided.title("permit", "asylum")]

    response = await client.post(MESSAGES, json={"button": stolen, "conversation": other.token})

    assert response.status_code == 422


async def test_the_language_may_change_in_the_middle(
    client: httpx.AsyncClient, guided: Guided, catalog: Catalog, rasa: RasaSide
) -> None:
    await guided.answer_until("permit")
    english = Guided(client, catalog, "en")
    rasa.means("answered", "city_grant")

    turn = await guided.say("Does the city pay?", language="en")

    assert said(turn)[-1] == english.ask("permit")
    assert [button["title"] for button in turn["buttons"]] == english.titles_at("permit")


@one_gateway
@given(choose=st.data())
async def test_whatever_is_pressed_the_guide_ends_with_the_outcome_of_the_answers(
    client: httpx.AsyncClient, catalog: Catalog, choose: st.DataObject
) -> None:
    guided, answers = Guided(client, catalog), dict[str, str]()
    turn = await guided.start()
    for _ in range(30):
        question = catalog.guide.next_question(answers)
        if question is None:
            break
        option = choose.draw(st.sampled_from([*catalog.guide.options(question), *([BACK] if answers else [])]))
        turn = await guided.answer(question, option)
        if option == BACK:
            answers.popitem()
        else:
            answers[question] = option

    following = catalog.guide.next_question(answers)
    assert said(turn)[-1] == (guided.ask(following) if following else guided.outcome(answers))


async def test_no_answer_is_printed_or_logged(
    make_app: MakeApp, catalog: Catalog, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with reach(make_app(catalog=catalog, log_level="DEBUG", limits="off")) as client:
        guided = Guided(client, catalog)
        await guided.start()
        await guided.answer("citizen", "no")
        await guided.answer("permit", "temporary_protection")
        await client.post("/guide", data={"citizen": "no", "permit": "temporary_protection"})

    printed = capsys.readouterr()
    ours = [record for record in caplog.records if "gateway.test" not in record.getMessage()]
    logged = "".join(f"{record.getMessage()}{record.__dict__}" for record in ours)
    assert ours
    assert "/guide" in printed.out
    for secret in ("temporary_protection", "permit", "citizen", "guide_option", "guide_answer"):
        assert secret not in printed.out + printed.err + logged
