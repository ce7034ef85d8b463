"""The fact ledger: typed values, each with its source and the date of its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from bot.content import ContentError, ContentFile, Fault


class State(str, Enum):
    """How far a fact may be relied on today."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Source:
    """A place outside the assistant where facts come from."""

    id: str
    title: str
    owner: str
    url: str
    language: str


@dataclass(frozen=True)
class Fact:
    """A value or a statement with the evidence for it.

    `checked` is the date of the evidence, `max_age` how many days it may be relied on (None: it
    cannot grow old, such as history). `dial` is the number a telephone dials, for type phone.
    """

    id: str
    type: str
    value: Any
    source: Source
    checked: date
    owner: str
    confidence: str
    max_age: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    dial: str | None = None
    unit: str | None = None

    def state(self, today: date) -> State:
        """Return the state on `today`, from validity and age."""
        if (self.valid_to and today > self.valid_to) or (self.valid_from and today < self.valid_from):
            return State.WITHHELD
        if self.max_age is not None and today > self.checked + timedelta(days=self.max_age):
            return State.UNCONFIRMED
        return State.CONFIRMED

    @property
    def href(self) -> str | None:
        """The address that the value leads to: a page, or a telephone number."""
        if self.type == "url":
            return str(self.value)
        return f"tel:{self.dial}" if self.type == "phone" else None

    def format(self, locale: str) -> str:
        """Return the value as it is written in `locale` (such as sv or en_GB)."""
        return _FORMATS[self.type](self, locale)


_PLAIN_URL = re.compile(r"^https?://(www\.)?|/$")

_FORMATS: Mapping[str, Callable[[Fact, str], str]] = {
    "money": lambda fact, locale: _kronor(fact.value, locale),
    "date": lambda fact, locale: format_date(fact.value, "long", locale=locale),
    "share": lambda fact, locale: format_percent(fact.value / 100, locale=locale),
    "duration": lambda fact, locale: format_unit(fact.value, f"duration-{fact.unit}", length="long", locale=locale),
    "url": lambda fact, _: _PLAIN_URL.sub("", fact.value),
    "phone": lambda fact, _: fact.value,
    "address": lambda fact, _: fact.value,
    "reference": lambda fact, _: fact.value,
    "statement": lambda fact, _: fact.value,
}

TYPES = tuple(_FORMATS)
UNITS = ("hour", "day", "week", "month", "year")


def _kronor(value: int, locale: str) -> str:
    # English readers in Sweden know "kr" from every price tag; CLDR would write "SEK 350,000".
    if locale.startswith("en"):
        return f"{format_decimal(value, locale=locale)} kr"
    pattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (0, 0)
    return str(pattern.apply(value, locale, currency="SEK", currency_digits=False))


@dataclass(frozen=True)
class Ledger:
    """Every fact and every source, by id."""

    facts: Mapping[str, Fact]
    sources: Mapping[str, Source]


_SOURCES = {"*": {"title": str, "owner": str, "url": str, "language": str}}
_FACTS = {
    "*": {
        "type": str,
        "value": object,
        "source": str,
        "checked": date,
        "owner": str,
        "confidence": str,
        "max_age?": int,
        "valid_from?": date,
        "valid_to?": date,
        "dial?": str,
        "unit?": str,
        "quote?": str,
        "note?": str,
    }
}
_WEB_ADDRESS = ("https://", "http://")


def load_ledger(facts_file: ContentFile, sources_file: ContentFile) -> Ledger:
    """Return the ledger. Raises ContentError with every fault of both files."""
    faults = sources_file.misfits(_SOURCES) + facts_file.misfits(_FACTS)
    if faults:
        raise ContentError(faults)
    sources = {id: Source(id=id, **entry) for id, entry in sources_file.data.items()}
    facts: dict[str, Fact] = {}
    for id, source in sources.items():
        if not source.url.startswith(_WEB_ADDRESS):
            faults.append(sources_file.fault(f"{id}: the url is no web address", id, "url"))
    for id, entry in facts_file.data.items():
        found = _fact_faults(id, entry, sources, facts_file)
        faults += found
        if not found:
            known = {k: v for k, v in entry.items() if k not in ("source", "quote", "note")}
            facts[id] = Fact(id=id, source=sources[entry["source"]], **known)
    if faults:
        raise ContentError(faults)
    return Ledger(facts, sources)


def _fact_faults(id: str, entry: Any, sources: Mapping[str, Source], file: ContentFile) -> list[Fault]:
    faults: list[Fault] = []
    if entry["type"] not in TYPES:
        faults.append(file.fault(f"{id}: type is none of {', '.join(TYPES)}", id, "type"))
    elif type(entry["value"]) is not _VALUE_TYPES.get(entry["type"], str):
        faults.append(file.fault(f"{id}: the value does not fit type {entry['type']}", id, "value"))
    elif entry["type"] == "url" and not str(entry["value"]).startswith(_WEB_ADDRESS):
        faults.append(file.fault(f"{id}: the value is no web address", id, "value"))
    if entry["type"] == "phone" and not re.fullmatch(r"\+?\d{3,15}", entry.get("dial", "")):
        faults.append(file.fault(f"{id}: a phone needs dial: digits, perhaps with + first", id))
    if entry["type"] == "duration" and entry.get("unit") not in UNITS:
        faults.append(file.fault(f"{id}: a duration needs unit: one of {', '.join(UNITS)}", id))
    if entry["source"] not in sources:
        faults.append(file.fault(f"{id}: source {entry['source']} is not in sources.yml", id, "source"))
    if entry["confidence"] not in ("H", "M", "L"):
        faults.append(file.fault(f"{id}: confidence is H, M or L", id, "confidence"))
    return faults


_VALUE_TYPES: Mapping[str, type] = {"money": int, "share": int, "duration": int, "date": date}
