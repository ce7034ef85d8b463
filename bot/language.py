"""Which language to answer in: explicit choice > detected > conversation > Accept-Language > Swedish."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pycld2

from bot.catalog import DEFAULT_LANGUAGE, Language
from bot.questions import QUESTION_MARKS, stands_by_itself
from bot.text import clean, words

# Natural-log odds at which a language is told with certainty: about 15 to 1.
SURE = 2.7
# The same of a single word, about 20 to 1: "ja" is Finnish too.
SURE_OF_ONE = 3.0
# So much more for a language in letters that are not its own: its examples there hold words of other languages.
SURE_OF_OTHER_LETTERS = 1.5
# The odds at which a language is offered that is not answered in, about 3 to 1.
WORTH_OFFERING = 1.0
# A language that we lack is named only on this much text; shorter text is easily mistaken.
FOREIGN_WORDS = 3
# "I do not speak Swedish": a language named so soon after a negation is not asked for.
REFUSED_WITHIN = 4
# So many examples of each topic tell what a language looks like in its own script; more cost time at the start and
# tell little. Of what stands in another script (Arabic in Latin letters), and of the shortest, all is needed.
SAMPLE = 80
SHORT = 2
# With fewer words nothing is known of how a language looks in a script.
LEAST_WORDS = 200
# What words weigh against letters: three in a row depend on one another, so they say less than they seem to.
WORDS, LETTERS, STARTS = 1.2, 0.3, 1.0
# A language is taken to have said so many more words and letters, as all languages of the script do: what it never
# said may still be its own, and the less of it is known, the likelier.
SMOOTH_WORDS, SMOOTH_LETTERS, SMOOTH_STARTS = 30, 300, 30
# The share of letters that no language has.
UNSEEN = 1e-6
# A script, as Unicode names it.
LATIN = "LATIN"
# pycld2 calls Sorani by the name of all Kurdish. Danes and Norwegians read Swedish, Belarusians Russian, and misspelt
# these look like theirs.
_SAME = {"ku": "ckb", "da": "sv", "nb": "sv", "nn": "sv", "no": "sv", "be": "ru"}
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(rf"(?<=[.!{QUESTION_MARKS}\u1362])\s+|\n+")


@dataclass(frozen=True)
class Heard:
    """What a text tells: a language that we have, or one that we lack, or which of ours it may be in.

    `words`: as they are spelt; `script`: that of most of them; `likely`: in doubt, (the logarithm of how likely, the
    language) of each that is written in it, likeliest first.
    """

    words: tuple[str, ...] = field(default=(), repr=False)
    script: str | None = None
    language: str | None = None
    lacking: str | None = None
    likely: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Decision:
    """The language to answer in, and the code of the language written in when we lack it.

    `und` stands for a foreign script whose language is not certain. `heard`: what the text told, whatever was decided.
    """

    language: str
    lacking: str | None = None
    heard: Heard = field(default=Heard(), compare=False)


class _Look:
    """What a language looks like in one script: how often each word and each three letters stand in its examples, and
    how often each word begins one.
    """

    def __init__(self, lines: Sequence[str], script: str) -> None:
        counts = Counter(_words("\n".join(lines)))
        self.words = Counter({word: count for word, count in counts.items() if _script(word) == script})
        self.letters: Counter[str] = Counter()
        for word, count in self.words.items():
            for three in _letters([word]):
                self.letters[three] += count
        firsts = _words("\n".join(first for line in lines for first in line.split(maxsplit=1)[:1]))
        self.starts = Counter(word for word in firsts if _script(word) == script)
        self.word_total, self.letter_total = self.words.total(), self.letters.total()
        self.start_total = self.starts.total()


class _Script:
    """The languages that are written in a script, each as it looks there."""

    def __init__(self, looks: dict[str, _Look]) -> None:
        self.looks = looks
        self._words = defaultdict[str, float](float)
        self._letters = defaultdict[str, float](float)
        self._starts = defaultdict[str, float](float)
        for look in looks.values():
            for word, count in look.words.items():
                self._words[word] += count / look.word_total / len(looks)
            for three, count in look.letters.items():
                self._letters[three] += count / look.letter_total / len(looks)
            for word, count in look.starts.items():
                self._starts[word] += count / look.start_total / len(looks)

    def knows(self, word: str) -> bool:
        """Return whether a word stands in the examples of any of the languages."""
        return word in self._words

    def likelihoods(self, found: list[str]) -> list[tuple[float, str]]:
        """Return (the logarithm of how likely words and letters are, the language) of each, likeliest first."""
        words = [word for word in found if self.knows(word)]
        letters = _letters(found)
        ranked = [
            (self._likelihood(look, words, letters) + self._of_start(look, found), code)
            for code, look in self.looks.items()
        ]
        return sorted(ranked, reverse=True)

    def _likelihood(self, look: _Look, words: list[str], letters: list[str]) -> float:
        of_words = sum(
            math.log((look.words[word] + SMOOTH_WORDS * self._words[word]) / (look.word_total + SMOOTH_WORDS))
            for word in words
        )
        of_letters = sum(
            math.log(
                (look.letters[three] + SMOOTH_LETTERS * (self._letters.get(three, 0) + UNSEEN))
                / (look.letter_total + SMOOTH_LETTERS)
            )
            for three in letters
        )
        # Who writes more in this script is likelier, before any word is read.
        return math.log(look.word_total + 1) + WORDS * of_words + LETTERS * of_letters

    def _of_start(self, look: _Look, found: list[str]) -> float:
        """Return what the first word of a message of a word or two says: many begin with what means "yes" in one
        language, and "so" or "he" in the other.
        """
        if len(found) > SHORT or found[0] not in self._starts or _script(found[0]) == LATIN:
            return 0.0
        share = look.starts[found[0]] + SMOOTH_STARTS * self._starts[found[0]]
        return STARTS * math.log(share / (look.start_total + SMOOTH_STARTS))


class LanguageDecider:
    """Tells the languages of the catalog apart by what their examples look like, all others by pycld2."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        is_off: Callable[[str], bool] = lambda _: False,
        lacking: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """Learn what each language looks like. One that `is_off` counts as one that we lack.

        `lacking`: lines of languages that we lack and pycld2 does not know, by their code.
        """
        self._is_off = is_off
        self._codes = tuple(languages)
        self._written_in = {code: _main_script(language.titles.values()) for code, language in languages.items()}
        self._scripts = _learn_scripts(languages, self._written_in, lacking)
        self._negations = {words(form) for language in languages.values() for form in language.negations}
        # What each of our languages is called in each of them: engelska, English, svenska, Swedish.
        self._names = {
            word: code
            for code in languages
            for spoken in languages.values()
            for word in words(spoken.called(code) or "").split()
        }
        self._names |= {word: code for code, language in languages.items() for word in words(language.name).split()}

    def decide(
        self, text: str | None, explicit: str | None, conversation: str | None, accept_language: str | None
    ) -> Decision:
        """Return the language to answer in. Codes that we lack count as not given."""
        heard, chosen = self.hear(text), self.ours(explicit)
        if chosen:
            return Decision(chosen, heard=heard)
        detected, lacking = heard.language, heard.lacking
        if detected and self._is_off(detected):
            detected, lacking = None, detected
        spoken = None if conversation and self._is_off(conversation) else conversation
        fallback = spoken or self._accepted(accept_language) or DEFAULT_LANGUAGE
        # Latin letters are written by all, so in doubt they are nobody's.
        guess = heard.likely[0][1] if heard.likely and heard.script != LATIN else None
        if guess in self._codes and not self._is_off(guess) and self._written_in.get(fallback) != heard.script:
            # Whoever writes another script than that language reads the guess rather than it.
            fallback = guess
        return Decision(detected or fallback, lacking, heard)

    def other(self, heard: Heard, language: str, conversation: str | None) -> str | None:
        """Return our language that may be wanted instead of `language`, which a text is answered in; or None.

        `conversation` is what was spoken before: that, if the text was sure to be in another, or what it looks like.
        In doubt only a language in its own letters: a Swedish word alone stands in the examples of all.
        """
        found = heard.language
        likelihoods = {code: likelihood for likelihood, code in heard.likely}
        others = (code for code in likelihoods if code != language and self._written_in.get(code) == heard.script)
        likeliest = next(others, None)
        settled = language == conversation
        # At the beginning what is nearly as likely may be wanted, too.
        least = WORTH_OFFERING if settled else -WORTH_OFFERING
        if likeliest and likelihoods[likeliest] - likelihoods.get(language, -math.inf) >= least:
            # "ja" is Finnish too, but nothing strange to whoever speaks Swedish here.
            found = None if settled and self._is_common(heard, language) else likeliest
        wanted = (self.ours(code) for code in (found, conversation))
        return next((code for code in wanted if code and code != language), None)

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

    def hear(self, text: str | None) -> Heard:
        """Return what a text tells: of one in two languages the question's was chosen to be answered in."""
        question = self._detect(_question(text or ""))
        return question if question.language else self._detect(text or "")

    def _detect(self, text: str) -> Heard:
        """Return what a text in one language tells."""
        found = tuple(_words(text))
        written = self._script_of(found)
        if written is None:
            return Heard()
        # A Swedish word among others (the name of a form, an authority) tells nothing about the language.
        telling = [word for word in found if _script(word) == written]
        foreign = _foreign_language(text, self._codes)
        script = self._scripts.get(written)
        if script is None:
            known = any(one.knows(word) for one in self._scripts.values() for word in found)
            return Heard(found, written, lacking=foreign or (None if known else "und"))
        # A word that stands once may be quoted from any language.
        most_known = max(sum(look.words[word] > 1 for word in telling) for look in script.looks.values())
        if foreign and len(telling) >= FOREIGN_WORDS and most_known * 2 < len(telling):
            return Heard(found, written, lacking=foreign)
        likely = script.likelihoods(telling)
        (first, code), *others = likely
        sure = SURE if len(telling) > 1 else SURE_OF_ONE
        if self._written_in.get(code) != written:
            sure += SURE_OF_OTHER_LETTERS
        if others and first - others[0][0] < sure:
            return Heard(found, written, likely=tuple(likely))
        ours = code in self._codes
        return Heard(found, written, language=code if ours else None, lacking=None if ours else code)

    def _is_common(self, heard: Heard, language: str) -> bool:
        """Return whether every word of a text stands in the examples of `language`, more than once."""
        looks = [script.looks[language] for script in self._scripts.values() if language in script.looks]
        return all(any(look.words[word] > 1 for look in looks) for word in heard.words)

    def _script_of(self, found: Sequence[str]) -> str | None:
        """Return the script of most words; of as many, ours that is not Latin: Swedish names stand everywhere."""
        counts = Counter(map(_script, found))
        ours = self._scripts.keys() - {LATIN}
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


