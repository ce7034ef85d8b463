"""The guide as a resident meets it: Rasa's form, its actions and the gateway, by buttons and by words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.catalog import Catalog, Language
from bot.facts.book import FactBook
from bot.guide import BACK, GUIDE_TOPIC, LEAVE, UNKNOWN
from bot.render import Renderer
from tests.stack import Stack

START = {"sv": "kan du gå igenom om jag kan få bidraget?", "en": "Can you go through the conditions with me?"}
ASIDE = {"sv": "vad har migrationsverket för telefonnummer?", "en": "What is the phone number of the Migration Agency?"}
CRISIS = {"sv": "min man slår mig om jag inte skriver på", "en": "My husband hits me if I do not sign"}
URGENT = {"crisis", "pressured"}
ANSWERS = {
    "citizen": "no",
    "permit": "protection",
    "granted": "in_time",
    "living": "yes",
    "destination": "home",
    "family": "alone",
    "debts": "yes",
}
TYPED = {
    "sv": ["Nej!", "flykting", "före", "ja", "hem", "bara jag", "japp"],
    "en": ["nope", "Refugee", "before", "yes", "home", "only me", "I do"],
}


class Person:
    """Somebody in one conversation, in one language."""

    def __init__(self, api: httpx.Client, catalog: Catalog, code: str) -> None:
        self._api = api
        self._catalog = catalog
        self.language: Language = catalog.languages[code]
        self._renderer = Renderer(catalog, FactBook(catalog.ledger))
        self.turn: dict[str, Any] = {}

    def say(self, text: str) -> list[str | None]:
        return self._send(text=text)

    def press(self, title: str) -> list[str | None]:
        button = next(button["id"] for button in self.turn["buttons"] if button["title"] == title)
        return self._send(button=button)

    def choose(self, option: str) -> list[str | None]:
        """Press the button of an option of the question that is open."""
        question = self.asked
        assert question
        own = self.language.guide.options[question].get(option)
        return self.press(own or self.ui(f"guide_{option}"))

    def answer_until(self, question: str) -> None:
        """Start, and answer by buttons what is asked before a question."""
        self.say(START[self.language.code])
        for before, option in ANSWERS.items():
            if before == question:
                break
            assert self.asked == before
            self.choose(option)
        assert self.asked == question

    @property
    def asked(self) -> str | None:
        """The question that was asked last."""
        last = self.turn["replies"][-1]["text"]
        texts = {self._renderer.guide_question(one, self.language).text: one for one in self._catalog.guide.questions}
        return texts.get(last)

    def outcome(self, answers: dict[str, str]) -> str:
        return self._renderer.guide_outcome(answers, self.language).text

    def ui(self, key: str) -> str:
        return self._renderer.ui(key, self.language)

    def _send(self, **message: str) -> list[str | None]:
        """Send, and return the topics of the replies."""
        body = {**message, "conversation": self.turn.get("conversation"), "language": self.language.code}
        response = self._api.post("/api/v1/messages", json=body)
        assert response.status_code == 200, response.text
        self.turn = response.json()
        return [reply["topic"] for reply in self.turn["replies"]]


@pytest.fixture(params=["sv", "en"])
def person(request: pytest.FixtureRequest, api: httpx.Client, catalog: Catalog) -> Person:
    return Person(api, catalog, request.param)


def test_the_guide_by_buttons(person: Person) -> None:
    person.answer_until("debts")

    person.choose("yes")

    assert [reply["text"] for reply in person.turn["replies"]] == [person.outcome(ANSWERS)]
    assert person.turn["outcome"] == "guide"
    assert person.turn["buttons"][0]["topic"] == "eligibility_debts"


def test_the_guide_in_words(person: Person) -> None:
    person.say(START[person.language.code])
    for question, text in zip(ANSWERS, TYPED[person.language.code], strict=True):
        assert person.asked == question
        person.say(text)

    assert [reply["text"] for reply in person.turn["replies"]] == [person.outcome(ANSWERS)]


@pytest.mark.parametrize("option", ["temporary_protection", "asylum", "other"])
def test_it_ends_where_nothing_asked_later_could_change_it(person: Person, option: str) -> None:
    person.answer_until("permit")

    person.choose(option)

    assert person.turn["replies"][0]["text"] == person.outcome({"citizen": "no", "permit": option})


def test_everything_can_be_left_open(person: Person) -> None:
    person.say(START[person.language.code])
    for question in ANSWERS:
        assert person.asked == question
        person.choose(UNKNOWN)

    assert person.turn["replies"][0]["text"] == person.outcome(dict.fromkeys(ANSWERS, UNKNOWN))


def test_after_the_end_words_are_questions_and_the_answers_are_forgotten(person: Person) -> None:
    person.answer_until("debts")
    person.choose("yes")

    assert GUIDE_TOPIC not in person.say(ASIDE[person.language.code])
    person.say(START[person.language.code])
    assert person.asked == "citizen"


def test_another_question_in_the_middle_is_answered_and_the_guide_goes_on(person: Person) -> None:
    person.answer_until("granted")

    assert person.say(ASIDE[person.language.code])[0] == "contact_migrationsverket"

    assert person.turn["outcome"] == "answered"
    assert person.asked == "granted"
    person.choose("in_time")
    assert person.asked == "living"


def test_what_nobody_understands_lets_the_guide_go_on(person: Person) -> None:
    person.answer_until("permit")

    person.say("xyzzy plugh qwrt")

    assert person.asked == "permit"
    person.choose("protection")
    assert person.asked == "granted"


def test_danger_in_the_middle_is_answered_first(person: Person) -> None:
    person.answer_until("family")

    topics = person.say(CRISIS[person.language.code])

    assert topics[0] in URGENT
    assert person.asked == "family"
    person.choose("alone")
    assert person.asked == "debts"


def test_back_goes_back_as_far_as_one_likes(person: Person) -> None:
    person.answer_until("living")
    for question in ("granted", "permit", "citizen"):
        person.choose(BACK)
        assert person.asked == question

    person.choose("yes")

    assert person.turn["replies"][0]["text"] == person.outcome({"citizen": "yes"})


def test_who_leaves_can_go_on_later(person: Person) -> None:
    person.answer_until("destination")

    person.choose(LEAVE)

    assert person.turn["replies"][-1]["text"] == person.ui("guide_left")
    assert person.asked is None
    person.say(ASIDE[person.language.code])
    assert person.asked is None
    person.say(START[person.language.code])
    assert person.asked == "destination"
    for option in ("home", "alone", "yes"):
        person.choose(option)
    assert person.turn["replies"][0]["text"] == person.outcome(ANSWERS)


def test_answers_outlive_the_turns_that_rasa_forgets(person: Person) -> None:
    """The tracker store keeps six turns; the guide's answers must not go with the others."""
    person.answer_until("granted")
    for _ in range(12):
        person.say(ASIDE[person.language.code])
        assert person.asked == "granted"
    for option in ("in_time", "yes", "home", "alone"):
        person.choose(option)

    person.choose("yes")

    assert person.turn["replies"][0]["text"] == person.outcome(ANSWERS)


