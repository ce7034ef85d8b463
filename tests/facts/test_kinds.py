from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.hours import parse_hours
from bot.facts.kinds import KINDS, UNITS, dial

NO_BREAK = "\u00a0"
WEEK = {"mon-fri": "09:00-15:00", "holidays": "closed"}
# Each kind, what a content file holds, and the value.
LOADED: list[tuple[str, Any, Any]] = [
    ("money", 350_000, 350_000),
    ("money", 0, 0),
    ("date", date(2026, 1, 1), date(2026, 1, 1)),
    ("date", "2026-01-01", date(2026, 1, 1)),
    ("share", 20, 20),
    ("duration", 15, 15),
    ("hours", WEEK, parse_hours(WEEK)),
    ("url", "https://agency.example/a/page", "https://agency.example/a/page"),
    ("phone", "0771-235 235", "0771-235 235"),
    ("address", "601 70 Norrköping", "601 70 Norrköping"),
    ("reference", "förordning (2025:970)", "förordning (2025:970)"),
    ("statement", "Staden betalar inget bidrag.", "Staden betalar inget bidrag."),
]
# Each kind and what it refuses to load.
REFUSED: list[tuple[str, Any]] = [
    ("money", -1),
    ("money", 1.5),
    ("money", True),
    ("money", "350000"),
    ("money", None),
    ("share", "20 %"),
    ("share", False),
    ("duration", -15),
    *[(kind, 10**26) for kind in ("money", "share", "duration")],
    ("date", datetime(2026, 1, 1, 12)),
    ("date", "1 January 2026"),
    ("date", "2026-02-30"),
    ("date", 20260101),
    ("hours", "mon-fri 09:00-15:00"),
    ("hours", {}),
    ("hours", {"mon": "9-15"}),
    ("url", "agency.example"),
    ("url", "javascript:alert(1)"),
    ("url", "ftp://agency.example/"),
    ("url", "https://"),
    ("url", "https://["),
    ("url", 1),
    ("phone", "ring oss"),
    ("phone", 771235235),
    ("phone", ""),
    *[(kind, nothing) for kind in ("url", "address", "reference", "statement") for nothing in ("", " \n", None)],
    *[(kind, ["a"]) for kind in ("address", "reference", "statement")],
]


def test_every_kind_is_tried_here() -> None:
    assert {kind for kind, *_ in LOADED} == {kind for kind, *_ in REFUSED} == {kind for kind, *_ in TYPED} == set(KINDS)


@pytest.mark.parametrize(("kind", "content", "value"), LOADED)
def test_a_value_is_loaded(kind: str, content: Any, value: Any) -> None:
    loaded = KINDS[kind].load(content)

    assert loaded == value
    assert type(loaded) is type(value)


@pytest.mark.parametrize(("kind", "content"), REFUSED)
def test_what_is_no_value_is_refused(kind: str, content: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        KINDS[kind].load(content)


@pytest.mark.parametrize(("kind", "content", "value"), LOADED)
def test_a_value_survives_being_kept_as_json(kind: str, content: Any, value: Any) -> None:
    kept = json.dumps(KINDS[kind].dump(value))

    assert KINDS[kind].load(json.loads(kept)) == value


@given(st.dates())
def test_every_date_survives_being_kept_as_json(value: date) -> None:
    assert KINDS["date"].load(json.loads(json.dumps(KINDS["date"].dump(value)))) == value


TYPED: list[tuple[str, str, Any]] = [
    ("money", "350000", 350_000),
    ("money", "350 000 kr", 350_000),
    ("money", f"350{NO_BREAK}000{NO_BREAK}SEK", 350_000),
    ("date", "2026-01-01", date(2026, 1, 1)),
    ("share", "20 %", 20),
    ("share", "20", 20),
    ("duration", "15", 15),
    ("hours", "mon-fri 09:00-15:00; holidays closed", parse_hours(WEEK)),
    ("hours", " mon-thu  08:00-12:00, 13:00-17:00 ;", parse_hours({"mon-thu": "08:00-12:00, 13:00-17:00"})),
    (
        "hours",
        "mon 09:00-15:00; 2026-12-23 closed",
        parse_hours({"mon": "09:00-15:00", "2026-12-23": "closed"}),
    ),
    ("url", "https://agency.example/", "https://agency.example/"),
    ("phone", "0771-235 235", "0771-235 235"),
    ("address", "601 70 Norrköping", "601 70 Norrköping"),
    ("reference", "2025:970", "2025:970"),
    ("statement", "Staden betalar inget.", "Staden betalar inget."),
]


@pytest.mark.parametrize(("kind", "text", "value"), TYPED)
def test_a_person_can_type_a_value(kind: str, text: str, value: Any) -> None:
    assert KINDS[kind].read(text) == value


@pytest.mark.parametrize(("kind", "text", "value"), TYPED)
def test_what_is_typed_passes_for_a_value_of_its_kind(kind: str, text: str, value: Any) -> None:
    assert KINDS[kind].load(KINDS[kind].read(text)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", ""),
        ("money", "kr"),
        ("money", "-5"),
        ("money", "3.5"),
        ("money", "350,000"),
        ("money", "about 350000"),
        ("money", "²"),
        ("money", "350000 EUR"),
        ("share", "twenty"),
        ("share", "12,5 %"),
        ("duration", "15 months"),
        ("date", "1 January 2026"),
        ("date", "2026-02-30"),
        ("hours", ""),
        ("hours", "mon"),
        ("hours", "mon-fri"),
        ("hours", "funday 09:00-15:00"),
        ("hours", "mon-fri 09:00-15:00; wed closed"),
        ("hours", "mon-fri 09:00-15:00, holidays closed"),
        ("url", "agency.example"),
        ("phone", "ring oss"),
        ("statement", " "),
    ],
)
def test_what_a_person_types_is_refused_if_it_is_no_value(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        KINDS[kind].load(KINDS[kind].read(text))


def test_a_day_that_is_typed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="mon"):
        KINDS["hours"].read("mon 09:00-12:00; mon 13:00-15:00")


