"""What is done to every message before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Invisible characters that reorder, hide or forge text: bidi controls, tags, joiners of nothing,
# byte order mark. ZWNJ and ZWJ (U+200C, U+200D) stay: Persian and Sorani words need them.
_DANGEROUS = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u061c\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_SPACE = re.compile(r"\s+")
_COMMAND = re.compile(r"^[/\s]+")
_ELONGATED = re.compile(r"([^\W\d])\1{2,}")
_NOT_WORD = re.compile(r"[^\w]+")
# Ukrainian: the apostrophe inside a word is often left out.
_APOSTROPHE = re.compile("(?<=[\u0430-\u044f])['\u2019\u02bc`](?=[\u0454\u0457\u0438\u044e\u044f\u0456\u0435])")


def _alike() -> dict[int, Any]:
    """Return letters that people write for one another, beyond what Unicode decomposes: each -> the plain one."""
    letters: dict[int, Any] = {
        # Arabic script: keyboards differ, and Sorani and Pashto letters are often replaced by the plain ones.
        **dict.fromkeys(map(ord, "يىێېۍے"), "ی"),
        **dict.fromkeys(map(ord, "ةەھہ"), "ه"),
        **str.maketrans({"ك": "ک", "ګ": "گ", "ۆ": "و", "ڵ": "ل", "ڕ": "ر", "ٱ": "ا", "ـ": None}),
        # The half space of Persian and Sorani: many leave it out.
        **dict.fromkeys(map(ord, "\u200c\u200d")),
        **str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2),
        **str.maketrans("ıøæґ", "ioaг"),
    }
    # Ethiopic syllables that sound alike in Tigrinya, eight to a row.
    for row, plain in ((0x1220, 0x1230), (0x1250, 0x1240), (0x1280, 0x1200), (0x1340, 0x1338)):
        letters |= {row + vowel: chr(plain + vowel) for vowel in range(8)}
    return letters | str.maketrans("ሀኀአዐ", "ሃሃኣዓ")


_ALIKE = _alike()


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
    """Return `text` as the understanding compares it: lower case, no diacritics or elongation, one of letters alike."""
    text = _ELONGATED.sub(r"\1\1", unicodedata.normalize("NFKC", text).casefold())
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_ALIKE)
    return _APOSTROPHE.sub("", plain)


def words(text: str) -> str:
    """Return the folded words of `text`, one space between and around them."""
    return f" {_NOT_WORD.sub(' ', fold(text)).strip()} "
