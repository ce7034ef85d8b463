from __future__ import annotations

from datetime import date, time

import pytest

from bot.catalog import Catalog
from bot.facts.formats import clock, day, duration
from bot.text import words

UNITS = ("hour", "day", "week", "month", "year")


def test_an_hour_of_the_afternoon_cannot_be_taken_for_one_of_the_morning(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        assert words(clock(time(15), language.locale)).split()[:1] == ["15"], language.code


@pytest.mark.parametrize("locale", ["ar", "ti"])
def test_a_date_whose_month_may_be_misread_has_its_figures_beside_it(locale: str) -> None:
    assert "2024-09-12" in day(date(2024, 9, 12), locale)


def test_every_unit_has_a_name_in_every_language(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        for unit in UNITS:
            assert any(character.isalpha() for character in duration(18, unit, language.locale)), (language.code, unit)
            assert words(duration(18, unit, language.locale)).split()[0] == "18"
