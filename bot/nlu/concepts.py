"""The concept lexicon: what people say instead of the official word, in every language at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import ahocorasick

from bot.text import words

Lexicon = Mapping[str, Iterable[str]]


class Concepts:
    """Finds concepts (PAY, CITY, CHILD, ...) in text, all in one pass.

    A form that ends in `*` may continue: `migrationsverk*` finds migrationsverket and its genitive.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the forms of each concept, of all languages together."""
        meanings: dict[str, set[tuple[str, bool]]] = {}
        for concept, forms in lexicon.items():
            for form in forms:
                key = words(form.rstrip("*")).rstrip()
                if key.strip():
                    meanings.setdefault(key, set()).add((concept, form.endswith("*")))
        self._automaton = ahocorasick.Automaton()
        for key, meaning in meanings.items():
            self._automaton.add_word(key, (key, tuple(meaning)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[str]:
        """Return the concepts in `text`, sorted, each once."""
        haystack = words(text)
        found: set[str] = set()
        for end, (_, meaning) in self._automaton.iter(haystack):
            whole = haystack[end + 1] == " "
            found.update(concept for concept, stem in meaning if stem or whole)
        return sorted(found)

    def features(self, text: str) -> list[str]:
        """Return the concepts in `text` and every pair of them."""
        concepts = self.find(text)
        return concepts + [f"{one}+{other}" for one, other in combinations(concepts, 2)]
