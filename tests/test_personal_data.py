from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.kinds import dial
from bot.personal_data import MASK, Masker

LATIN, ARABIC, PERSIAN = "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
SEPARATORS = ["", " ", "-", "–", "−", "+", ".", " - ", "\u00a0"]


@pytest.fixture(scope="module")
def masker(catalog: Catalog) -> Masker:
    return Masker(dial(fact.value) for fact in catalog.ledger.facts.values() if fact.type == "phone" and fact.known)


def check_digit(nine: str) -> str:
    """Return the tenth digit (Luhn; Skatteverket)."""
    products = (int(digit) * (2 if index % 2 == 0 else 1) for index, digit in enumerate(nine))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """A personnummer or samordningsnummer in any notation and script."""
    born = draw(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
    day = born.day + draw(st.sampled_from([0, 60]))
    short = f"{born:%y%m}{day:02}"
    serial = f"{draw(st.integers(0, 999)):03}"
    century = draw(st.sampled_from(["", f"{born:%Y}"[:2]]))
    number = f"{century}{short}{draw(st.sampled_from(SEPARATORS))}{serial}{check_digit(short + serial)}"
    return number.translate(str.maketrans(LATIN, draw(st.sampled_from([LATIN, ARABIC, PERSIAN]))))


@given(
    number=identity_numbers(), before=st.sampled_from(["", "jag är ", "nr:"]), after=st.sampled_from(["", " ok", "."])
)
def test_identity_numbers_are_masked_in_every_notation(masker: Masker, number: str, before: str, after: str) -> None:
    assert masker.mask(before + number + after) == (before + MASK + after, True)


@pytest.mark.parametrize(
    "written",
    [
        "88 03 20 00 16",
        "1988-03-20-0016",
        "1988 03 20 0016",
        "880320-0016, 880320-0024",
        "701063-2391",
        "８８０３２０-００１６",
    ],
)
def test_identity_numbers_that_people_spread_out_are_masked(masker: Masker, written: str) -> None:
    masked, found = masker.mask(written)

    assert found
    assert not any(char.isdecimal() for char in masked)


@pytest.mark.parametrize(
    "secret",
    [
        "070-123 45 67",
        "0701234567",
        "+46 70 123 45 67",
        "0046701234567",
        "(070) 123 45 67",
        "070-123 40 00",
        "08-508 08 508",
        "+49 30 901820",
        "٠٧٠١٢٣٤٥٦٧",
        "anna.andersson@example.se",
        "anna+bidrag@mail.example.com",
        "SE45 5000 0000 0583 9825 7466",
        "SE4550000000058398257466",
        "DE89370400440532013000",
        "12-345678901",
        "50123456",
        "20240912",
    ],
)
def test_what_points_at_a_person_is_masked(masker: Masker, secret: str) -> None:
    masked, found = masker.mask(f"mitt är {secret} tack")

    assert found
    assert MASK in masked
    assert secret not in masked
    assert not any(char.isdecimal() for char in masked)
    assert masked.startswith("mitt är ")
    assert masked.endswith(" tack")


@pytest.mark.parametrize(
    "harmless",
    [
        "får jag 350 000 kr eller 600000 kronor?",
        "1 200 000 kr",
        "350 000-600 000 kr",
        "tillstånd från 2024-09-12",
        "från 2024-09-12 2026-01-01",
        "den 12.09.2024 eller 12 9 2024",
        "٢٠٢٤-٠٩-١٢",
        "lagen 2016-2021",
        "förordning (2025:970)",
        "jag är 43 år och har 3 barn",
        "massor: !!! ??? ...",
        "",
    ],
)
def test_sums_dates_and_laws_stay(masker: Masker, harmless: str) -> None:
    assert masker.mask(harmless) == (harmless, False)


@given(thousands=st.integers(1, 9_999), space=st.sampled_from(["", " ", "\u00a0", "."]))
def test_round_sums_of_money_stay(masker: Masker, thousands: int, space: str) -> None:
    text = f"{thousands:,}".replace(",", space) + f"{space}000 kr"

    assert masker.mask(text) == (text, False)


@pytest.mark.parametrize(
    "written", ["0771-235 235", "0771235235", "+46 771 235 235", "0046771235235", "020-50 50 50", "114 14", "112"]
)
def test_numbers_that_the_assistant_gives_stay(masker: Masker, written: str) -> None:
    text = f"är {written} rätt nummer?"

    assert masker.mask(text) == (text, False)


def test_a_masker_that_knows_no_public_numbers_masks_them_all() -> None:
    assert Masker().mask("0771-235 235") == (MASK, True)


def test_only_the_personal_number_of_two_is_masked(masker: Masker) -> None:
    assert masker.mask("0771-235 235 eller 070-123 45 67") == (f"0771-235 235 eller {MASK}", True)


@given(text=st.text())
def test_any_text_is_masked_without_fail(masker: Masker, text: str) -> None:
    masked, found = masker.mask(text)

    assert found == (masked != text)
