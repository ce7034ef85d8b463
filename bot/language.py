"""Which language to answer in: explicit choice > detected > conversation > Accept-Language > Swedish."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pycld2
from babel import Locale

from bot.catalog import DEFAULT_LANGUAGE, Language
from bot.text import words

# Natural-log odds at which a language is told with certainty: about 15 to 1.
SURE = 2.7
# A language that we lack is named only on this much text; shorter text is easily mistaken.
FOREIGN_WORDS = 3
# "I do not speak Swedish": a language named so soon after a negation is not asked for.
REFUSED_WITHIN = 4
# Examples hold words of other languages too: what makes up no more than this of them is not counted as ours.
RARE = 1e-5


@dataclass(frozen=True)
class Decision:
    """The language to answer in, and the code of the language written in when we lack it.

    `und` stands for a foreign script whose language is not certain.
    """

    language: str
    lacking: str | None = None


class LanguageDecider:
    """Tells the languages of the catalog apart by their own words, all others by pycld2."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        """Learn the words of each language from its examples."""
        self._codes = tuple(languages)
        self._counts = {
            code: Counter(
                word
                for examples in language.examples.values()
                for example in examples
                for word in words(example).split()
            )
            for code, language in languages.items()
        }
        self._totals = {code: sum(counts.values()) for code, counts in self._counts.items()}
        self._negations = {
            word for language in languages.values() for form in language.negations for word in words(form).split()
        }
        # What each of our languages is called in each of them: engelska, English, svenska, Swedish.
        self._names = {
            word: code
            for code in languages
            for spoken in languages.values()
            for word in words(Locale.parse(spoken.locale).languages.get(code, "")).split()
        }

    def decide(
        self, text: str | None, explicit: str | None, conversation: str | None, accept_language: str | None
    ) -> Decision:
        """Return the language to answer in. Codes that we lack count as not given."""
        chosen = self.ours(explicit)
        if chosen:
            return Decision(chosen)
        detected, lacking = self._detect(text or "")
        fallback = conversation or self._accepted(accept_language) or DEFAULT_LANGUAGE
        return Decision(detected or fallback, lacking)

    def named(self, text: str) -> str | None:
        """Return the first of our languages that `text` calls by name, in any of them, and does not refuse; or None."""
        said = words(text).split()
        for index, word in enumerate(said):
            refused = self._negations & set(said[max(0, index - REFUSED_WITHIN) : index])
            if word in self._names and not refused:
                return self._names[word]
        return None

    def ours(self, tag: str | None) -> str | None:
        """Return our language that a BCP 47 tag means (`en-GB` is en), or None."""
        wanted = (tag or "").lower()
        return next((code for code in self._codes if f"{wanted}-".startswith(f"{code.lower()}-")), None)

    def _detect(self, text: str) -> tuple[str | None, str | None]:
        """Return (a language that we have, None), (None, one that we lack) or (None, None) in doubt."""
        tokens = words(text).split()
        known = [token for token in tokens if any(token in counts for counts in self._counts.values())]
        ours = [
            token
            for token in known
            if any(counts[token] > RARE * self._totals[code] for code, counts in self._counts.items())
        ]
        foreign = _foreign_language(text, self._codes) or ("und" if not known and not _is_latin(text) else None)
        if foreign and (not _is_latin(text) or (len(tokens) >= FOREIGN_WORDS and len(ours) * 2 < len(tokens))):
            return None, foreign
        scores = sorted(((self._score(code, known), code) for code in self._codes), reverse=True)
        if len(scores) > 1 and known and scores[0][0] - scores[1][0] >= SURE:
            return scores[0][1], None
        return None, None

    def _score(self, code: str, tokens: list[str]) -> float:
        counts, total = self._counts[code], self._totals[code]
        return sum(math.log((counts[token] + 0.1) / (total + 1)) for token in tokens)

    def _accepted(self, header: str | None) -> str | None:
        """Return our language that the browser likes best (RFC 9110, 12.5.4), or None."""
        wishes: list[tuple[float, str]] = []
        for part in (header or "").split(","):
            tag, _, parameters = part.strip().partition(";")
            try:
                quality = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
            except ValueError:
                quality = 0.0
            if quality > 0:
                wishes.append((quality, tag.strip()))
        by_quality = sorted(wishes, key=lambda wish: -wish[0])
        return next((code for _, tag in by_quality if (code := self.ours(tag))), None)


def _foreign_language(text: str, ours: tuple[str, ...]) -> str | None:
    """Return the code of a language not among `ours`, if pycld2 is certain of it."""
    try:
        reliable, _, details = pycld2.detect(text)
    except pycld2.error:
        return None
    code = str(details[0][1])
    return code if reliable and code not in ours and code != "un" else None


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
    return not letters or latin * 2 >= len(letters)
