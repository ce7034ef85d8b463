"""Search over titles, answers and examples of all languages at once, as quick as typing and forgiving of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Container, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from bot import markup
from bot.catalog import Catalog, Language
from bot.text import words

Kind = Literal["title", "example", "answer"]
# What a text of each kind counts for.
_WEIGHTS: dict[Kind, float] = {"title": 1.0, "example": 0.95, "answer": 0.8}
# How much of the query stands in a text counts for more than how little else stands there.
_COVERED, _ALIKE = 0.6, 0.4
# Words that are less alike than this are different words.
_SAME_WORD = 0.5
# A word that is still being typed counts for this much of the words that it begins.
_BEGUN = 0.9
# A topic is as good as this many of its texts; the power makes near ones count most. Both by tests/nlu/development.
_VOTES, _POWER = 10, 3
# Texts that fit less have nothing to do with the query, and so many that fit best tell all.
_LEAST, _MOST = 0.1, 200
# A title that fits so well is the query itself; 1 but for rounding.
_WHOLE = 0.999
# Words are compared by so many letters in a row.
_LETTERS = 3


class Found(NamedTuple):
    """A text that fits a query, and the topic that it leads to."""

    topic: str
    language: str
    kind: Kind
    text: str


class Index:
    """An index of the words of all languages. Making it takes seconds, asking it milliseconds."""

    def __init__(self, catalog: Catalog, topics: Container[str]) -> None:
        """Take in what is said and asked about `topics`."""
        self._texts = [
            text for language in catalog.languages.values() for text in _texts(language) if text.topic in topics
        ]
        self.topics = frozenset(text.topic for text in self._texts)
        places = {topic: place for place, topic in enumerate(self.topics)}
        self._topics = np.array([places[text.topic] for text in self._texts], dtype=np.int32)
        self._weights = np.array([_WEIGHTS[text.kind] for text in self._texts], dtype=np.float32)
        texts_of = _inverted(words(text.text).split() for text in self._texts)
        self._words = list(texts_of)
        self._texts_of = list(texts_of.values())
        self._words_with = _inverted(map(_parts, self._words))
        self._lengths = np.array([len(word) for word in self._words], dtype=np.float32)
        self._unseen = math.log(1 + len(self._texts))
        self._rarity = [math.log(1 + len(self._texts) / len(found)) for found in self._texts_of]
        # How much each text says: the sum of how rare its words are.
        self._sizes = np.zeros(len(self._texts), dtype=np.float32)
        for rarity, found in zip(self._rarity, self._texts_of, strict=True):
            self._sizes[found] += rarity

    def find(self, query: str, limit: int = 8) -> list[Found]:
        """Return the best text of each topic that fits `query`, best topic first; none for a query without words."""
        scores = self._scores(query)
        votes: dict[int, list[int]] = {}
        for number in self._ranked(scores):
            votes.setdefault(int(self._topics[number]), []).append(int(number))

        def order(texts: list[int]) -> tuple[bool, float]:
            # Whoever types a title means it, however many texts of another topic are like it.
            titled = self._texts[texts[0]].kind == "title" and scores[texts[0]] >= _WHOLE
            return not titled, -float((scores[texts[:_VOTES]] ** _POWER).sum())

        return [self._texts[texts[0]] for texts in sorted(votes.values(), key=order)[:limit]]

    def nearest(self, query: str, topic: str, limit: int = 3) -> list[Found]:
        """Return what people say about `topic` that is nearest to `query`, nearest first."""
        near = (self._texts[number] for number in self._ranked(self._scores(query)))
        said = (text for text in near if text.topic == topic and text.kind == "example")
        return [text for text, _ in zip(said, range(limit), strict=False)]

    def _ranked(self, scores: Any) -> Any:
        """Return the numbers of the texts that are worth showing, best first; of equals the first."""
        worth = np.flatnonzero(scores >= _LEAST)
        return worth[np.argsort(-scores[worth], kind="stable")][:_MOST]

    def _scores(self, query: str) -> Any:
        """Return how well each text fits `query`, from 0 to 1."""
        asked = list(dict.fromkeys(words(query).split()))
        matched, size = np.zeros(len(self._texts), dtype=np.float32), 0.0
        for word in asked:
            alike = self._alike(word, begun=word == asked[-1])
            # A word that stands nowhere is as rare as the one that is most like it.
            rarity = self._rarity[alike[-1][0]] if alike else self._unseen
            size += rarity
            best = np.zeros(len(self._texts), dtype=np.float32)
            for number, share in alike:
                best[self._texts_of[number]] = share * rarity
            matched += best
        if not asked:
            return matched
        return (_COVERED * matched / size + _ALIKE * 2 * matched / (size + self._sizes)) * self._weights

    def _alike(self, word: str, begun: bool) -> list[tuple[int, float]]:
        """Return (word of the index, how alike it is) for all that `word` may be, most alike last."""
        parts = _parts(word)
        shared = np.zeros(len(self._words), dtype=np.float32)
        for part in parts:
            if part in self._words_with:
                shared[self._words_with[part]] += 1
        # Of a word of n letters, n parts of three with its two ends.
        shares = 2 * shared / (len(parts) + self._lengths)
        if begun and len(word) >= _LETTERS:
            for number in np.flatnonzero(shared >= len(parts) - 1):
                if self._words[number].startswith(word):
                    shares[number] = max(shares[number], _BEGUN)
        near = np.flatnonzero(shares >= _SAME_WORD)
        order = near[np.argsort(shares[near], kind="stable")]
        return [(int(number), 1.0 if self._words[number] == word else float(shares[number])) for number in order]


def _texts(language: Language) -> Iterator[Found]:
    for topic, title in language.titles.items():
        yield Found(topic, language.code, "title", title)
        for example in language.examples.get(topic, ()):
            yield Found(topic, language.code, "example", example)
        for line in markup.lines(language.answers[topic]):
            yield Found(topic, language.code, "answer", markup.words_in(line))


def _inverted(groups: Any) -> dict[str, Any]:
    """Return member -> the numbers of the groups that it stands in."""
    numbers: dict[str, array[int]] = {}
    for number, group in enumerate(groups):
        for member in dict.fromkeys(group):
            numbers.setdefault(member, array("i")).append(number)
    return {member: np.frombuffer(found, dtype=np.int32) for member, found in numbers.items()}


def _parts(word: str) -> list[str]:
    """Return every three letters in a row of `word` with its two ends."""
    ended = f" {word} "
    return [ended[place : place + _LETTERS] for place in range(len(word))]
