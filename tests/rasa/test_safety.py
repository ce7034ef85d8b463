from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog, load_catalog
from bot.nlu.classifier import ALSO_ASKED, CONFIDENCES, INTENT_RANKING
from bot.nlu.follow_up import FollowUpResolver
from bot.nlu.safety import SAFETY_NOTE, SafetyFirst
from tests.conftest import Content

ANSWER, NOTE = 0.4, 0.1
CONFIG = {"data": "data", "answer_above": ANSWER, "thresholds": {}, "note_above": NOTE}
PHRASE, OTHER_PHRASE = "they hurt me", "lurad på pengar"
FALLBACK = "nlu_fallback"


@pytest.fixture
def danger(content: Content) -> Catalog:
    """The small content, in which two topics are about safety."""
    topics = "safety:\n  crisis: {facts: [agency_phone]}\n  scam: {facts: [agency_phone]}\n\noutside:\n"
    content.edit("data/topics.yml", "outside:\n", topics)
    content.edit("data/languages/en.yml", "safety: {}", f"safety: {{crisis: '{PHRASE}, in danger*', scam: a trick}}")
    content.edit("data/languages/sv.yml", "safety: {}", f"safety: {{crisis: i fara, scam: {OTHER_PHRASE}}}")
    return load_catalog(content.folder / "data")


@pytest.fixture
def safety(danger: Catalog) -> SafetyFirst:
    return SafetyFirst.create(CONFIG, None, None, None)  # type: ignore[arg-type]


def heard(safety: SafetyFirst, text: str, *, fallback: bool = False, **confidences: float) -> Message:
    """Return a message that was understood so, with the rest of the confidence for `greet`."""
    confidences["greet"] = 1 - sum(confidences.values())
    ranked = sorted(confidences.items(), key=lambda one: -one[1])
    ranking = [{"name": name, "confidence": confidence} for name, confidence in ranked]
    if fallback:
        ranking.insert(0, {"name": FALLBACK, "confidence": 0.75})
    data = {TEXT: text, INTENT: ranking[0], INTENT_RANKING: ranking, CONFIDENCES: confidences}
    (message,) = safety.process([Message(data)])
    return message


def names(message: Message) -> list[str]:
    ranking: list[dict[str, Any]] = message.get(INTENT_RANKING)
    return [one["name"] for one in ranking]


def test_what_is_likely_about_safety_is_answered(safety: SafetyFirst) -> None:
    message = heard(safety, "hjälp", crisis=ANSWER)

    assert message.get(INTENT) == {"name": "crisis", "confidence": 1.0}
    assert message.get(SAFETY_NOTE) is None


def test_confidences_of_all_safety_topics_count_together(safety: SafetyFirst) -> None:
    message = heard(safety, "hjälp", crisis=0.18, scam=0.22)

    assert message.get(INTENT)["name"] == "scam"


def test_a_topic_may_have_to_be_surer(danger: Catalog) -> None:
    config = {**CONFIG, "thresholds": {"scam": 0.6}}
    safety = SafetyFirst.create(config, None, None, None)  # type: ignore[arg-type]

    doubted = heard(safety, "hjälp", fallback=True, crisis=0.05, scam=0.5)
    assert doubted.get(INTENT)["name"] == FALLBACK
    assert doubted.get(SAFETY_NOTE) == "scam"
    assert heard(safety, "hjälp", crisis=0.1, scam=0.5).get(INTENT)["name"] == "scam"
    assert heard(safety, "hjälp", crisis=0.3, scam=0.2).get(INTENT)["name"] == "crisis"


@pytest.mark.parametrize("confidence", [NOTE, (NOTE + ANSWER) / 2, ANSWER - 0.01])
def test_what_may_be_about_safety_keeps_its_answer_and_gets_a_note(safety: SafetyFirst, confidence: float) -> None:
    message = heard(safety, "hjälp", scam=confidence)

    assert message.get(INTENT)["name"] == "greet"
    assert names(message) == ["greet", "scam"]
    assert message.get(SAFETY_NOTE) == "scam"


