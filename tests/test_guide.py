"""The guide: which question comes next, where answers point, and what is said then."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import DATA, GUIDE_OUTCOME, Catalog, Language
from bot.content import ContentError, ContentFile, Fault
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM
from bot.guide import GUIDE_SLOT, MOST_QUESTIONS, OPEN, UNKNOWN, Guide, load_guide
from bot.render import Renderer
from tests.conftest import FRESH
from tests.nets import NETS
from tests.test_no_yes import claims

GUIDE = load_guide(ContentFile(DATA / "guide.yml"))
MONEY = re.compile(r"\d[\d\s,.]*(?:kr\b|kronor|SEK|procent|percent|%)")
SMALL = """\
questions:
  citizen: [yes, no]
  living: [here, away]

pointers:
  citizen: {when: {citizen: [yes]}, topic: grant_amount, ends: true}
  away: {when: {living: [away]}, topic: city_grant}
"""


def walked(choose: st.DataObject, guide: Guide = GUIDE) -> dict[str, str]:
    """Answer whatever is asked until nothing more is."""
    answers: dict[str, str] = {}
    while (question := guide.next_question(answers)) is not None:
        assert question not in answers
        answers[question] = choose.draw(st.sampled_from(guide.options(question)))
    return answers


def situations() -> Iterator[dict[str, str]]:
    """Yield answers for every outcome that answers can have, whichever way they come in."""
    seen = set()
    for options in itertools.product(*((*options, UNKNOWN) for options in GUIDE.questions.values())):
        answers = dict(zip(GUIDE.questions, options, strict=True))
        outcome = GUIDE.outcome(answers)
        key = (tuple(pointer.id for pointer in outcome.against), outcome.left_open)
        if key not in seen:
            seen.add(key)
            yield answers


@pytest.fixture(scope="module")
def renderer(catalog: Catalog) -> Renderer:
    now = datetime.combine(FRESH, time(12), tzinfo=STOCKHOLM)
    return Renderer(catalog, FactBook(catalog.ledger, clock=lambda: now))


@given(choose=st.data())
def test_it_ends_after_seven_questions_at_most_asked_in_order(choose: st.DataObject) -> None:
    answers = walked(choose)

    assert 1 <= len(answers) <= MOST_QUESTIONS
    assert list(answers) == list(GUIDE.questions)[: len(answers)]


@given(choose=st.data())
def test_it_ends_early_only_where_nothing_asked_later_could_change_it(choose: st.DataObject) -> None:
    answers = walked(choose)

    ended = any(pointer.ends for pointer in GUIDE.outcome(answers).against)
    assert ended or len(answers) == len(GUIDE.questions)


@given(choose=st.data())
def test_exactly_the_pointers_whose_options_were_chosen_are_told(choose: st.DataObject) -> None:
    answers = walked(choose)

    chosen = [
        pointer.id
        for pointer in GUIDE.pointers
        if pointer.when and all(answers.get(question) in options for question, options in pointer.when.items())
    ]
    assert [pointer.id for pointer in GUIDE.outcome(answers).against] == chosen


@given(choose=st.data())
def test_what_was_left_open_is_named_unless_it_does_not_matter(choose: st.DataObject) -> None:
    answers = walked(choose)

    outcome = GUIDE.outcome(answers)

    left_open = tuple(question for question, option in answers.items() if option in OPEN)
    assert outcome.left_open == (() if any(pointer.ends for pointer in outcome.against) else left_open)


def test_who_leaves_everything_open_is_told_nothing_against() -> None:
    for option in OPEN:
        outcome = GUIDE.outcome(dict.fromkeys(GUIDE.questions, option))

        assert outcome.against == ()
        assert outcome.left_open == tuple(GUIDE.questions)


@pytest.mark.parametrize("pointer", [pointer for pointer in GUIDE.pointers if not pointer.ends], ids=lambda one: one.id)
def test_what_does_not_end_the_guide_lets_it_go_on(pointer: Any) -> None:
    answers = {question: options[0] for question, options in pointer.when.items()}

    assert GUIDE.next_question(answers) is not None


@given(
    given_=st.dictionaries(
        st.sampled_from([*GUIDE.questions, "sprak", "x"]), st.none() | st.integers() | st.sampled_from(["yes", "x", ""])
    )
)
def test_whatever_a_form_brings_every_question_has_an_answer(given_: dict[str, Any]) -> None:
    answers = GUIDE.complete(given_)

    assert list(answers) == list(GUIDE.questions)
    for question, option in answers.items():
        assert option == given_.get(question) if option in GUIDE.questions[question] else option == UNKNOWN
    assert GUIDE.next_question(answers) is None


def test_answers_are_those_of_the_slots_in_the_order_of_the_questions() -> None:
    slots = {
        "guide_debts": "no",
        "guide_citizen": "yes",
        "guide_permit": None,
        "found_facts": {},
        "requested_slot": "x",
    }

    assert list(GUIDE.answers(slots).items()) == [("citizen", "yes"), ("debts", "no")]
    assert GUIDE.answers({}) == {}
    assert GUIDE.answers({f"{GUIDE_SLOT}{question}": UNKNOWN for question in GUIDE.questions}).keys() == (
        GUIDE.questions.keys()
    )


@pytest.mark.parametrize(
    ("old", "new", "says", "line"),
    [
        ("questions:\n", "asked:\n", "asked", 1),
        ("  citizen: [yes, no]", "  citizen: yes", "citizen", 2),
        ("[here, away]", "[here, 7]", "living.1", 3),
        ("topic: grant_amount", "to: grant_amount", "to", 6),
        ("topic: city_grant", "topic: 7", "away.topic", 7),
        ("ends: true", "ends: perhaps", "citizen.ends", 6),
        ("ends: true", "instead: 1", "citizen.instead", 6),
        ("{living: [away]}", "{living: [abroad, away]}", "living has no option abroad", 7),
        ("{living: [away]}", "{income: [high]}", "income has no option high", 7),
        ("{living: [away]}", "{living: [unknown]}", "living has no option unknown", 7),
        ("{living: [away]}", "{}", "away", 7),
        ("{living: [away]}", "{living: []}", "away", 7),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str, line: int
) -> None:
    monkeypatch.chdir(tmp_path)
    assert SMALL.count(old) == 1
    Path("guide.yml").write_text(SMALL.replace(old, new), encoding="utf-8")

    with pytest.raises(ContentError) as raised:
        load_guide(ContentFile(tmp_path / "guide.yml"))

    assert any(
        (fault.file, fault.line) == ("guide.yml", line) and says in fault.message for fault in raised.value.faults
    )


def test_more_than_seven_questions_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    more = "".join(f"  more_{number}: [yes]\n" for number in range(MOST_QUESTIONS - 2))
    path = tmp_path / "guide.yml"
    path.write_text(SMALL.replace("\npointers", f"{more}\npointers"), encoding="utf-8")
    assert len(load_guide(ContentFile(path)).questions) == MOST_QUESTIONS

    path.write_text(SMALL.replace("\npointers", f"{more}  one_more: [yes]\n\npointers"), encoding="utf-8")

    with pytest.raises(ContentError) as raised:
        load_guide(ContentFile(path))
    assert raised.value.faults == [Fault("guide.yml", 1, f"more than {MOST_QUESTIONS} questions")]


def forms(language: Language, question: str, option: str) -> set[str]:
    """Return everything that can be typed for an option, as people write it."""
    label = language.guide.options[question].get(option)
    return {*language.guide.typed.get(option, ()), *([label] if label else [])}


def test_every_option_has_a_button_in_every_language(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        for question, options in GUIDE.questions.items():
            labels = language.guide.options[question]

            assert list(labels) == list(options)
            assert len({label.casefold() for label in labels.values()}) == len(options)


def test_what_can_be_typed_stands_for_one_option_only_in_whatever_language(catalog: Catalog) -> None:
    for question in GUIDE.questions:
        for language, option in itertools.product(catalog.languages.values(), GUIDE.options(question)):
            for form in forms(language, question, option):
                heard = {other.guide.option(question, form) for other in catalog.languages.values()} - {None}

                assert heard == {option}, (language.code, question, form)


def test_every_option_but_the_longest_can_be_typed_shortly(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        typed = {option for options in GUIDE.questions.values() for option in options if option in language.guide.typed}

        assert typed >= {option for options in GUIDE.questions.values() for option in options} - {"stays"}
        assert typed.isdisjoint(OPEN)
        assert language.guide.typed.keys() >= set(OPEN)


@pytest.mark.parametrize(
    "text", ["", " ", "?", "ja men vad menas med det", "no idea what a permit is", "x" * 1000, "٣"]
)
def test_other_words_stand_for_nothing(catalog: Catalog, text: str) -> None:
    for language in catalog.languages.values():
        for question in GUIDE.questions:
            assert language.guide.option(question, text) is None


@pytest.mark.parametrize("text", ["JA!", " ja. ", "Ja"])
def test_words_are_compared_without_case_and_marks(catalog: Catalog, text: str) -> None:
    assert catalog.languages["sv"].guide.option("citizen", text) == "yes"


def said(language: Language, renderer: Renderer) -> set[str]:
    """Return every line that an outcome may hold: the confirmed texts."""
    keys = ("guide_against", "guide_nothing_against", "guide_left_open", GUIDE_OUTCOME)
    texts = {renderer.ui(key, language) for key in keys} | set(language.guide.about.values())
    for pointer in GUIDE.pointers:
        only = renderer.guide_outcome({question: options[0] for question, options in pointer.when.items()}, language)
        texts |= {line.removeprefix("- ") for line in only.text.splitlines() if line.startswith("- ")}
    return texts


def test_an_outcome_holds_nothing_but_confirmed_texts(catalog: Catalog, renderer: Renderer) -> None:
    for language in catalog.languages.values():
        confirmed = said(language, renderer)
        assert len(confirmed) == 4 + len(GUIDE.questions) + len(GUIDE.pointers)
        for answers in situations():
            lines = renderer.guide_outcome(answers, language).text.splitlines()

            assert {line.removeprefix("- ") for line in lines if line} <= confirmed


def test_no_outcome_names_an_amount_or_promises_anything(catalog: Catalog, renderer: Renderer) -> None:
    for language in catalog.languages.values():
        for answers in situations():
            reply = renderer.guide_outcome(answers, language)

            assert not MONEY.search(reply.text)
            assert not re.search(NETS[language.code].promise, reply.text, re.IGNORECASE), reply.text
            assert claims(reply.text, language.code) == []


@pytest.mark.parametrize("language", NETS)
def test_the_net_catches_a_promise(language: str) -> None:
    assert re.search(NETS[language].promise, NETS[language].promised, re.IGNORECASE)


def test_every_outcome_says_that_it_is_no_decision_and_who_decides(catalog: Catalog, renderer: Renderer) -> None:
    for language in catalog.languages.values():
        last = renderer.ui(GUIDE_OUTCOME, language)
        for answers in situations():
            reply = renderer.guide_outcome(answers, language)

            assert reply.text.endswith(last)
            assert catalog.ledger.facts["mv_phone"].format(language.locale) in reply.text


def values_in(nodes: Any) -> Iterator[str]:
    if isinstance(nodes, list):
        for node in nodes:
            yield from values_in(node)
    elif "fact" in nodes:
        yield nodes["fact"]
    else:
        yield from values_in([*nodes.get("content", []), *nodes.get("items", [])])


def test_an_outcome_gives_the_sources_of_all_that_it_tells(catalog: Catalog, renderer: Renderer) -> None:
    for language in catalog.languages.values():
        for answers in situations():
            reply = renderer.guide_outcome(answers, language)

            facts = {fact["id"] for fact in reply.facts}
            assert set(values_in(reply.blocks)) <= facts
            for pointer in GUIDE.outcome(answers).against:
                known = {id for id in catalog.topics[pointer.topic].facts if catalog.ledger.facts[id].known}
                assert known <= facts
            assert reply.sources


def test_a_pointer_leads_to_topics_that_exist(catalog: Catalog) -> None:
    for pointer in GUIDE.pointers:
        assert {pointer.topic, pointer.instead} - {None} <= catalog.topics.keys()