def _main_script(lines: Iterable[str]) -> str:
    """Return the script of most words."""
    counts = Counter(_script(word) for line in lines for word in _words(line))
    return max(counts, key=lambda script: counts[script], default=LATIN)


def _learn_scripts(
    languages: Mapping[str, Language], written_in: Mapping[str, str], lacking: Mapping[str, Sequence[str]]
) -> dict[str, _Script]:
    """Return the scripts of the languages by name. People without their own keyboard write in another one, too."""
    looks: dict[str, dict[str, _Look]] = {}
    for code, language in languages.items():
        lines: dict[str, list[str]] = {written_in[code]: []}
        for line, is_sample in _lines(language):
            first = _WORD.search(line)
            script = _script(first[0]) if first else written_in[code]
            if is_sample or script != written_in[code]:
                lines.setdefault(script, []).append(line)
        for script, said in lines.items():
            look = _Look(said, script)
            if script == written_in[code] or look.word_total >= LEAST_WORDS:
                looks.setdefault(script, {})[code] = look
    for code, texts in lacking.items():
        script = _main_script(texts)
        looks.setdefault(script, {})[code] = _Look(texts, script)
    return {script: _Script(found) for script, found in looks.items() if script in written_in.values()}


def _lines(language: Language) -> Iterator[tuple[str, bool]]:
    """Yield titles and examples, and whether each belongs to the sample."""
    for title in language.titles.values():
        yield title, True
    for examples in language.examples.values():
        every = max(1, len(examples) // SAMPLE)
        for index, example in enumerate(examples):
            yield example, index % every == 0 or len(example.split()) <= SHORT


def _words(text: str) -> list[str]:
    """Return the words of `text` as they are spelt: what makes letters alike would make languages alike."""
    return _WORD.findall(clean(text).casefold())


def _question(text: str) -> str:
    """Return the last question of `text` that stands by itself, or nothing."""
    asked = (one for one in reversed(_SENTENCE_END.split(text.strip())) if one[-1:] in QUESTION_MARKS)
    return next(filter(stands_by_itself, asked), "")


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
