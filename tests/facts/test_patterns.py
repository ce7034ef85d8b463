from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts.hours import Hours, parse_hours
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact, Source
from bot.facts.patterns import compile_pattern, find_values, same

SOURCE = Source("page", "A page", "An agency", "https://agency.example/", "en")
CUTOFF = date(2024, 9, 12)
OFFICE = {"mon-fri": "09:00-15:00"}
SHORT_FRIDAY = {"mon-thu": "09:00-16:00", "fri": "09:00-15:00"}
FINDABLE = ("money", "share", "duration", "date", "phone", "hours", "reference")


def fact(kind: str, unit: str | None = None) -> Fact:
    return Fact("a_fact", kind, SOURCE, "An agency", "H", unit=unit)


def found(kind: str, pattern: str, text: str, unit: str | None = None) -> list[Any]:
    one = fact(kind, unit)
    return list(find_values(compile_pattern(pattern, one), text, one))


@pytest.mark.parametrize(
    "amount",
    [
        "350,000 SEK",
        "350 000 kronor",
        "350 000 kr",
        "350.000 kr",
        "350000 SEK",
        "350000kr",
        "SEK 350,000",
        "SEK350,000",
        "kr 350 000",
        "Kr 350 000",
        "350\u00a0000\u00a0kronor",
        "350\u202f000\u202fkr",
        "SEK\u00a0350\u202f000",
        ("350\u2009000 kr"),
    ],
)
def test_an_amount_is_read_however_it_is_written(amount: str) -> None:
    assert found("money", "{} per adult", f"The grant is {amount} per adult.") == [350_000]


@given(st.integers(1, 10**9), st.sampled_from([",", ".", " ", "\u00a0", "\u202f", ""]))
def test_an_amount_is_read_whole_with_any_separator(amount: int, separator: str) -> None:
    assert found("money", "get {}", f"You get {amount:,} SEK.".replace(",", separator)) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        "350,000 EUR per adult",
        "350,000 per adult",
        "350,000 krona-like per adult",
        ("350 000,00 kr per adult"),
        ("about 0.5 SEK per adult"),
    ],
)
def test_what_is_no_whole_amount_of_kronor_is_not_read(text: str) -> None:
    assert found("money", "{} per adult", text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20 %", [20]),
        ("20%", [20]),
        ("20\u00a0%", [20]),
        ("20 per cent", [20]),
        ("20 percent", [20]),
        ("20 procent", [20]),
        ("20 percentage points", []),
        ("20 kr", []),
        ("12,5 %", []),
        ("1200 %", []),
    ],
)
def test_a_share_is_read(text: str, values: list[int]) -> None:
    assert found("share", "first … {}", f"The first part is {text} of it.") == values


