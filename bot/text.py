"""What is done to every message before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata

# Invisible characters that reorder, hide or forge text: bidi controls, tags, joiners of nothing,
# byte order mark. ZWNJ and ZWJ (U+200C, U+200D) stay: Persian and Sorani words need them.
_DANGEROUS = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u061c\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_SPACE = re.compile(r"\s+")
_COMMAND = re.compile(r"^[/\s]+")
_ELONGATED = re.compile(r"(\w)\1{2,}")
_NOT_WORD = re.compile(r"[^\w]+")


def clean(text: str) -> str:
    """Return a message in one line of NFKC, without dangerous characters or a leading slash.

    The order matters: NFKC turns a full-width slash into one that Rasa would read as a command, and
    joins letters that a dangerous character kept apart. Lone surrogates, which no encoder accepts,
    become question marks.
    """
    text = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
    text = unicodedata.normalize("NFKC", _DANGEROUS.sub("", text))
    return _COMMAND.sub("", _SPACE.sub(" ", text)).strip()


def fold(text: str) -> str:
    """Return `text` as the understanding compares it: lower case, no diacritics, no elongation."""
    text = _ELONGATED.sub(r"\1\1", unicodedata.normalize("NFKC", text).casefold())
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> str:
    """Return the folded words of `text`, one space between and around them."""
    return f" {_NOT_WORD.sub(' ', fold(text)).strip()} "
