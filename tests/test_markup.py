from __future__ import annotations

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
    return f"{{{piece.fact}}}"


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
    ],
)
def test_mistyped_markup_is_refused(mistyped: str) -> None:
    with pytest.raises(ValueError, match="is not markup here"):
        parse(mistyped)


def test_prose_glued_to_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="blank line"):
        parse("- one\nprose")


@given(text=st.text(alphabet=st.sampled_from("ab {}[]()*#<-_\n") | st.characters()))
def test_any_line_is_kept_whole_or_refused(text: str) -> None:
    try:
        line = parse_line(text)
    except ValueError:
        return
    assert rebuild(line) == text


@given(text=st.text(alphabet=st.sampled_from("ab {}[]()*- \n")))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        blocks = parse(text)
    except ValueError:
        return
    assert all(isinstance(block, (Paragraph, List)) for block in blocks)
