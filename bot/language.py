"""Which language to answer in: explicit choice > detected > conversation > Accept-Language > Swedish."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pycld2
from babel import Locale

from bot.catalog import DEFAULT_LANGUAGE, Language
from bot.text import clean, words

# Natural-log odds at which a language is told with certainty: about 15 to 1.
SURE = 2.7
# The same of a single word, about 25 to 1: "ja" is Finnish too.
SURE_OF_ONE = 3.2
# A language that we lack is named only on this much text; shorter text is easily mistaken.
FOREIGN_WORDS = 3
# "I do not speak Swedish": a language named so soon after a negation is not asked for.
REFUSED_WITHIN = 4
# So many examples of each topic tell what a language looks like; more cost time at the start and tell little.
SAMPLE = 60
# What words weigh against letters: three in a row depend on one another, so they say less than they seem to.
WORDS, LETTERS = 1.2, 0.3
# What was never seen counts as seen this often.
UNSEEN = 0.1
# A script, as Unicode names it.
LATIN = "LATIN"
# pycld2 calls Sorani by the name of all Kurdish.
_SAME = {"ku": "ckb"}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Decision:
    """The language to answer in, and the code of the language written in when we lack it.

    `und` stands for a foreign script whose language is not certain.
    """

    language: str
    lacking: str | None = None


class _Look:
    """What a language looks like: how often each word and each three letters stand in its examples."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        self._letters: Counter[str] = Counter()
        for line in lines:
            found = _words(line)
            self.words.update(found)
            self._letters.update(_letters(found))
        self._word_total = self.words.total() + 1
        self._letter_total = self._letters.total() + 1
        scripts = Counter[str]()
        for word, count in self.words.items():
            scripts[_script(word)] += count
        self.script = scripts.most_common(1)[0][0] if scripts else None

    def likelihood(self, known: list[str], letters: list[str]) -> float:
        """Return the logarithm of how likely words and letters are."""
        of_words = sum(math.log((self.words[word] + UNSEEN) / self._word_total) for word in known)
        of_letters = sum(math.log((self._letters[three] + UNSEEN) / self._letter_total) for three in letters)
        return WORDS * of_words + LETTERS * of_letters


