"""Typed patterns: how values of each kind are recognised in the words of a page, Swedish or English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers
from babel.dates import get_month_names

from bot.facts.hours import DAYS, Hours, parse_hours
from bot.facts.kinds import KINDS, dial
from bot.facts.ledger import Fact

# In a pattern, {} is the value and … stands for a few other words of the same sentence.
VALUE, GAP = "{}", "…"
_GAP_LENGTH = 80

_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f\u2009.,]\d{3})+|\d+"
_MONTHS = {
    name.lower(): number for locale in ("sv", "en") for number, name in get_month_names("wide", locale=locale).items()
}
_COUNTED = {"a": 1, "an": 1, "one": 1, "en": 1, "ett": 1, "two": 2, "två": 2, "three": 3, "tre": 3}
_UNITS = {
    "hour": "hours?|timm(?:e|ar)",
    "day": "days?|dag(?:ar)?",
    "week": "weeks?|veck(?:a|or)",
    "month": "months?|månad(?:er)?",
    "year": "years?|år",
}
_DAY_NAMES = {
    "mon": "mån(?:dag)?(?:ar)?|mon(?:day)?s?",
    "tue": "tis(?:dag)?(?:ar)?|tue(?:s(?:day)?)?s?",
    "wed": "ons(?:dag)?(?:ar)?|wed(?:nesday)?s?",
    "thu": "tors(?:dag)?(?:ar)?|thu(?:rs(?:day)?)?s?",
    "fri": "fre(?:dag)?(?:ar)?|fri(?:day)?s?",
    "sat": "lör(?:dag)?(?:ar)?|sat(?:urday)?s?",
    "sun": "sön(?:dag)?(?:ar)?|sun(?:day)?s?",
}
_DAY = "|".join(_DAY_NAMES.values())
_TIME = r"\d{1,2}(?:[.:]\d{2})?"
_TO = r"\s*(?:[-\u2010-\u2015]|to|till)\s*"
# Times of twelve hours are not read: a page that says "1–3 pm" is left to a person.
_SPAN = rf"{_TIME}{_TO}{_TIME}(?!\s*[ap]\.?m)"
_MORE = r"\s*(?:[,;]|and|och)\s*"
_SPANS = rf"(?:kl\.?\s*)?{_SPAN}(?:{_MORE}{_SPAN})*"
_DAYS_AND_TIMES = rf"(?:{_DAY})(?:{_TO}(?:{_DAY}))?\s*[:,]?\s*{_SPANS}"
_ONE_DAY_RANGE = re.compile(
    rf"(?P<first>{_DAY})(?:{_TO}(?P<last>{_DAY}))?\s*[:,]?\s*(?P<spans>{_SPANS})", re.IGNORECASE
)
_ONE_SPAN = re.compile(rf"(?P<from>{_TIME}){_TO}(?P<to>{_TIME})")


@dataclass(frozen=True)
class _Form:
    """How a kind looks in text, and the value of what was matched (ValueError: it is none)."""

    regex: str
    value: Callable[[str, Fact], Any]


def compile_pattern(pattern: str, fact: Fact) -> re.Pattern[str]:
    """Return `pattern` (words, one {}, perhaps …) as a regular expression with a group `value`.

    Raises ValueError if the pattern has not exactly one {}, or no values of the fact's type can be found in text.
    """
    if pattern.count(VALUE) != 1:
        raise ValueError(f"{pattern!r} needs {{}} once, where the value stands")
    if fact.type not in _FORMS:
        raise ValueError(f"values of type {fact.type} cannot be found by patterns")
    value = _FORMS[fact.type].regex
    if fact.type == "duration":
        value = value.replace("UNIT", _UNITS[fact.unit or "year"])
    # Not the end of a longer word, a decimal or a range.
    value = rf"(?<!\w)(?<!\d[.,\u2010-\u2015-])(?:{value})"
    # Words between label and value must not hold another value of the kind.
    gap = rf"[^\S\n]*(?:(?!{value})[^\n.!?;]){{0,{_GAP_LENGTH}}}?"
    pieces = {VALUE: f"(?P<value>{value})", GAP: gap}
    parts = re.split(r"(\{\}|\s*…\s*|\s+)", pattern.strip())
    regex = "".join(pieces.get(part.strip()) or (r"\s*" if part.isspace() else _words(part)) for part in parts if part)
    return re.compile(rf"(?<!\w){regex}(?!\w)", re.IGNORECASE)


def _words(part: str) -> str:
    """Return a piece of the pattern's words, which must not be the beginning or end of longer ones."""
    before = r"(?<!\w)" if part[0].isalnum() else ""
    return f"{before}{re.escape(part)}" + (r"(?!\w)" if part[-1].isalnum() else "")