@pytest.mark.parametrize(
    ("unit", "text", "values"),
    [
        ("month", "15 months", [15]),
        ("month", "15 månader", [15]),
        ("month", "1 månad", [1]),
        ("month", "15\u00a0months", [15]),
        ("month", "one month", [1]),
        ("month", "a month", [1]),
        ("month", "en månad", [1]),
        ("year", "ett år", [1]),
        ("year", "two years", [2]),
        ("year", "två år", [2]),
        ("week", "Three weeks", [3]),
        ("week", "tre veckor", [3]),
        ("week", "an hour, or 2 veckor", [2]),
        ("hour", "an hour", [1]),
        ("hour", "3 timmar", [3]),
        ("day", "2 dagar", [2]),
        ("day", "en dag", [1]),
        ("month", "15 years", []),
        ("year", "15 months", []),
        ("month", "15 monthly parts", []),
        ("month", "fifteen months", []),
        ("month", "1,5 months", []),
        ("month", "3-6 months", []),
        ("month", "i tabellen månad för månad", []),
    ],
)
def test_a_duration_is_read_in_its_own_unit(unit: str, text: str, values: list[int]) -> None:
    assert found("duration", "time … {}", f"The time is {text} in most cases.", unit) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12 September 2024", [CUTOFF]),
        ("12 september 2024", [CUTOFF]),
        ("September 12, 2024", [CUTOFF]),
        ("September 12 2024", [CUTOFF]),
        ("12\u00a0September\u00a02024", [CUTOFF]),
        ("2024-09-12", [CUTOFF]),
        ("1 maj 2024", [date(2024, 5, 1)]),
        ("1 May 2024", [date(2024, 5, 1)]),
        ("1 oktober 2024", [date(2024, 10, 1)]),
        ("31 February 2024", []),
        ("2024-13-01", []),
        ("12 September", []),
        ("2024-09-123", []),
        ("112 September 2024", []),
    ],
)
def test_a_date_is_read_in_swedish_and_english(text: str, values: list[date]) -> None:
    assert found("date", "permit … {}", f"A permit from {text} or earlier") == values


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["sv", "en_GB"]))
def test_every_date_is_read_as_it_is_written(day: date, locale: str) -> None:
    assert found("date", "on {}", f"on {KINDS['date'].format(day, locale, None)}.") == [day]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0771-235 235", ["0771-235 235"]),
        ("0771-235\u00a0235", ["0771-235 235"]),
        ("+46 771 235 235", ["+46 771 235 235"]),
        ("0771235235.", ["0771235235"]),
        ("0771-235 235, 08-508 00 508", ["0771-235 235"]),
        ("99 99", []),
        ("0000 000 000", []),
        ("2024-09-12", []),
        ("0771\u2013235 235", ["0771\u2013235 235"]),
        ("0771-235 235 (9-15)", ["0771-235 235"]),
    ],
)
def test_a_telephone_number_is_read(text: str, values: list[str]) -> None:
    assert found("phone", "call … {}", f"You can call us at {text}") == values


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("måndag–fredag 09.00–15.00", [OFFICE]),
        ("mån-fre 9-15", [OFFICE]),
        ("mån–fre kl. 9–15", [OFFICE]),
        ("måndagar till fredagar: 09:00 till 15:00", [OFFICE]),
        ("Monday to Friday 9-15", [OFFICE]),
        ("Monday–Friday, 09:00–15:00", [OFFICE]),
        ("Mon-Fri: 9.00 to 15.00", [OFFICE]),
        ("Monday\u00a0–\u00a0Friday\u00a09\u00a0–\u00a015", [OFFICE]),
        ("Monday–Thursday 9–16, Friday 9–15", [SHORT_FRIDAY]),
        ("Mondays to Thursdays 9–16 and Fridays 9–15", [SHORT_FRIDAY]),
        ("måndag–torsdag 9–16 och fredag 9–15", [SHORT_FRIDAY]),
        ("måndag–torsdag 9–16\nfredag 9–15", [SHORT_FRIDAY]),
        ("lördagar 10–14; söndagar 11–12", [{"sat": "10:00-14:00", "sun": "11:00-12:00"}]),
        ("tues 9-10, wed 10-11, thurs 11-12", [{"tue": "09:00-10:00", "wed": "10:00-11:00", "thu": "11:00-12:00"}]),
        ("tis 9-10, ons 10-11, tors 11-12", [{"tue": "09:00-10:00", "wed": "10:00-11:00", "thu": "11:00-12:00"}]),
        ("Monday–Friday", []),
        ("9–15", []),
        ("Monday 15–9", []),
        ("Monday 25–26", []),
        ("Friday–Monday 9–15", []),
        ("Monday–Wednesday 9–15, Wednesday 9–12", []),
        ("Monday 9–12 and 13–15", [{"mon": "09:00-12:00, 13:00-15:00"}]),
        ("Monday 9–12, Monday 13–15", [{"mon": "09:00-12:00, 13:00-15:00"}]),
        ("Monday 1–3 pm", []),
        ("Simon 9–15", []),
        ("lektions 10–12", []),
    ],
)
def test_opening_hours_are_read(text: str, entries: list[dict[str, str]]) -> None:
    assert found("hours", "open … {}", f"We are open {text}") == [parse_hours(entry) for entry in entries]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("form 187011.", ["187011"]),
        ("form 187011, in Swedish", ["187011"]),
        ("form MIGR/190-1", ["MIGR/190-1"]),
        ("form 2017:40", ["2017:40"]),
        ("form on page 3", []),
        ("forms 187011", []),
    ],
)
def test_a_reference_has_a_figure(text: str, values: list[str]) -> None:
    assert found("reference", "form {}", f"Fill in {text}") == values


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{} per adult", "10 kr per adults"),
        ("{} per adult", "10 kr super adult"),
        ("{} per adult", "10 kr per adultery"),
        ("adult {}", "youngadult 10 kr"),
        ("adult {}", "adults 10 kr"),
        ("adult … {}", "adults get 10 kr"),
        ("{} … household", "10 kr for households"),
        ("{} … household", "10 kr for my xhousehold"),
        ("{} för vuxen", "10 kr för vuxenår"),
        ("{}", "10 krona"),
    ],
)
def test_words_are_whole_words(pattern: str, text: str) -> None:
    assert found("money", pattern, text) == []


@pytest.mark.parametrize(
    "text",
    ["Per Adult: 10 kr", "PER ADULT: 10 KR", "per\u00a0adult:\u202f10 kr", "per  adult:10 kr", "per\nadult: 10 kr"],
)
def test_neither_case_nor_space_matters(text: str) -> None:
    assert found("money", "per adult: {}", text) == [10]