def test_the_likeliest_is_noted(safety: SafetyFirst) -> None:
    assert heard(safety, "hjälp", crisis=0.06, scam=0.07).get(SAFETY_NOTE) == "scam"


def test_what_is_hardly_about_safety_is_left_alone(safety: SafetyFirst) -> None:
    message = heard(safety, "hjälp", crisis=NOTE - 0.01)

    assert message.get(INTENT)["name"] == "greet"
    assert message.get(SAFETY_NOTE) is None


def test_other_topics_count_for_nothing(safety: SafetyFirst) -> None:
    message = heard(safety, "hjälp", grant_amount=0.9)

    assert message.get(INTENT)["name"] == "grant_amount"
    assert message.get(SAFETY_NOTE) is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (f"Help, {PHRASE.upper()}!", "crisis"),
        ("we are in dangerous waters", "crisis"),
        (f"jag blev {OTHER_PHRASE}", "scam"),
    ],
)
def test_a_phrase_of_any_language_makes_an_answer_of_a_note(safety: SafetyFirst, text: str, topic: str) -> None:
    message = heard(safety, text, crisis=NOTE / 2, scam=NOTE / 2)

    assert message.get(INTENT) == {"name": topic, "confidence": 1.0}
    assert message.get(SAFETY_NOTE) is None


def test_a_phrase_tells_which_topic_unless_the_confidence_is_enough(safety: SafetyFirst) -> None:
    assert heard(safety, PHRASE, scam=NOTE).get(INTENT)["name"] == "crisis"
    assert heard(safety, PHRASE, scam=ANSWER).get(INTENT)["name"] == "scam"


def test_a_phrase_alone_gives_a_note(safety: SafetyFirst) -> None:
    message = heard(safety, PHRASE, scam=NOTE / 2)

    assert message.get(INTENT)["name"] == "greet"
    assert names(message) == ["greet", "scam"]
    assert message.get(SAFETY_NOTE) == "crisis"


@pytest.mark.parametrize("text", ["they hurt", "hurt me they", "dey hurt me", "a tricky thing"])
def test_half_a_phrase_is_none(safety: SafetyFirst, text: str) -> None:
    assert heard(safety, text).get(SAFETY_NOTE) is None


def test_a_button_is_left_alone_whatever_its_text(safety: SafetyFirst) -> None:
    data = {TEXT: PHRASE, INTENT: {"name": "crisis", "confidence": 1.0}, "metadata": {"topic": "greet"}}

    (message,) = safety.process([Message(dict(data))])

    assert message.data == data


@pytest.mark.parametrize("text", ["", None])
def test_a_message_without_text_is_heard_by_its_confidences(safety: SafetyFirst, text: Any) -> None:
    assert heard(safety, text, crisis=0.9).get(INTENT)["name"] == "crisis"


@pytest.mark.parametrize("confidence", [ANSWER, 0.9])
def test_doubt_gives_way_and_leaves_the_ranking(safety: SafetyFirst, confidence: float) -> None:
    message = heard(safety, "hjälp", fallback=True, crisis=confidence)

    assert message.get(INTENT)["name"] == "crisis"
    assert names(message) == ["crisis", "greet"]


def test_doubt_stays_where_there_is_a_note_only(safety: SafetyFirst) -> None:
    message = heard(safety, "hjälp", fallback=True, crisis=NOTE)

    assert message.get(INTENT)["name"] == FALLBACK
    assert message.get(SAFETY_NOTE) == "crisis"


