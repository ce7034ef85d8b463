from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from bot.facts.kinds import KINDS, UNITS, dial
from bot.facts.ledger import Fact, Source, State

SOURCE = Source("page", "A page", "An agency", "https://agency.example/", "en")
CHECKED = date(2026, 1, 1)
NO_BREAK = "\u00a0"


def fact(type: str = "money", value: Any = 350_000, **more: Any) -> Fact:
    return Fact("a_fact", type, SOURCE, "An agency", "H", value, **{"checked": CHECKED, **more})


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 1, 1), State.CONFIRMED),
        (date(2026, 4, 1), State.CONFIRMED),
        (date(2026, 4, 2), State.UNCONFIRMED),
    ],
    ids=["the day itself", "its last day", "the day after"],
)
def test_a_fact_is_confirmed_until_its_evidence_is_too_old(today: date, state: State) -> None:
    assert fact(max_age=90).state(today) is state


def test_a_fact_without_max_age_never_grows_old() -> None:
    assert fact().state(date(2126, 1, 1)) is State.CONFIRMED


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 28), State.WITHHELD),
        (date(2026, 3, 1), State.CONFIRMED),
        (date(2026, 3, 31), State.CONFIRMED),
        (date(2026, 4, 1), State.WITHHELD),
    ],
    ids=["before", "first day", "last day", "after"],
)
def test_a_fact_outside_its_validity_is_withheld(today: date, state: State) -> None:
    assert fact(valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31)).state(today) is state


def test_ended_validity_outranks_old_evidence() -> None:
    assert fact(max_age=1, valid_to=date(2026, 3, 31)).state(date(2026, 4, 1)) is State.WITHHELD


def test_what_was_decided_outranks_age_and_validity() -> None:
    assert fact(withheld=True).state(CHECKED) is State.WITHHELD
    assert fact(doubted=True).state(CHECKED) is State.UNCONFIRMED
    assert fact(withheld=True, doubted=True).state(CHECKED) is State.WITHHELD
    assert fact(doubted=True, valid_to=CHECKED).state(date(2026, 1, 2)) is State.WITHHELD


def test_a_fact_that_is_not_established_is_unconfirmed_whatever_its_candidate() -> None:
    nothing = fact(value=None, checked=None, candidate=350_000, max_age=7)

    assert not nothing.known
    assert nothing.state(date(2126, 1, 1)) is State.UNCONFIRMED
    assert fact(value=0).known


@pytest.mark.parametrize(
    ("shown", "locale", "written"),
    [
        (fact("money", 350_000), "sv", f"350{NO_BREAK}000{NO_BREAK}kr"),
        (fact("money", 350_000), "en_GB", f"350,000{NO_BREAK}kr"),
        (fact("money", 350_000), "fa", f"۳۵۰٬۰۰۰{NO_BREAK}kr"),
        (fact("money", 350_000), "ckb", f"٣٥٠٬٠٠٠{NO_BREAK}kr"),
        (fact("money", 350_000), "tr", f"350.000{NO_BREAK}kr"),
        (fact("date", date(2026, 1, 1)), "fa", "۱ ژانویهٔ ۲۰۲۶"),
        (fact("duration", 15, unit="month"), "fa", "۱۵ ماه"),
        (fact("duration", 15, unit="month"), "uk", "15 місяців"),
        (fact("duration", 2, unit="month"), "ar", "شهران"),
        (fact("duration", 15, unit="month"), "tr", "15 ay"),
        (fact("duration", 18, unit="year"), "ckb", "١٨ ساڵ"),
        (fact("date", date(2026, 1, 1)), "sv", "1 januari 2026"),
        (fact("date", date(2026, 1, 1)), "en_GB", "1 January 2026"),
        (fact("share", 20), "sv", f"20{NO_BREAK}%"),
        (fact("share", 20), "en_GB", "20%"),
        (fact("duration", 1, unit="month"), "sv", "1 månad"),
        (fact("duration", 15, unit="month"), "en_GB", "15 months"),
        (fact("url", "https://www.agency.example/"), "sv", "agency.example"),
        (fact("url", "https://agency.example/a/page"), "sv", "agency.example/a/page"),
        (fact("phone", "0771-235 235"), "en_GB", "0771-235 235"),
        (fact("reference", "förordning (2025:970)"), "en_GB", "förordning (2025:970)"),
    ],
)
def test_a_value_is_written_as_its_readers_write_it(shown: Fact, locale: str, written: str) -> None:
    assert shown.format(locale) == written


@pytest.mark.parametrize("locale", ["sv", "en_GB", "ar", "fa", "fi", "ru", "so", "tr"])
def test_money_is_whole_kronor_in_every_language(locale: str) -> None:
    digits = [str(unicodedata.decimal(char)) for char in fact("money", 350_000).format(locale) if char.isdecimal()]

    assert "".join(digits) == "350000"


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("count", [1, 2])
def test_every_unit_of_time_has_words(unit: str, count: int) -> None:
    assert str(count) in fact("duration", count, unit=unit).format("sv")


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("0771-235 235", "+46771235235"),
        ("020-50 50 50", "+4620505050"),
        ("08\u2013508\u00a000 508", "+46850800508"),
        ("(08) 508 00 508", "+46850800508"),
        ("08/508 00 508", "+46850800508"),
        ("+46 771 235 235", "+46771235235"),
        ("+46 (0)771 235 235", "+46771235235"),
        ("112", "112"),
        ("114 14", "11414"),
    ],
)
def test_a_phone_dials_its_number_from_anywhere(written: str, dialled: str) -> None:
    assert dial(written) == dialled


@pytest.mark.parametrize("written", ["", "11", "call us", "0771-CALL", "+46 (0)771 235 235 235 235", "0771:235"])
def test_what_is_no_number_is_not_dialled(written: str) -> None:
    with pytest.raises(ValueError, match="no telephone number"):
        dial(written)


def test_only_pages_and_phones_lead_somewhere() -> None:
    leading = {
        "url": fact("url", "https://agency.example/x").href,
        "phone": fact("phone", "0771-235 235").href,
    }

    assert leading == {"url": "https://agency.example/x", "phone": "tel:+46771235235"}
    assert not any(fact(type, "x").href for type in set(KINDS) - set(leading))
