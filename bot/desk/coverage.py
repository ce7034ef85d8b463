"""How much each language has: the languages board."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog import Catalog, Language


@dataclass(frozen=True)
class Coverage:
    """How many there are of each: texts that people see, titles, answers, answers in easy words, examples.

    `topics` is in how many topics there are examples.
    """

    texts: int
    titles: int
    answers: int
    easy: int
    examples: int
    topics: int


def coverage(catalog: Catalog) -> dict[str, Coverage]:
    """Return how much each language has, in the order of the catalog."""
    return {code: _coverage(language) for code, language in catalog.languages.items()}


def _coverage(language: Language) -> Coverage:
    examples = [len(found) for found in language.examples.values() if found]
    return Coverage(
        texts=len(language.reviews),
        titles=len(language.titles),
        answers=len(language.answers),
        easy=len(language.easy),
        examples=sum(examples),
        topics=len(examples),
    )