def find_values(pattern: re.Pattern[str], text: str, fact: Fact) -> Iterator[Any]:
    """Yield each value that `pattern` finds in `text`, in reading order."""
    for match in pattern.finditer(text):
        try:
            yield KINDS[fact.type].load(_FORMS[fact.type].value(match["value"], fact))
        except ValueError:
            continue


def same(fact: Fact, ours: Any, read: Any) -> bool:
    """Return whether a value read from a page says the same as ours.

    A page shows the weekly pattern of hours and writes telephone numbers in its own way.
    """
    if isinstance(ours, Hours) and isinstance(read, Hours):
        return dict(ours.week) == dict(read.week)
    if fact.type == "phone":
        return dial(ours) == dial(read)
    return bool(ours == read)


def _number(text: str, fact: Fact) -> int:
    return int(re.sub(r"\D", "", text))


def _date(text: str, fact: Fact) -> date:
    if re.match(r"\d{4}-", text):
        return date.fromisoformat(text)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    month = next(_MONTHS[word] for word in re.findall(r"[^\W\d]+", text.lower()) if word in _MONTHS)
    return date(numbers[1], month, numbers[0])


def _duration(text: str, fact: Fact) -> int:
    counted = text.split()[0].lower()
    return _COUNTED[counted] if counted in _COUNTED else int(counted)


def _phone(text: str, fact: Fact) -> str:
    try:
        number = phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(f"{text!r} is no valid number")
    return re.sub(r"\s+", " ", text.strip())


def _hours(text: str, fact: Fact) -> Hours:
    entry: dict[str, str] = {}
    for match in _ONE_DAY_RANGE.finditer(text):
        first, last = _day(match["first"]), _day(match["last"] or match["first"])
        days = first if first == last else f"{first}-{last}"
        spans = [f"{_clock(span['from'])}-{_clock(span['to'])}" for span in _ONE_SPAN.finditer(match["spans"])]
        entry[days] = ", ".join([*([entry[days]] if days in entry else []), *spans])
    return parse_hours(entry)


def _day(name: str) -> str:
    return next(day for day in DAYS if re.fullmatch(_DAY_NAMES[day], name, re.IGNORECASE))


def _clock(text: str) -> str:
    hour, _, minute = text.replace(".", ":").partition(":")
    return f"{int(hour):02d}:{minute or '00'}"


_MONTH = "|".join(map(re.escape, _MONTHS))
_FORMS: Mapping[str, _Form] = {
    "money": _Form(rf"(?:SEK|kr)\s?(?:{_NUMBER})|(?:{_NUMBER})\s?(?:SEK|kronor|kr)(?!\w)", _number),
    "share": _Form(r"\d{1,3}\s?(?:%|per ?cent|procent)", _number),
    "duration": _Form(rf"(?:\d+|{'|'.join(_COUNTED)})[\s-](?:UNIT)", _duration),
    "date": _Form(rf"\d{{4}}-\d{{2}}-\d{{2}}|(?:\d{{1,2}}\s(?:{_MONTH})|(?:{_MONTH})\s\d{{1,2}}),?\s\d{{4}}", _date),
    "phone": _Form(r"(?:\+\d{1,3}|0\d{1,3})(?:\s?\(0\))?(?:[ \u00a0()/\u2010-\u2015-]{0,2}\d{2,4}){1,5}", _phone),
    "hours": _Form(rf"{_DAYS_AND_TIMES}(?:\s*(?:[,;]|and|och)?\s*{_DAYS_AND_TIMES})*", _hours),
    "reference": _Form(r"(?=[\w.:/-]*\d)\w[\w.:/-]*\w", lambda text, _: text),
}
