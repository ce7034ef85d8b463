"""Masks what must not travel further than the gateway: identity numbers, phones, e-mail, accounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

MASK = "•••"
_SEPARATOR = r"[\s\u00a0\u202f\-\u2010-\u2015\u2212+.]{0,3}"
# Personnummer and samordningsnummer (day + 60), with or without century (Skatteverket).
_IDENTITY = re.compile(
    rf"(?<!\d)(?:(?:19|20){_SEPARATOR})?(\d\d){_SEPARATOR}(0[1-9]|1[0-2]){_SEPARATOR}"
    rf"(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01]){_SEPARATOR}(\d{{3}}){_SEPARATOR}(\d)(?!\d)"
)
_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
# Case and account numbers. Round sums of money (1 200 000), dates and years (2016-2021) are not personal.
_LONG_NUMBER = re.compile(r"(?<![\d])\d(?:[\s\u00a0\-.]?\d){6,}(?!\d)")
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = rf"(?:{_YEAR}[\s.-]{_MONTH}[\s.-]{_DAY}|{_DAY}[\s.-]{_MONTH}[\s.-]{_YEAR}|{_YEAR})"
_DATES = re.compile(rf"{_DATE}(?:[\s-]{_DATE})*")


class Masker:
    """Masks personal data but leaves the numbers that the assistant itself gives."""

    def __init__(self, public_numbers: Iterable[str] = ()) -> None:
        """`public_numbers` are phone numbers of authorities, in any notation."""
        self._public = {_digits(number).removeprefix("46").lstrip("0") for number in public_numbers}

    def mask(self, text: str) -> tuple[str, bool]:
        """Return the text with personal data replaced by `MASK`, and whether there was any."""
        masked = _IBAN.sub(MASK, _EMAIL.sub(MASK, text))
        masked = _by_digits(masked, _IDENTITY, lambda match: _luhn("".join(match.groups())))
        masked = self._mask_phones(masked)
        masked = _by_digits(masked, _LONG_NUMBER, lambda match: not self._harmless(match.group()))
        return masked, masked != text

    def _mask_phones(self, text: str) -> str:
        for match in reversed(list(phonenumbers.PhoneNumberMatcher(_ascii_digits(text), "SE"))):
            if not self._is_public(match.raw_string):
                text = text[: match.start] + MASK + text[match.end :]
        return text

    def _harmless(self, number: str) -> bool:
        return _digits(number).endswith("000") or self._is_public(number) or bool(_DATES.fullmatch(number))

    def _is_public(self, number: str) -> bool:
        digits = _digits(number)
        return digits.removeprefix("00").removeprefix("46").lstrip("0") in self._public


def _by_digits(text: str, pattern: re.Pattern[str], personal: object) -> str:
    """Replace matches in `text`, whatever script its digits are written in."""
    assert callable(personal)
    for match in reversed(list(pattern.finditer(_ascii_digits(text)))):
        if personal(match):
            text = text[: match.start()] + MASK + text[match.end() :]
    return text


def _ascii_digits(text: str) -> str:
    """Return `text` with every decimal digit as 0-9; the length stays the same."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", _ascii_digits(text))


def _luhn(ten_digits: str) -> bool:
    total = 0
    for index, digit in enumerate(map(int, ten_digits)):
        product = digit * (2 if index % 2 == 0 else 1)
        total += product // 10 + product % 10
    return total % 10 == 0
