"""Search over titles, answers and examples of one language, forgiving of spelling."""

from __future__ import annotations

from collections.abc import Container

from rapidfuzz import fuzz, process

from bot import markup
from bot.catalog import Language
from bot.text import words

TITLE, EXAMPLE, ANSWER = 1.0, 0.95, 0.85
WORTH_SHOWING = 55.0


class Search:
    """An index of one language's words. Each text leads to its topic; the best text decides."""

    def __init__(self, language: Language, topics: Container[str] | None = None) -> None:
        """Index titles, examples and answers of `topics`, or of all."""
        self._topics: list[str] = []
        self._weights: list[float] = []
        self._texts: list[str] = []
        for topic, title in language.titles.items():
            if topics is not None and topic not in topics:
                continue
            self._add(topic, TITLE, title)
            for example in language.examples.get(topic, ()):
                self._add(topic, EXAMPLE, example)
            for line in markup.lines(language.answers[topic]):
                self._add(topic, ANSWER, markup.words_in(line))

    def find(self, query: str, limit: int = 8) -> list[str]:
        """Return the topics that fit `query` best, best first; none for a query without words."""
        folded = words(query).strip()
        if not folded:
            return []
        best: dict[str, float] = {}
        scores = process.cdist([folded], self._texts, scorer=fuzz.token_set_ratio)[0]
        # token_set_ratio gives full marks to any text that holds all words; the plain ratio then
        # prefers the text that holds little else.
        for index in scores.argsort()[::-1][:300]:
            close = 0.7 * scores[index] + 0.3 * fuzz.ratio(folded, self._texts[index])
            score = close * self._weights[index]
            topic = self._topics[index]
            best[topic] = max(best.get(topic, 0.0), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return [topic for topic, score in ranked[:limit] if score >= WORTH_SHOWING]

    def _add(self, topic: str, weight: float, text: str) -> None:
        self._topics.append(topic)
        self._weights.append(weight)
        self._texts.append(words(text).strip())
