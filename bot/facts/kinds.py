"""The kinds of value that a fact can have: how each is read, kept as JSON and written for a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from bot.facts import formats
from bot.facts.hours import Hours, parse_hours

UNITS = ("hour", "day", "week", "month", "year")
# Larger numbers are slips of the pen; of very large ones Babel makes no text at all.
_MOST_MONEY, _MOST_SHARE, _MOST_DURATION = 10**12, 1000, 10**6
_PLAIN_URL = re.compile(r"^https?://(www\.)?|/$")
_DIALLED = re.compile(r"\+?\d{3,15}")


@dataclass(frozen=True)
class Kind:
    """What is done with values of one kind.

    `load` takes what YAML or JSON holds and raises ValueError; `dump` gives JSON back; `read` takes
    what a person types; `format` takes value, locale (such as sv or en_GB) and unit.
    """

    load: Callable[[Any], Any]
    format: Callable[[Any, str, str | None], str]
    read: Callable[[str], Any] = str
    dump: Callable[[Any], Any] = lambda value: value


def dial(number: str) -> str:
    """Return what a telephone dials for a number as it is written in Sweden: 0771-235 235 -> +46771235235.

    Raises ValueError for what is no number. Short numbers such as 112 have no country code.
    """
    digits = re.sub(r"\(0\)|[\s()/\u2010-\u2015-]", "", number)
    if not _DIALLED.fullmatch(digits):
        raise ValueError(f"{number!r} is no telephone number")
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+46{digits[1:]}" if digits.startswith("0") else digits


def _whole(most: int) -> Callable[[Any], int]:
    def load(value: Any) -> int:
        if type(value) is not int or value < 0:
            raise ValueError(f"{value!r} is no whole number")
        if value > most:
            raise ValueError(f"the number is larger than {most}")
        return value

    return load


def _typed_whole(text: str) -> int:
    digits = re.sub(r"\s|kr|SEK|%", "", text)
    if not digits.isdecimal():
        raise ValueError(f"{text!r} is no whole number")
    return int(digits)


def _date(value: Any) -> date:
    if type(value) is date:
        return value
    return date.fromisoformat(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value


def _address_on_the_web(value: Any) -> str:
    if not _text(value).startswith(("https://", "http://")) or not urlsplit(value).hostname:
        raise ValueError(f"{value!r} is no web address")
    return str(value)


def _phone(value: Any) -> str:
    dial(_text(value))
    return str(value)


def _hours(value: Any) -> Any:
    if isinstance(value, Hours):
        return value
    if not isinstance(value, Mapping):
        raise ValueError("hours are weekdays with times")
    return parse_hours(value)


def _typed_hours(text: str) -> Any:
    """Read `mon-fri 09:00-15:00; holidays closed`."""
    pairs = [part.strip().split(maxsplit=1) for part in text.split(";") if part.strip()]
    named: dict[str, str] = {}
    for pair in pairs:
        if pair[0] in named:
            raise ValueError(f"{pair[0]} stands twice")
        named[pair[0]] = pair[-1]
    return parse_hours(named)


def _as_it_stands(value: str, locale: str, unit: str | None) -> str:
    return value


KINDS: Mapping[str, Kind] = {
    "money": Kind(_whole(_MOST_MONEY), lambda value, locale, _: formats.money(value, locale), _typed_whole),
    "date": Kind(_date, lambda value, locale, _: formats.day(value, locale), date.fromisoformat, date.isoformat),
    "share": Kind(_whole(_MOST_SHARE), lambda value, locale, _: formats.share(value, locale), _typed_whole),
    "duration": Kind(
        _whole(_MOST_DURATION),
        lambda value, locale, unit: formats.duration(value, str(unit), locale),
        _typed_whole,
    ),
    "hours": Kind(_hours, lambda value, locale, _: value.format(locale), _typed_hours, lambda value: value.dump()),
    "url": Kind(_address_on_the_web, lambda value, *_: _PLAIN_URL.sub("", value)),
    "phone": Kind(_phone, _as_it_stands),
    "address": Kind(_text, _as_it_stands),
    "reference": Kind(_text, _as_it_stands),
    "statement": Kind(_text, _as_it_stands),
}
