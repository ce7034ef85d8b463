"""The concept lexicon: what people say instead of the official word."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import combinations

import ahocorasick

from bot.text import words

Lexicon = Mapping[str, Iterable[str]]


class Concepts:
    """Finds concepts (PAY, CITY, CHILD, ...) in text, of all languages in one pass.

    A form that ends in `*` may continue: `migrationsverk*` finds migrationsverket and its genitive.
    """

    def __init__(self, lexicon: Mapping[str, Lexicon]) -> None:
        """Take the forms of each concept in each language."""
        meanings: dict[str, set[tuple[str, str, bool]]] = {}
        for language, concepts in lexicon.items():
            for concept, forms in concepts.items():
                for form in forms:
                    key = words(form.rstrip("*")).rstrip()
                    if key.strip():
                        meanings.setdefault(key, set()).add((language, concept, form.endswith("*")))
        self._automaton = ahocorasick.Automaton()
        for key, meaning in meanings.items():
            self._automaton.add_word(key, (key, tuple(meaning)))
        self._automaton.make_automaton()

    def find(self, text: str, languages: Container[str] | None = None) -> list[str]:
        """Return the concepts in `text`, sorted, each once: by forms of `languages` only, or of all."""
        haystack = words(text)
        found: set[str] = set()
        for end, (_, meaning) in self._automaton.iter(haystack):
            whole = haystack[end + 1] == " "
            found.update(
                concept
                for language, concept, stem in meaning
                if (stem or whole) and (languages is None or language in languages)
            )
        return sorted(found)

    def features(self, text: str, languages: Container[str] | None = None) -> list[str]:
        """Return the concepts in `text`, as `find` does, and every pair of them."""
        concepts = self.find(text, languages)
        return concepts + [f"{one}+{other}" for one, other in combinations(concepts, 2)]