def test_nothing_hides_in_a_follow_up_whose_words_are_all_known(safety: SafetyFirst, danger: Catalog) -> None:
    ranking = [{"name": "scam", "confidence": 0.5}, {"name": "greet", "confidence": 0.5}]
    data = {TEXT: "hur mycket", INTENT: ranking[0], INTENT_RANKING: ranking, CONFIDENCES: {"scam": 0.5, "greet": 0.5}}
    resolved = FollowUpResolver(danger).process([Message({**data, "metadata": {"topic": "city_grant"}})])
    assert resolved[0].get(INTENT)["name"] == "grant_amount"

    (message,) = safety.process(resolved)

    assert message.get(INTENT)["name"] == "grant_amount"
    assert message.get(SAFETY_NOTE) is None


def test_what_is_set_goes_out_with_the_message(safety: SafetyFirst) -> None:
    answered = heard(safety, "hjälp", crisis=ANSWER).as_dict(only_output_properties=True)
    noted = heard(safety, "hjälp", crisis=NOTE).as_dict(only_output_properties=True)

    assert answered[INTENT]["name"] == answered[INTENT_RANKING][0]["name"] == "crisis"
    assert noted[SAFETY_NOTE] == "crisis"


def test_each_message_is_heard_by_itself(safety: SafetyFirst) -> None:
    confidences = [{"crisis": 0.9}, {"crisis": 0.0}, {"crisis": NOTE}]
    data = [{TEXT: "", INTENT: {"name": "greet"}, INTENT_RANKING: [], CONFIDENCES: found} for found in confidences]

    first, second, third = safety.process([Message(one) for one in data])

    assert [one.get(INTENT)["name"] for one in (first, second, third)] == ["crisis", "greet", "greet"]
    assert [one.get(SAFETY_NOTE) for one in (first, second, third)] == [None, None, "crisis"]


def both_asked(first: str, second: str, crisis: float) -> Message:
    """Return a message of two sure questions, as the classifier leaves it."""
    ranking = [{"name": first, "confidence": 1.0}, {"name": "out_of_scope", "confidence": 0.1}]
    confidences = {"crisis": crisis, "greet": 1 - crisis}
    data = {TEXT: "", INTENT: ranking[0], INTENT_RANKING: ranking, CONFIDENCES: confidences, ALSO_ASKED: second}
    return Message(data)


def test_a_second_question_about_safety_is_answered_first_and_once(safety: SafetyFirst) -> None:
    (message,) = safety.process([both_asked("grant_amount", "crisis", ANSWER)])

    assert message.get(INTENT)["name"] == "crisis"
    assert message.get(ALSO_ASKED) == "grant_amount"


def test_another_second_question_stays_the_second(safety: SafetyFirst) -> None:
    (message,) = safety.process([both_asked("crisis", "grant_amount", ANSWER)])

    assert message.get(INTENT)["name"] == "crisis"
    assert message.get(ALSO_ASKED) == "grant_amount"


def test_a_sure_second_question_about_safety_comes_first_whatever_the_whole_is_about(safety: SafetyFirst) -> None:
    (message,) = safety.process([both_asked("grant_amount", "crisis", NOTE)])

    assert message.get(INTENT)["name"] == "crisis"


def test_no_note_stands_below_an_answer_about_safety(safety: SafetyFirst) -> None:
    (message,) = safety.process([both_asked("crisis", "grant_amount", NOTE)])

    assert message.get(SAFETY_NOTE) is None


def test_the_default_is_quicker_to_note_than_to_answer() -> None:
    config = SafetyFirst.get_default_config()

    assert 0 < config["note_above"] < config["answer_above"] < 1


def test_every_real_phrase_is_noted(catalog: Catalog) -> None:
    real = SafetyFirst.create(SafetyFirst.get_default_config(), None, None, None)  # type: ignore[arg-type]
    topics = {topic.id for topic in catalog.topics.values() if topic.group == "safety"}
    for language in catalog.languages.values():
        assert language.safety.keys() == topics
        for topic, phrases in language.safety.items():
            for phrase in phrases:
                message = heard(real, phrase.rstrip("*"))

                assert message.get(SAFETY_NOTE) in topics, (language.code, topic, phrase)
