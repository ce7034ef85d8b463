"""What is said beside the answers, as people read it: the guide, the interface, buttons."""

from __future__ import annotations

from collections.abc import Iterator

from bot.catalog import Catalog, Language
from bot.check import UI_VALUES
from bot.guide import UNKNOWN
from bot.render import Renderer, Reply


def guide_replies(catalog: Catalog, renderer: Renderer, language: Language) -> Iterator[Reply]:
    """Yield every question of the guide, and an outcome for each option, which is one for each pointer too."""
    guide = catalog.guide
    for question, options in guide.questions.items():
        yield renderer.guide_question(question, language)
        for option in (*options, UNKNOWN):
            yield renderer.guide_outcome(guide.complete({question: option}), language)
    for pointer in guide.pointers:
        situation = {question: options[0] for question, options in pointer.when.items()}
        yield renderer.guide_outcome(guide.complete(situation), language)


def interface_texts(renderer: Renderer, language: Language) -> dict[str, str]:
    """Return the texts of the interface; what the program fills in is left out of them."""
    return {key: renderer.ui(key, language, **dict.fromkeys(UI_VALUES, "…")) for key in language.ui}


def button_texts(language: Language) -> list[str]:
    """Return what buttons say, and what else is one line of words without facts."""
    options = [label for labels in language.guide.options.values() for label in labels.values()]
    return [*language.titles.values(), *language.groups.values(), *options, *language.guide.about.values()]


def own_texts(catalog: Catalog, renderer: Renderer, language: Language) -> list[str]:
    """Return every text that is said beside the answers in a language."""
    guide = [reply.text for reply in guide_replies(catalog, renderer, language)]
    return [*guide, *interface_texts(renderer, language).values(), *button_texts(language)]
