"""No answer, whatever question it is given to by mistake, says that the City pays."""

from __future__ import annotations

import re

import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer

# The City as one who pays or gives, unless the next words deny it. A net under the reviewers, not
# instead of them; a language without its own net fails.
CITY_PAYS = {
    "sv": r"(?:stad(?:en)?|kommunen|stadsdel\w*|socialtjänsten|vi) (?:betalar|ger|delar|lånar)\b"
    r"(?! (?:inget|ingen|inga|inte|varken))",
    "en": r"(?:city|municipality|districts?|social services|we) (?:pays?|gives?|hands?|lends?)\b"
    r"(?! (?:no|neither|nothing))",
}


def claims(text: str, language: str) -> list[str]:
    return re.findall(CITY_PAYS[language], text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("sv", "Stockholms stad betalar bidraget.", 1),
        ("sv", "Stockholms stad betalar inget bidrag.", 0),
        ("en", "The City pays the grant.", 1),
        ("en", "The City pays no grant.", 0),
    ],
)
def test_the_net_tells_a_yes_from_a_no(language: str, text: str, found: int) -> None:
    assert len(claims(text, language)) == found


def test_no_answer_says_that_the_city_pays(catalog: Catalog) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    for language in catalog.languages.values():
        for topic in catalog.topics:
            assert claims(renderer.answer(topic, language).text, language.code) == [], (language.code, topic)
