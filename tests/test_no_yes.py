"""No answer, whatever question it is given to by mistake, says that the City pays."""

from __future__ import annotations

import re
from itertools import product

import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.nets import NETS
from tests.own_texts import own_texts

QUESTION_MARKS = ("?", "\N{ARABIC QUESTION MARK}", "\N{ETHIOPIC QUESTION MARK}")


def claims(text: str, language: str) -> list[str]:
    return re.findall(NETS[language].city_pays, text, re.IGNORECASE)


@pytest.mark.parametrize("language", NETS)
def test_the_net_tells_a_yes_from_a_no(language: str) -> None:
    assert len(claims(NETS[language].pays, language)) == 1
    assert claims(NETS[language].pays_not, language) == []


def test_no_answer_says_that_the_city_pays(catalog: Catalog) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    for language, topic, easy in product(catalog.languages.values(), catalog.topics, (False, True)):
        text = renderer.answer(topic, language, easy=easy).text

        assert claims(text, language.code) == [], (language.code, topic, easy)


def test_neither_the_guide_nor_the_interface_says_that_the_city_pays(catalog: Catalog) -> None:
    renderer = Renderer(catalog, FactBook(catalog.ledger))
    for language in catalog.languages.values():
        # A question whether the City pays, as a button, is no claim.
        told = [text for text in own_texts(catalog, renderer, language) if not text.endswith(QUESTION_MARKS)]

        assert {text for text in told if claims(text, language.code)} == set()
