"""The guide's actions, given the trackers that Rasa gives them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.guide import GuideForget, ValidateGuideForm
from bot.catalog import DATA, Catalog
from bot.content import ContentFile
from bot.guide import BACK, GUIDE_ANSWER, GUIDE_SLOT, LEAVE, OPEN, SKIP, UNKNOWN, load_guide

GUIDE = load_guide(ContentFile(DATA / "guide.yml"))
QUESTIONS = list(GUIDE.questions)
ANSWERED = {
    "citizen": "no",
    "permit": "protection",
    "granted": "in_time",
    "living": "yes",
    "destination": "home",
    "family": "alone",
    "debts": "no",
}


@pytest.fixture(scope="module")
def form() -> ValidateGuideForm:
    return ValidateGuideForm()


def asking(question: str | None, text: str | None = "", option: str | None = None, **answers: str) -> Tracker:
    """Return a tracker in which a question is open and a message has just come."""
    slots = {f"{GUIDE_SLOT}{one}": answers.get(one) for one in QUESTIONS}
    requested = question and f"{GUIDE_SLOT}{question}"
    entities = [{"entity": "guide_option", "value": option}] if option else []
    message = {"intent": {"name": GUIDE_ANSWER if option else "greet"}, "text": text, "entities": entities}
    events = [{"event": "user", "text": text}]
    loop = {"name": "guide_form"} if question else {}
    return Tracker("a", {**slots, "requested_slot": requested}, message, events, False, None, loop, "action_listen")


def before(question: str) -> dict[str, str]:
    """Return answers to all that is asked before a question."""
    return {one: ANSWERED[one] for one in QUESTIONS[: QUESTIONS.index(question)]}


async def events_of(form: ValidateGuideForm, tracker: Tracker, domain: Domain) -> dict[str, Any]:
    """Return the slots that the form sets, by name."""
    dispatcher = CollectingDispatcher()
    events = await form.run(dispatcher, tracker, domain.as_dict())
    assert dispatcher.messages == []
    assert {event["event"] for event in events} <= {"slot"}
    return {event["name"]: event["value"] for event in events}


@pytest.mark.parametrize(
    ("question", "option"), [(question, option) for question in QUESTIONS for option in GUIDE.options(question)]
)
async def test_a_button_answers_the_question(
    form: ValidateGuideForm, domain: Domain, question: str, option: str
) -> None:
    tracker = asking(question, f"/{GUIDE_ANSWER}", option, **before(question))

    set_ = await events_of(form, tracker, domain)

    assert set_.pop(f"{GUIDE_SLOT}{question}") == option
    following = GUIDE.next_question({**before(question), question: option})
    if question == QUESTIONS[-2]:
        # All questions are asked then: which one is next is left to Rasa.
        assert set_ == {}
    else:
        assert set_.get("requested_slot") == (following and f"{GUIDE_SLOT}{following}")


async def test_every_label_and_typed_form_answers_the_question(
    form: ValidateGuideForm, domain: Domain, catalog: Catalog
) -> None:
    for language in catalog.languages.values():
        for question in QUESTIONS:
            for option in GUIDE.options(question):
                label = language.guide.options[question].get(option)
                for text in sorted({*language.guide.typed.get(option, ()), *([label] if label else [])}):
                    set_ = await events_of(form, asking(question, text, **before(question)), domain)

                    assert set_[f"{GUIDE_SLOT}{question}"] == option, (language.code, question, text)


@pytest.mark.parametrize(
    ("question", "text", "option"),
    [
        ("citizen", "Ja!", "yes"),
        ("citizen", "nope", "no"),
        ("permit", "flykting", "protection"),
        ("permit", "Refugee", "protection"),
        ("permit", "Ukraina", "temporary_protection"),
        ("granted", "före", "in_time"),
        ("living", "I do", "yes"),
        ("destination", "hem", "home"),
        ("family", "only me", "alone"),
        ("debts", "vet inte", UNKNOWN),
        ("debts", "skip", SKIP),
    ],
)
async def test_words_answer_the_question(
    form: ValidateGuideForm, domain: Domain, question: str, text: str, option: str
) -> None:
    set_ = await events_of(form, asking(question, text, **before(question)), domain)

    assert set_[f"{GUIDE_SLOT}{question}"] == option


@pytest.mark.parametrize("text", ["hur mycket pengar får man?", "", None, "x" * 1000, "kanske lite", "👍"])
async def test_other_words_set_nothing(form: ValidateGuideForm, domain: Domain, text: str | None) -> None:
    for question in QUESTIONS:
        set_ = await events_of(form, asking(question, text, **before(question)), domain)

        assert set_.pop("requested_slot", f"{GUIDE_SLOT}{question}") == f"{GUIDE_SLOT}{question}"
        assert set_ == {}


@pytest.mark.parametrize("option", ["family", "asylum", "nonsense", "in_time"])
async def test_a_button_of_another_question_sets_nothing(form: ValidateGuideForm, domain: Domain, option: str) -> None:
    set_ = await events_of(form, asking("debts", "", option, **before("debts")), domain)

    assert {name for name, value in set_.items() if value is not None} <= {"requested_slot"}


@pytest.mark.parametrize("question", QUESTIONS[1:])
async def test_back_takes_the_last_answer_back(form: ValidateGuideForm, domain: Domain, question: str) -> None:
    last = QUESTIONS[QUESTIONS.index(question) - 1]

    set_ = await events_of(form, asking(question, "", BACK, **before(question)), domain)

    assert set_ == {f"{GUIDE_SLOT}{last}": None, "requested_slot": f"{GUIDE_SLOT}{last}"}


async def test_back_at_the_first_question_asks_it_again(form: ValidateGuideForm, domain: Domain) -> None:
    set_ = await events_of(form, asking(QUESTIONS[0], "", BACK), domain)

    assert set_ == {f"{GUIDE_SLOT}{QUESTIONS[0]}": None, "requested_slot": f"{GUIDE_SLOT}{QUESTIONS[0]}"}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_leaving_asks_nothing_more_and_keeps_the_answers(
    form: ValidateGuideForm, domain: Domain, question: str
) -> None:
    set_ = await events_of(form, asking(question, "", LEAVE, **before(question)), domain)

    assert set_["requested_slot"] is None
    assert set(set_) <= {"requested_slot", f"{GUIDE_SLOT}{question}"}
    assert set(set_.values()) == {None}


async def test_resuming_asks_the_first_question_without_an_answer(form: ValidateGuideForm, domain: Domain) -> None:
    set_ = await events_of(form, asking(None, "starta guiden", **before("destination")), domain)

    assert set_ == {"requested_slot": f"{GUIDE_SLOT}destination"}


async def test_words_answer_nothing_while_no_question_is_open(form: ValidateGuideForm, domain: Domain) -> None:
    assert await events_of(form, asking(None, "ja"), domain) == {"requested_slot": f"{GUIDE_SLOT}{QUESTIONS[0]}"}


async def test_what_was_answered_is_not_logged(
    form: ValidateGuideForm, domain: Domain, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await events_of(form, asking("permit", "Ukraina", **before("permit")), domain)

    assert "guide_permit" not in caplog.text
    assert "temporary_protection" not in caplog.text


def forgotten(**answers: str) -> set[str]:
    events = GuideForget().run(CollectingDispatcher(), asking(None, **answers), {})
    assert {event["value"] for event in events} <= {None}
    return {event["name"] for event in events}


@pytest.mark.parametrize("answers", [ANSWERED, {"citizen": "yes"}, dict.fromkeys(QUESTIONS, UNKNOWN)])
def test_every_answer_is_forgotten_at_the_end(answers: dict[str, str]) -> None:
    assert forgotten(**answers) == {f"{GUIDE_SLOT}{question}" for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS)
def test_who_left_may_go_on_later(question: str) -> None:
    assert forgotten(**before(question)) == set()


def test_the_domain_has_a_slot_for_each_question_in_order(domain: Domain) -> None:
    slots = [f"{GUIDE_SLOT}{question}" for question in QUESTIONS]

    assert domain.required_slots_for_form("guide_form") == slots
    assert [slot.name for slot in domain.slots if slot.name.startswith(GUIDE_SLOT)] == slots
    assert not any(slot.influence_conversation for slot in domain.slots if slot.name in slots)
    assert not {BACK, LEAVE, *OPEN} & {option for options in GUIDE.questions.values() for option in options}


async def test_the_action_server_finds_both_and_says_nothing_itself(domain: Domain) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    tracker = asking("citizen", "nej").current_state()

    result = await executor.run(
        {"next_action": "validate_guide_form", "sender_id": "a", "tracker": tracker, "domain": domain.as_dict()}
    )

    assert result
    assert result["responses"] == []
    assert {"event": "slot", "timestamp": None, "name": "guide_citizen", "value": "no"} in result["events"]
    assert "action_guide_forget" in executor.actions
