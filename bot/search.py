"""Search over titles, answers and examples of one language, forgiving of spelling."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from bot import markup
from bot.catalog import Language
from bot.text import words

TITLE, EXAMPLE, ANSWER = 1.0, 0.95, 0.85
WORTH_SHOWING = 55.0


class _Entry(NamedTuple):
    topic: str
    weight: float
    text: str


class Search:
    """An index of one language's words. Each text leads to its topic; the best text decides."""

    def __init__(self, language: Language, topics: Container[str] | None = None) -> None:
        """Take whose titles, examples and answers to look in: those of `topics`, or of all."""
        self._language = language
        self._chosen = language.titles.keys() if topics is None else topics

    def find(self, query: str, limit: int = 8) -> list[str]:
        """Return the topics that fit `query` best, best first; none for a query without words."""
        folded = words(query).strip()
        if not folded:
            return []
        best: dict[str, float] = {}
        entries = self._entries
        scores = process.cdist([folded], [entry.text for entry in entries], scorer=fuzz.token_set_ratio)[0]
        # token_set_ratio gives full marks to any text that holds all words; the plain ratio then
        # prefers the text that holds little else.
        for index in scores.argsort()[::-1][:300]:
            entry = entries[index]
            close = 0.7 * scores[index] + 0.3 * fuzz.ratio(folded, entry.text)
            best[entry.topic] = max(best.get(entry.topic, 0.0), close * entry.weight)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return [topic for topic, score in ranked[:limit] if score >= WORTH_SHOWING]

    @cached_property
    def _entries(self) -> list[_Entry]:
        """The index, made when it is first asked: most processes never search in most languages."""
        language, entries = self._language, list[_Entry]()
        for topic, title in language.titles.items():
            if topic in self._chosen:
                texts = [(TITLE, title), *((EXAMPLE, example) for example in language.examples.get(topic, ()))]
                texts += [(ANSWER, markup.words_in(line)) for line in markup.lines(language.answers[topic])]
                entries += [_Entry(topic, weight, words(text).strip()) for weight, text in texts]
        return entries
