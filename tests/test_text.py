from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import clean, fold, words

ZWNJ, ZWJ = "\u200c", "\u200d"
INVISIBLE = [
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *map(chr, range(0x2060, 0x2065)),
    *map(chr, range(0xE0000, 0xE0080)),
    *(chr(code) for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc" and not chr(code).isspace()),
    "\u200b",
    "\u200e",
    "\u200f",
    "\u061c",
    "\ufeff",
]
# What hides a slash: spaces of all kinds, invisible characters, and slashes that NFKC makes.
BEFORE_SLASH = st.text(st.sampled_from([" ", "\t", "\n", "\x1c", "\xa0", "\u2028", "\u3000", "/", "／", *INVISIBLE]))
ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from([*INVISIBLE, "／", "\u0301"]))


@given(text=ANY_TEXT)
@example("a\u200b\u0301")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(text=ANY_TEXT)
def test_clean_text_is_one_line_that_every_encoder_takes(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert cleaned.splitlines() in ([], [cleaned])
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set(INVISIBLE)


@given(before=BEFORE_SLASH, slash=st.sampled_from("/／"), command=st.text(min_size=1))
def test_clean_text_never_begins_with_a_slash(before: str, slash: str, command: str) -> None:
    assert not clean(before + slash + command).startswith(("/", " "))


def test_a_full_width_slash_is_a_slash() -> None:
    assert clean("／greet") == "greet"


@pytest.mark.parametrize("char", INVISIBLE, ids=lambda char: f"{ord(char):04X}")
def test_invisible_characters_go(char: str) -> None:
    assert clean(f"ja{char}g {char}vill") == "jag vill"


@pytest.mark.parametrize("text", ["می\u200cخواهم برگردم", "क\u094d\u200dष", "naïve – ”citat” 👍🏽"])
def test_what_a_language_needs_stays(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  två \n\n rader\t ", "två rader"),
        ("ｈｅｊ　２", "hej 2"),
        ("\ud800", "?"),
        ("", ""),
        (" / / ", ""),
        ("och/eller", "och/eller"),
    ],
)
def test_cleaning_makes_one_plain_line(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÅTERVANDRING", "atervandring"),
        ("hjääälp", "hjäälp"),
        ("snälla!!!", "snalla"),
        ("Straße", "STRASSE"),
        ("e-post", "e post"),
        ("﷼", "ریال"),
        ("يەكێك", "یهکیک"),
        ("مُهاجَرة", "مهاجره"),
        ("٣٥٠ ۳۵۰", "350 350"),
        ("IŞIK ılık", "isik ilik"),
        ("об’єднання м'який", "обєднання мякий"),
        ("ሠላም ፀሓይ", "ሰላም ጸሓይ"),
        ("አነ ሀገር", "ኣነ ሃገር"),
        ("می\u200cخواهم", "میخواهم"),
    ],
)
def test_what_sounds_alike_has_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_doubled_letters_still_tell_words_apart() -> None:
    assert fold("glas") != fold("glass")


@given(text=st.text())
def test_words_have_one_space_between_and_around_them(text: str) -> None:
    found = words(text)

    assert found == f" {' '.join(found.split())} "
