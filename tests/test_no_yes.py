"""No answer, whatever question it is given to by mistake, says that the City pays."""

from __future__ import annotations

import re
from itertools import product

import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.own_texts import own_texts

# The City as one who pays or gives, unless the next words deny it. A net under the reviewers, not
# instead of them; a language without its own net fails.
QUESTION_MARKS = ("?", "\N{ARABIC QUESTION MARK}", "\N{ETHIOPIC QUESTION MARK}")
CITY_PAYS = {
    "sv": r"(?:stad(?:en)?|kommunen|stadsdel\w*|socialtjänsten|vi) (?:betalar|ger|delar|lånar)\b"
    r"(?! (?:inget|ingen|inga|inte|varken))",
    "en": r"(?:city|municipality|districts?|social services|we) (?:pays?|gives?|hands?|lends?)\b"
    r"(?! (?:no|neither|nothing))",
    "uk": r"\b(?:міст[оа]|муніципалітет\w*|комун[аи]|район\w*|соціальн\w+ служб\w+|ми) "
    r"(?:плат|сплачу|виплачу|дає|надає)\w*",
    "ru": r"\b(?:город|муниципалитет|коммун[аы]|район\w*|социальн\w+ служб\w+|мы) "
    r"(?:плат|выплачив|да[её]|предоставля)\w*",
    "fa": r"\b(?:شهر|استکهلم|کمون|ناحیه|اجتماعی|ما)\b[^.،؛:\n]{0,50}(?<!ن)(?<!جواب )(?<!نشان )می‌(?:پرداز|ده)",
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
        ("uk", "Місто виплачує допомогу.", 1),
        ("uk", "Місто не виплачує допомоги.", 0),
        ("ru", "Город выплачивает пособие.", 1),
        ("ru", "Город не выплачивает пособие.", 0),
        ("fa", "شهر استکهلم این پول را می‌پردازد.", 1),
        ("fa", "شهر استکهلم این پول را نمی‌پردازد.", 0),
    ],
)
def test_the_net_tells_a_yes_from_a_no(language: str, text: str, found: int) -> None:
    assert len(claims(text, language)) == found


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
