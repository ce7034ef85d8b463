"""The small closed markup of answers: paragraphs, lists, **strong**, [links]({fact}) and {facts}.

A line that begins with {?fact} is said only while the fact is known, one with {!fact} only while it is not.
{#claim} before a sentence says what no translation may lose: it shows nothing, and is compared (bot/check.py).
{hours:now} tells whether it is open, {fact:before} the value before the last change, {fact:since} its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True)
class Text:
    """Words as they stand."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words of weight."""

    content: Line


@dataclass(frozen=True)
class Link:
    """Words that lead to the address of a fact."""

    text: str
    fact: str


@dataclass(frozen=True)
class Value:
    """The place where the value of a fact goes, or its aspect `now`, `before` or `since`."""

    fact: str
    aspect: str | None = None


@dataclass(frozen=True)
class When:
    """A line is said only when the fact (or its value `before`) is known, or is not."""

    fact: str
    aspect: str | None
    known: bool


@dataclass(frozen=True)
class Claim:
    """The words that follow, to the end of the line, say this in every language."""

    id: str


Inline = Union[Text, Strong, Link, Value, When, Claim]
Line = tuple[Inline, ...]
# Pieces that put nothing on the page.
UNSEEN = (When, Claim)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    content: Line


@dataclass(frozen=True)
class List:
    """A bulleted list, one line an item."""

    items: tuple[Line, ...]


Block = Union[Paragraph, List]

ASPECTS = ("now", "before", "since")
_INLINE = re.compile(
    r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<link>[^\]]+)\]\(\{(?P<to>\w+)\}\)"
    rf"|\{{(?P<value>\w+)(?::(?P<aspect>{'|'.join(ASPECTS)}))?\}}|\{{#(?P<claim>\w+)\}}"
)
_WHEN = re.compile(r"\s*\{(?P<sign>[?!])(?P<fact>\w+)(?::(?P<aspect>before))?\}\s*")
# What is left in plain words when somebody mistypes the markup.
_LEFTOVER = re.compile(r"\*\*|\]\(|[{}<>]|^#|https?:", re.MULTILINE)


def parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of `text`. Raises ValueError if there are none, or naming what is not markup."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        prose: list[str] = []
        items: list[str] = []
        for line in chunk.splitlines():
            if line.startswith("- "):
                items.append(line[2:].strip())
            elif items and line.startswith("  "):
                items[-1] += " " + line.strip()
            elif items:
                raise ValueError(f"a line after a list must begin with '- ' or a blank line: {line!r}")
            else:
                prose.append(line.strip())
        if prose:
            blocks.append(Paragraph(parse_line(" ".join(prose))))
        if items:
            blocks.append(List(tuple(parse_line(item) for item in items)))
    if not blocks:
        raise ValueError("there is no text")
    return tuple(blocks)


def parse_line(text: str) -> Line:
    """Return the inline pieces of one line. Raises ValueError as `parse`."""
    pieces: list[Inline] = []
    end = 0
    while condition := _WHEN.match(text, end):
        pieces.append(When(condition["fact"], condition["aspect"], condition["sign"] == "?"))
        end = condition.end()
    for match in _INLINE.finditer(text, end):
        if match.start() > end:
            pieces.append(_words(text[end : match.start()]))
        if match["strong"]:
            strong = parse_line(match["strong"])
            if any(isinstance(piece, When) for piece in strong):
                raise ValueError(
                    f"a condition is not markup here, only at the beginning of a line: {match['strong']!r}"
                )
            pieces.append(Strong(strong))
        elif match["link"]:
            pieces.append(Link(match["link"], match["to"]))
        elif match["claim"]:
            pieces.append(Claim(match["claim"]))
        else:
            pieces.append(Value(match["value"], match["aspect"]))
        end = match.end()
    if end < len(text):
        pieces.append(_words(text[end:]))
    if pieces and all(isinstance(piece, UNSEEN) for piece in pieces):
        raise ValueError(f"a condition has no words after it: {text.strip()!r}")
    return tuple(pieces)


def lines(blocks: tuple[Block, ...]) -> Iterator[Line]:
    """Yield every line of text in `blocks`, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.content
        else:
            yield from block.items


def facts_in(line: Line) -> Iterator[str]:
    """Yield the ids of the facts that `line` names, in reading order."""
    for piece in line:
        if isinstance(piece, Strong):
            yield from facts_in(piece.content)
        elif isinstance(piece, (Link, Value, When)):
            yield piece.fact


def words_in(line: Line) -> str:
    """Return the words of `line` without what facts put in."""
    return " ".join(
        words_in(piece.content) if isinstance(piece, Strong) else piece.text
        for piece in line
        if not isinstance(piece, (Value, *UNSEEN))
    )


def claims_in(line: Line) -> Iterator[tuple[str, str]]:
    """Yield (claim, words from there to the end of the line) for each claim of `line`."""
    for index, piece in enumerate(line):
        if isinstance(piece, Claim):
            yield piece.id, words_in(line[index:])


def _words(text: str) -> Text:
    leftover = _LEFTOVER.search(text)
    if leftover:
        raise ValueError(f"{leftover.group()!r} is not markup here: {text.strip()[:40]!r}")
    return Text(text)