class LanguageDecider:
    """Tells the languages of the catalog apart by what their examples look like, all others by pycld2."""

    def __init__(self, languages: Mapping[str, Language], is_off: Callable[[str], bool] = lambda _: False) -> None:
        """Learn what each language looks like. One that `is_off` counts as one that we lack."""
        self._is_off = is_off
        self._codes = tuple(languages)
        self._looks = {code: _Look(_sample(language)) for code, language in languages.items()}
        self._scripts = {look.script for look in self._looks.values()}
        self._negations = {words(form) for language in languages.values() for form in language.negations}
        # What each of our languages is called in each of them: engelska, English, svenska, Swedish.
        self._names = {
            word: code
            for code in languages
            for spoken in languages.values()
            for word in words(Locale.parse(spoken.locale).languages.get(code, "")).split()
        }
        self._names |= {word: code for code, language in languages.items() for word in words(language.name).split()}

    def decide(
        self, text: str | None, explicit: str | None, conversation: str | None, accept_language: str | None
    ) -> Decision:
        """Return the language to answer in. Codes that we lack count as not given."""
        chosen = self.ours(explicit)
        if chosen:
            return Decision(chosen)
        detected, lacking, guess = self._detect(text or "")
        if detected and self._is_off(detected):
            detected, lacking = None, detected
        spoken = None if conversation and self._is_off(conversation) else conversation
        fallback = spoken or self._accepted(accept_language) or DEFAULT_LANGUAGE
        if guess and not self._is_off(guess) and self._script_of(fallback) != self._script_of(guess):
            # Whoever writes another script than that language reads the guess rather than it.
            fallback = guess
        return Decision(detected or fallback, lacking)

    def named(self, text: str) -> str | None:
        """Return the first of our languages that `text` calls by name, in any of them, and does not refuse; or None."""
        said = words(text).split()
        for index, word in enumerate(said):
            if word in self._names and not self._is_off(self._names[word]):
                before = words(" ".join(said[max(0, index - REFUSED_WITHIN) : index]))
                if not any(negation in before for negation in self._negations):
                    return self._names[word]
        return None

    def ours(self, tag: str | None) -> str | None:
        """Return our language that a BCP 47 tag means (`en-GB` is en), or None."""
        wanted = (tag or "").lower()
        meant = (code for code in self._codes if f"{wanted}-".startswith(f"{code.lower()}-"))
        return next((code for code in meant if not self._is_off(code)), None)

    def _detect(self, text: str) -> tuple[str | None, str | None, str | None]:
        """Return (a language that we have, one that we lack, the likeliest of ours in doubt): one of them, or none.

        Latin letters are written by all, so in doubt they are nobody's.
        """
        found = _words(text)
        script = self._main_script(found)
        if script is None:
            return None, None, None
        # A Swedish word among others (the name of a form, an authority) tells nothing about the language.
        telling = [word for word in found if _script(word) == script]
        foreign = _foreign_language(text, self._codes)
        if script not in self._scripts:
            return None, foreign or (None if self._known(found) else "und"), None
        known = self._known(telling)
        if foreign and len(telling) >= FOREIGN_WORDS and self._most_known(telling) * 2 <= len(telling):
            return None, foreign, None
        # Latin letters are written by all: people without their own keyboard, too.
        ours = [code for code, look in self._looks.items() if script in (LATIN, look.script)]
        letters = _letters(telling)
        scores = sorted(((self._looks[code].likelihood(known, letters), code) for code in ours), reverse=True)
        sure = SURE if len(telling) > 1 else SURE_OF_ONE
        if len(scores) == 1 or scores[0][0] - scores[1][0] >= sure:
            return scores[0][1], None, None
        return None, None, None if script == LATIN else scores[0][1]

    def _script_of(self, code: str) -> str | None:
        """Return the script that a language is written in; None for one that we lack."""
        return self._looks[code].script if code in self._looks else None

    def _known(self, found: list[str]) -> list[str]:
        """Return the words that stand in the examples of any language."""
        return [word for word in found if any(word in look.words for look in self._looks.values())]

    def _most_known(self, found: list[str]) -> int:
        """Return how many of the words the language has that has most of them."""
        return max(sum(word in look.words for word in found) for look in self._looks.values())

    def _main_script(self, found: list[str]) -> str | None:
        """Return the script of most words; of as many, ours that is not Latin: Swedish names stand everywhere."""
        counts = Counter(map(_script, found))
        ours = self._scripts - {LATIN}
        return max(counts, key=lambda script: (counts[script], script in ours, script == LATIN), default=None)

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


def _sample(language: Language) -> Iterator[str]:
    yield from language.titles.values()
    for examples in language.examples.values():
        yield from examples[:: max(1, len(examples) // SAMPLE)]


def _words(text: str) -> list[str]:
    """Return the words of `text` as they are spelt: what makes letters alike would make languages alike."""
    return _WORD.findall(clean(text).casefold())


def _letters(found: Iterable[str]) -> list[str]:
    """Return every three letters in a row, with a space on both sides of each word."""
    padded = (f" {word} " for word in found)
    return [word[start : start + 3] for word in padded for start in range(len(word) - 2)]


def _script(word: str) -> str:
    """Return the script of the first letter, as Unicode names it: LATIN, ARABIC, ETHIOPIC."""
    return unicodedata.name(word[0], "").partition(" ")[0]


def _foreign_language(text: str, ours: tuple[str, ...]) -> str | None:
    """Return the code of a language not among `ours`, if pycld2 is certain of it."""
    try:
        reliable, _, details = pycld2.detect(text)
    except pycld2.error:
        return None
    code = str(details[0][1])
    return code if reliable and _SAME.get(code, code) not in ours and code != "un" else None
