from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questions import questions

# Latin, Arabic, Greek, Ge'ez.
MARKS = "?\u061f\u037e\u1367"
WORD = st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=8)
SPACE = st.sampled_from(["", " ", "  ", "\n", "\u00a0"])


@st.composite
def asked(draw: st.DrawFn, least: int = 3) -> str:
    """One question of at least so many words."""
    words = draw(st.lists(WORD, min_size=least, max_size=least + 3))
    return " ".join(words) + draw(st.text(st.sampled_from(MARKS), min_size=1, max_size=3))


messy = st.text(st.one_of(st.sampled_from(MARKS + " \n.!,ab"), st.characters()), max_size=80)


@given(st.one_of(messy, st.lists(st.one_of(asked(0), messy), max_size=5).map(" ".join)))
def test_whatever_is_written_there_are_two_questions_or_none(text: str) -> None:
    found = questions(text)

    assert len(found) in (0, 2)
    for question in found:
        assert question.rstrip()[-1] in MARKS
        assert len(question.split()) >= 3
        assert question in text


@given(asked(), SPACE, asked())
def test_two_questions_are_found_whole_and_in_order(first: str, space: str, second: str) -> None:
    assert questions(first + space + second) == [first, second]


@given(asked(), asked(), WORD)
def test_what_follows_the_last_question_belongs_to_none(first: str, second: str, more: str) -> None:
    assert questions(f"{first} {second} {more}.") == [first, second]


@given(st.lists(asked(), min_size=3, max_size=5))
def test_more_than_two_questions_are_not_parted(many: list[str]) -> None:
    assert questions(" ".join(many)) == []


@given(asked())
def test_one_question_is_not_parted(only: str) -> None:
    assert questions(only) == []


@given(asked(), st.lists(WORD, min_size=1, max_size=2), st.booleans())
def test_a_question_of_a_word_or_two_stands_with_no_other(whole: str, short: list[str], last: bool) -> None:
    brief = " ".join(short) + "?"

    assert questions(f"{whole} {brief}" if last else f"{brief} {whole}") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Betalar kommunen något bidrag?", "Hur gör man för att söka?"),
        ("هل تدفع البلدية منحة؟", "كيف أقدم الطلب الآن؟"),
        ("ማዘጋጃ ቤቱ ገንዘብ ይከፍላል፧", "እንዴት አድርጌ ማመልከት እችላለሁ፧"),
        ("هل تدفع البلدية منحة؟", "Hur gör man för att söka?"),
        ("Betalar kommunen något bidrag??", "Hur gör man för att söka ?"),
    ],
)
def test_every_script_has_its_question_mark(first: str, second: str) -> None:
    assert questions(f"{first} {second}") == [first, second]
    assert questions(first + second) == [first, second]