def test_answers_outlive_a_long_pause_after_leaving(person: Person) -> None:
    person.answer_until("living")
    person.choose(LEAVE)
    for _ in range(12):
        person.say(ASIDE[person.language.code])
        assert person.asked is None

    person.say(START[person.language.code])

    assert person.asked == "living"


def test_a_button_of_an_earlier_question_answers_nothing(person: Person) -> None:
    person.answer_until("living")
    old = person.turn
    person.choose("yes")
    person.choose(UNKNOWN)
    person.choose(UNKNOWN)
    assert person.asked == "debts"

    person.turn = old
    person.choose("no")

    assert person.asked == "debts"


def test_an_old_button_after_the_end_asks_from_the_beginning(person: Person) -> None:
    person.answer_until("permit")
    old = person.turn
    person.choose("asylum")

    person.turn = old
    person.choose("protection")

    assert person.asked == "citizen"


@pytest.mark.parametrize("option", [BACK, LEAVE])
def test_going_back_or_leaving_after_the_end_breaks_nothing(person: Person, option: str) -> None:
    person.answer_until("permit")
    old = person.turn
    person.choose("asylum")

    person.turn = old
    person.choose(option)

    assert person.turn["outcome"] == "guide"
    assert person.turn["replies"][-1]["text"]
    person.say(START[person.language.code])
    assert person.asked == "citizen"


def test_starting_over_in_the_middle_is_answered(person: Person) -> None:
    person.answer_until("permit")

    topics = person.say("börja om" if person.language.code == "sv" else "start over")

    assert topics == ["start_over"]
    person.say(START[person.language.code])
    assert person.asked == "citizen"


def test_no_answer_of_the_guide_is_printed_anywhere(stack: Stack, person: Person) -> None:
    person.answer_until("permit")
    person.choose("temporary_protection")

    printed = "".join(path.read_text(encoding="utf-8", errors="replace") for path in stack.logs.glob("*.log"))

    for secret in ("temporary_protection", "guide_permit", "guide_option"):
        assert secret not in printed


def test_the_page_gives_the_same_outcome_as_the_chat(person: Person, api: httpx.Client) -> None:
    person.answer_until("debts")
    person.choose("yes")

    page = api.post("/guide", data={**ANSWERS, "sprak": person.language.code}).text

    assert person.language.titles["eligibility_debts"] in page
    assert person.ui("guide_against") in page