def test_signs_in_a_pattern_stand_for_themselves() -> None:
    assert found("money", "(adult.) {}", "(adult.) 10 kr (adultx) 20 kr adult 30 kr") == [10]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("adult 10 kr", [10]),
        ("adult: 10 kr", [10]),
        ("adult will, as a rule, get 10 kr", [10]),
        ("adult gets 10 kr or 20 kr", [10]),
        ("adult gets 10 kr, and an adult abroad 20 kr", [10, 20]),
        ("adult. You get 10 kr", []),
        ("adult! You get 10 kr", []),
        ("adult? You get 10 kr", []),
        ("adult; others get 10 kr", []),
        ("adult is\nwhoever gets 10 kr", []),
        ("adult gets " + "x" * 60 + " 10 kr", [10]),
        ("adult gets " + "x" * 90 + " 10 kr", []),
        ("adult from 2026 350 000 kr", [350_000]),
        ("adult.\nadult\n10 kr", []),
    ],
)
def test_a_gap_is_a_few_words_of_the_same_sentence(text: str, values: list[int]) -> None:
    assert found("money", "adult … {}", text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10 kr for a household", [10]),
        ("10 kr for an adult, 20 kr for a household", [20]),
        ("10 kr for an adult and 20 kr. A household", []),
        ("10 kr for an adult, 20 kr\nhousehold 30 kr", []),
    ],
)
def test_a_gap_does_not_jump_over_another_value(text: str, values: list[int]) -> None:
    assert found("money", "{} … household", text) == values


def test_words_next_to_a_value_may_stand_on_another_line() -> None:
    assert found("phone", "telefonnummer {}", "Telefonnummer\n0771-235 235") == ["0771-235 235"]


def test_values_are_found_in_reading_order_and_as_often_as_they_stand() -> None:
    assert found("money", "{} each", "20 kr each, 10 kr each and 20 kr each") == [20, 10, 20]


def test_what_is_no_value_after_all_does_not_hide_the_next_one() -> None:
    assert found("date", "on {}", "on 31 February 2024 or on 12 September 2024") == [CUTOFF]


def test_an_amount_that_nobody_can_mean_is_not_read() -> None:
    assert found("money", "{} each", f"{10**26} kr each, 10 kr each") == [10]


@pytest.mark.parametrize("pattern", ["", "per adult", "{} or {}", "…", "{ }"])
def test_a_pattern_has_one_value(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern, fact("money"))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(FINDABLE)))
def test_some_kinds_have_no_form_of_their_own(kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        compile_pattern("{}", fact(kind))


@pytest.mark.parametrize("kind", FINDABLE)
@given(text=st.text(st.sampled_from("0123456789 \u00a0\n.,:;-–+()/SEKkr%månfretoåyearsadult"), max_size=60))
def test_no_text_stops_the_reading_and_what_is_read_is_a_value(kind: str, text: str) -> None:
    for value in found(kind, "{}", text, "year"):
        assert isinstance(value, Hours) or KINDS[kind].load(value) == value


@given(st.text())
def test_any_words_make_a_pattern_that_finds_them(words: str) -> None:
    words = " ".join(words.replace("{", "").replace("…", "").split())

    assert found("money", f"{words} {{}}", f"{words} 10 kr") == [10]


@pytest.mark.parametrize(
    ("kind", "ours", "read", "agree"),
    [
        ("money", 350_000, 350_000, True),
        ("money", 350_000, 350_001, False),
        ("date", CUTOFF, date(2024, 9, 24), False),
        ("reference", "187011", "187011", True),
        ("reference", "187011", "186011", False),
        ("phone", "0771-235 235", "+46 771 235 235", True),
        ("phone", "0771-235 235", "0771235235", True),
        ("phone", "0771-235 235", "0771-235 236", False),
        ("phone", "0771-235 235", "+46 (0)771 235 235", True),
        ("phone", "08-508 00 508", "08/508 00 508", True),
        ("phone", "0771-235 235", "08-508 00 508", False),
        ("hours", parse_hours(OFFICE), parse_hours(OFFICE), True),
        ("hours", parse_hours({**OFFICE, "holidays": "closed", "2026-12-23": "closed"}), parse_hours(OFFICE), True),
        ("hours", parse_hours(OFFICE), parse_hours({"mon-thu": "09:00-15:00"}), False),
        ("hours", parse_hours(OFFICE), parse_hours({"mon-fri": "09:00-16:00"}), False),
        ("hours", parse_hours({**OFFICE, "sat-sun": "closed"}), parse_hours(OFFICE), True),
    ],
)
def test_a_page_says_the_same_in_its_own_way(kind: str, ours: Any, read: Any, agree: bool) -> None:
    assert same(fact(kind), ours, read) is agree


# A stroke, which is found too, cannot be compared: test_a_page_says_the_same_in_its_own_way.
@given(st.from_regex(r"(\+46 ?|0)(8|771)[ ()-]{0,2}[0-9]{3} ?[0-9]{3}", fullmatch=True))
def test_every_number_that_is_found_can_be_compared(text: str) -> None:
    for number in found("phone", "{}", text):
        same(fact("phone"), "0771-235 235", number)
