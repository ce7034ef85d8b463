from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import (
    Inline,
    Line,
    Link,
    List,
    Paragraph,
    Strong,
    Text,
    Value,
    When,
    facts_in,
    lines,
    parse,
    parse_line,
    words_in,
)


def rebuild(line: Line) -> str:
    return "".join(map(_written, line))


def _written(piece: Inline) -> str:
    if isinstance(piece, Text):
        return piece.text
    if isinstance(piece, Strong):
        return f"**{rebuild(piece.content)}**"
    if isinstance(piece, Link):
        return f"[{piece.text}]({{{piece.fact}}})"
    aspect = f":{piece.aspect}" if piece.aspect else ""
    sign = ("?" if piece.known else "!") if isinstance(piece, When) else ""
    return f"{{{sign}{piece.fact}{aspect}}}"


def test_blank_lines_part_paragraphs() -> None:
    assert parse("one\ntwo\n\n\nthree\n") == (Paragraph((Text("one two"),)), Paragraph((Text("three"),)))


def test_dashes_make_a_list_and_an_indented_line_goes_on() -> None:
    assert parse("- one\n  and more\n- two") == (List(((Text("one and more"),), (Text("two"),))),)


def test_a_list_may_follow_its_paragraph_at_once() -> None:
    assert parse("these:\n- one") == (Paragraph((Text("these:"),)), List(((Text("one"),),)))


def test_a_line_holds_words_strong_links_and_facts() -> None:
    line = parse_line("**No, not {city}.** Call {phone} or read [the page]({page}).")

    assert line == (
        Strong((Text("No, not "), Value("city"), Text("."))),
        Text(" Call "),
        Value("phone"),
        Text(" or read "),
        Link("the page", "page"),
        Text("."),
    )
    assert list(facts_in(line)) == ["city", "phone", "page"]
    assert "phone" not in words_in(line)
    assert "the page" in words_in(line)


def test_a_line_may_begin_with_conditions() -> None:
    line = parse_line("{?hours} {!phone}{?grant:before}  It is {hours}.")

    assert line == (
        When("hours", None, True),
        When("phone", None, False),
        When("grant", "before", True),
        Text("It is "),
        Value("hours"),
        Text("."),
    )
    assert list(facts_in(line)) == ["hours", "phone", "grant", "hours"]
    assert words_in(line).split() == ["It", "is", "."]


def test_each_paragraph_and_item_has_conditions_of_its_own() -> None:
    blocks = parse("{?a}one\ntwo\n\n{!a}three\n\n- {?b}four\n  five\n- six")

    assert blocks == (
        Paragraph((When("a", None, True), Text("one two"))),
        Paragraph((When("a", None, False), Text("three"))),
        List(((When("b", None, True), Text("four five")), (Text("six"),))),
    )


@pytest.mark.parametrize("aspect", ["now", "before", "since"])
def test_a_fact_can_be_told_in_an_aspect(aspect: str) -> None:
    line = parse_line(f"**{{fact:{aspect}}}** or {{fact}}")

    assert line == (Strong((Value("fact", aspect),)), Text(" or "), Value("fact"))
    assert list(facts_in(line)) == ["fact", "fact"]


def test_lines_come_in_reading_order() -> None:
    assert [words_in(line) for line in lines(parse("a\n\n- b\n- c\n\nd"))] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "mistyped",
    [
        "**open",
        "[text](https://agency.example/)",
        "[text]({page)",
        "{two words}",
        "{}",
        "a <b>bold</b> word",
        "# heading",
        "see https://agency.example/",
        "words {?fact} words",
        "words {!fact}",
        "{fact} {?fact}",
        "{?fact:now} words",
        "{!fact:since} words",
        "{? fact} words",
        "{?} words",
        "{?!fact} words",
        "{fact:soon}",
        "{fact:}",
        "[text]({fact:before})",
        "[text]({?fact})",
        "{?a}two lines\n{!a}of one paragraph",
        "- {?a}an item\n  {!a}that goes on",
        "**{?fact}words**",
    ],
)
def test_mistyped_markup_is_refused(mistyped: str) -> None:
    with pytest.raises(ValueError, match="is not markup here"):
        parse(mistyped)


def test_prose_glued_to_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="blank line"):
        parse("- one\nprose")


PIECES = st.sampled_from(
    ["{?a}", "{!b}", "{?a:before}", "{!a:now}", "{a}", "{a:now}", "{b:since}", "**", "[x]({a})", "word", " ", "\n", ":"]
)


def close(text: str) -> str:
    """Return the text without space around conditions, which is not said."""
    return re.sub(r"\s*(\{[?!]\w+(?::before)?\})\s*", r"\1", text)


@given(text=st.text(alphabet=st.sampled_from("ab {}[]()*#<-_\n?!:") | st.characters()) | st.lists(PIECES).map("".join))
def test_any_line_is_kept_whole_or_refused(text: str) -> None:
    try:
        line = parse_line(text)
    except ValueError:
        return
    assert rebuild(line) == close(text)


@given(text=st.lists(PIECES).map("".join))
def test_conditions_stand_before_everything_else(text: str) -> None:
    try:
        line = parse_line(text)
    except ValueError:
        return
    conditions = [isinstance(piece, When) for piece in line]
    assert conditions == sorted(conditions, reverse=True)
    assert all(piece.aspect in (None, "before") for piece in line if isinstance(piece, When))


@given(text=st.text(alphabet=st.sampled_from("ab {}[]()*- \n?!:")) | st.lists(PIECES | st.just("- ")).map("".join))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        blocks = parse(text)
    except ValueError:
        return
    assert all(isinstance(block, (Paragraph, List)) for block in blocks)
