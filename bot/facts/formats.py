"""Numbers, dates and times as the readers of a locale write them: Babel's forms, with the digits that it leaves out."""

from __future__ import annotations

from datetime import date, time

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

# Digits 0 to 9 of the numbering systems that CLDR names as a locale's own.
_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
# CLDR has no words for these units, or has them wrong: what stands after one, and after more.
_UNITS = {
    "ar": {"week": ("أسبوع", "أسابيع")},
    "ckb": {
        "hour": ("کاتژمێر", "کاتژمێر"),
        "day": ("ڕۆژ", "ڕۆژ"),
        "week": ("هەفتە", "هەفتە"),
        "month": ("مانگ", "مانگ"),
        "year": ("ساڵ", "ساڵ"),
    },
    "ps": {"hour": ("ساعت", "ساعته")},
    "so": {"year": ("sano", "sano")},
    "ti": {"month": ("ወርሒ", "ኣዋርሕ")},
}
# Months have another name from country to country, or stand in two calendars: the figures say which is meant.
_WITH_FIGURES = frozenset({"ar", "ti"})


def money(kronor: int, locale: str) -> str:
    """Return a sum in kronor. CLDR writes SEK in most languages, but every price tag in Sweden says kr."""
    return f"{_number(kronor, locale)}\N{NO-BREAK SPACE}kr"


def share(percent: int, locale: str) -> str:
    """Return a share in per cent."""
    return _with_digits(format_percent(percent / 100, locale=locale, numbering_system="default"), locale)


def duration(count: int, unit: str, locale: str) -> str:
    """Return so many hours, days, weeks, months or years."""
    if forms := _UNITS.get(locale, {}).get(unit):
        return f"{_number(count, locale)} {forms[count != 1]}"
    # Where CLDR has no long form of its own, it means the short one, which Babel does not find by itself.
    written = (format_unit(count, f"duration-{unit}", length, locale=locale) for length in ("long", "short"))
    return _with_digits(next(form for form in written if "duration-" not in form), locale)


def day(when: date, locale: str) -> str:
    """Return a date written out."""
    figures = f" ({when.isoformat()})" if locale in _WITH_FIGURES else ""
    return _with_digits(format_date(when, "long", locale=locale), locale) + figures


def clock(when: time, locale: str) -> str:
    """Return a time of day, to the minute, of twenty-four hours: so it stands on every door in Sweden.

    Where people count from sunrise, as Tigrinya does, an hour of twelve would be taken for another one.
    """
    short = Locale.parse(locale).time_formats["short"].pattern
    return _with_digits(format_time(when, "HH:mm" if "h" in short else "short", locale=locale), locale)


def weekdays(locale: str) -> list[str]:
    """Return the names of the days, Monday first."""
    names = get_day_names("wide", locale=locale)
    return [names[index] for index in range(7)]


def _number(number: int, locale: str) -> str:
    # Babel takes the signs of the numbering system, but not its digits.
    return _with_digits(format_decimal(number, locale=locale, numbering_system="default"), locale)


def _with_digits(text: str, locale: str) -> str:
    own = _DIGITS.get(Locale.parse(locale).default_numbering_system)
    return text.translate(str.maketrans("0123456789", own)) if own else text