@given(st.sampled_from(sorted(KINDS)), st.text())
def test_whatever_is_typed_is_a_value_or_is_refused(kind: str, text: str) -> None:
    try:
        value = KINDS[kind].load(KINDS[kind].read(text))
    except ValueError:
        return
    assert KINDS[kind].load(KINDS[kind].dump(value)) == value


def typed(kind: str) -> st.SearchStrategy[str]:
    """What a person may type for a kind, most of it a value."""
    spans = st.tuples(st.times(), st.times()).map(sorted).map(lambda ends: "-".join(f"{at:%H:%M}" for at in ends))
    days = st.sampled_from(["mon-fri", "sat", "holidays", "2026-12-23"])
    forms = {
        "date": st.dates().map(date.isoformat),
        "hours": st.dictionaries(days, spans | st.just("closed")).map(
            lambda week: "; ".join(map(" ".join, week.items()))
        ),
        "url": st.text().map(lambda rest: f"https://{rest}"),
        "phone": st.from_regex(r"[+0-9() -]{3,20}", fullmatch=True),
    }
    return forms.get(kind, st.text() | st.from_regex(r"[0-9]{1,40}", fullmatch=True))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_whatever_may_be_typed_can_be_written_in_every_language(
    kind: str, data: st.DataObject, catalog: Catalog
) -> None:
    try:
        value = KINDS[kind].load(KINDS[kind].read(data.draw(typed(kind))))
    except ValueError:
        return
    for language in catalog.languages.values():
        for unit in UNITS:
            assert KINDS[kind].format(value, language.locale, unit)


@given(st.integers(0, 10**9))
def test_an_amount_can_be_typed_as_it_is_written_in_swedish(value: int) -> None:
    assert KINDS["money"].read(KINDS["money"].format(value, "sv", None)) == value


@pytest.mark.parametrize(
    ("kind", "value", "unit", "swedish", "english"),
    [
        ("money", 350_000, None, f"350{NO_BREAK}000{NO_BREAK}kr", "350,000\N{NO-BREAK SPACE}kr"),
        ("money", 0, None, f"0{NO_BREAK}kr", "0\N{NO-BREAK SPACE}kr"),
        ("date", date(2026, 1, 1), None, "1 januari 2026", "1 January 2026"),
        ("share", 20, None, f"20{NO_BREAK}%", "20%"),
        ("duration", 1, "month", "1 månad", "1 month"),
        ("duration", 15, "month", "15 månader", "15 months"),
        ("hours", parse_hours(WEEK), None, "måndag–fredag 09:00–15:00", "Monday–Friday 09:00–15:00"),
        ("url", "https://www.agency.example/", None, "agency.example", "agency.example"),
        ("url", "http://agency.example/a/page/", None, "agency.example/a/page", "agency.example/a/page"),
        ("phone", "0771-235 235", None, "0771-235 235", "0771-235 235"),
        ("address", "601 70 Norrköping", None, "601 70 Norrköping", "601 70 Norrköping"),
        ("reference", "(2025:970)", None, "(2025:970)", "(2025:970)"),
        ("statement", "En regel.", None, "En regel.", "En regel."),
    ],
)
def test_a_value_is_written_for_its_readers(
    kind: str, value: Any, unit: str | None, swedish: str, english: str
) -> None:
    assert KINDS[kind].format(value, "sv", unit) == swedish
    assert KINDS[kind].format(value, "en_GB", unit) == english


@pytest.mark.parametrize("locale", ["sv", "en_GB", "fi", "ru", "so", "tr"])
@given(value=st.integers(0, 10**9))
def test_an_amount_loses_no_digit_in_any_language(locale: str, value: int) -> None:
    written = KINDS["money"].format(value, locale, None)

    assert "".join(char for char in written if char.isdecimal()) == str(value)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_of_time_has_words_of_its_own(unit: str) -> None:
    others = {KINDS["duration"].format(2, "sv", other) for other in UNITS if other != unit}

    assert KINDS["duration"].format(2, "sv", unit) not in others


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("0771-235 235", "+46771235235"),
        ("0771\u2013235\u00a0235", "+46771235235"),
        ("(08) 508 00 508", "+46850800508"),
        ("+46 771 235 235", "+46771235235"),
        ("112", "112"),
        ("114 14", "11414"),
        ("90101", "90101"),
        ("+46 (0)771 235 235", "+46771235235"),
        ("0046 771 235 235", "+46771235235"),
    ],
)
def test_a_telephone_dials_the_whole_number(number: str, dialled: str) -> None:
    assert dial(number) == dialled


@pytest.mark.parametrize("number", ["", " ", "-", "+", "12", "ring oss", "0771-KUND", "1" * 16, "0771;235", "07+71"])
def test_what_is_no_number_is_not_dialled(number: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dial(number)


@given(st.from_regex(r"\A0[1-9][0-9]{5,9}\Z"), st.sampled_from([" ", "-", "\u00a0", "\u2013", ""]), st.integers(1, 6))
def test_separators_are_not_dialled(digits: str, separator: str, place: int) -> None:
    assert dial(digits[:place] + separator + digits[place:]) == f"+46{digits[1:]}"


@given(st.text())
def test_what_is_dialled_is_digits_only(text: str) -> None:
    try:
        dialled = dial(text)
    except ValueError:
        return
    assert dialled.removeprefix("+").isdecimal()
