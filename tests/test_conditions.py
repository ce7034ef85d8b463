from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Fact
from bot.markup import parse
from bot.render import Renderer, Reply

NOW = datetime(2026, 3, 1, 12, tzinfo=STOCKHOLM)
CHECKED = date(2026, 3, 1)


def sum_of(small: Catalog, id: str, value: int | None = None, **more: Any) -> Fact:
    """Return a fact on money of the agency; without a value it is not established."""
    checked = None if value is None else CHECKED
    return Fact(id, "money", small.ledger.sources["agency_grant"], "Verket", "H", value, checked=checked, **more)


def say(small: Catalog, text: str, *facts: Fact, code: str = "en", found: Any = None) -> Reply:
    """Return `text` as the answer to a topic that rests on `facts`."""
    ledger = replace(small.ledger, facts={**small.ledger.facts, **{fact.id: fact for fact in facts}})
    topic = replace(small.topics["greet"], facts=tuple(fact.id for fact in facts))
    language = replace(small.language(code), answers={"greet": parse(text)})
    catalog = Catalog({**small.topics, "greet": topic}, {code: language}, ledger, small.guide, small.lacking)
    return Renderer(catalog, FactBook(ledger, clock=lambda: NOW)).answer("greet", language, found)


@pytest.mark.parametrize(("value", "said"), [(None, ["no"]), (5, ["yes"]), (0, ["yes"])])
def test_a_paragraph_is_said_while_its_condition_holds(small: Catalog, value: int | None, said: list[str]) -> None:
    reply = say(small, "{?sum}yes\n\n{!sum}no", sum_of(small, "sum", value))

    assert reply.text.split("\n\n") == said


@pytest.mark.parametrize(("value", "said"), [(None, ["a", "no", "z"]), (5, ["a", "yes", "z"])])
def test_an_item_is_said_while_its_condition_holds(small: Catalog, value: int | None, said: list[str]) -> None:
    reply = say(small, "- a\n- {?sum}yes\n- {!sum}no\n- z", sum_of(small, "sum", value))

    (block,) = reply.blocks
    assert ["".join(node["text"] for node in item) for item in block["items"]] == said


def test_a_list_whose_items_all_vanish_is_no_list(small: Catalog) -> None:
    text = "before\n\n- {?sum}one\n- {?sum}two\n\nafter"

    assert say(small, text, sum_of(small, "sum")).text == "before\n\nafter"
    assert [block["type"] for block in say(small, text, sum_of(small, "sum", 5)).blocks] == [
        "paragraph",
        "list",
        "paragraph",
    ]


@pytest.mark.parametrize(("one", "other", "said"), [(1, 2, True), (1, None, False), (None, 2, False)])
def test_every_condition_of_a_line_must_hold(small: Catalog, one: int | None, other: int | None, said: bool) -> None:
    reply = say(small, "always\n\n{?one}{?other}both", sum_of(small, "one", one), sum_of(small, "other", other))

    assert ("both" in reply.text) is said


@pytest.mark.parametrize(("before", "said"), [(None, "never"), (10_000, "changed"), (0, "changed")])
def test_a_change_is_told_once_there_was_one(small: Catalog, before: int | None, said: str) -> None:
    reply = say(small, "{?sum:before}changed\n\n{!sum:before}never", sum_of(small, "sum", 5, before=before))

    assert reply.text == said


@pytest.mark.parametrize(
    ("code", "written"), [("en", "10,000\N{NO-BREAK SPACE}kr until 5 February 2026"), ("sv", "5 februari 2026")]
)
def test_the_value_before_and_its_end_are_written_as_readers_write_them(
    small: Catalog, code: str, written: str
) -> None:
    changed = sum_of(small, "sum", 350_000, before=10_000, since=date(2026, 2, 5))

    reply = say(small, "**{sum:before}** until {sum:since}", changed, code=code)

    assert written in reply.text
    assert "350" not in reply.text


def test_an_aspect_of_which_nothing_is_known_leaves_nothing(small: Catalog) -> None:
    reply = say(small, "a{sum:before}{sum:since}{sum:now}b", sum_of(small, "sum", 5))

    assert reply.blocks == [
        {"type": "paragraph", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    ]


def test_a_candidate_is_never_told(small: Catalog) -> None:
    reply = say(small, "{?sum}{sum}\n\nSum: {sum}", sum_of(small, "sum", candidate=4711))

    assert "4,711" not in str(reply)
    assert "None" not in reply.text
    assert (reply.facts, reply.sources) == ([], [])


def test_a_withheld_fact_is_established_but_not_told(small: Catalog) -> None:
    reply = say(small, "{?sum}It is {sum}.\n\n{!sum}unknown", sum_of(small, "sum", 4711, withheld=True))

    assert "4,711" not in str(reply)
    assert "unknown" not in reply.text
    assert [fact["status"] for fact in reply.facts] == ["withheld"]
    assert reply.blocks[-1]["content"][-1]["href"] == small.ledger.sources["agency_grant"].url


def test_a_withheld_fact_tells_nothing_of_its_last_change(small: Catalog) -> None:
    changed = sum_of(small, "sum", 400_000, before=350_000, since=date(2026, 2, 5), withheld=True)

    reply = say(small, "The sum is {sum}.\n\n{?sum:before}Until {sum:since} it was {sum:before}.", changed)

    assert "350,000" not in reply.text


def test_what_an_action_found_can_establish_a_fact(small: Catalog) -> None:
    found = {"sum": {"value": 4711, "state": "confirmed", "checked": "2026-03-01"}}

    reply = say(small, "{?sum}It is {sum}.\n\n{!sum}unknown", sum_of(small, "sum", candidate=7), found=found)

    assert reply.text == "It is 4,711\N{NO-BREAK SPACE}kr."
    assert [(fact["value"], fact["status"], fact["checked"]) for fact in reply.facts] == [
        ("4,711\N{NO-BREAK SPACE}kr", "confirmed", "2026-03-01")
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.integers(0, 10**6), min_size=4, max_size=4), data=st.data())
def test_whatever_is_established_exactly_the_lines_that_hold_are_said(
    small: Catalog, values: list[int | None], data: st.DataObject
) -> None:
    facts = [sum_of(small, f"sum{index}", value) for index, value in enumerate(values)]
    conditions = data.draw(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8))
    in_list = data.draw(st.lists(st.booleans(), min_size=len(conditions), max_size=len(conditions)))
    text = "".join(
        f"\n\n{'- ' if item else ''}{{{'?' if known else '!'}sum{index}}}line {place}."
        for place, ((index, known), item) in enumerate(zip(conditions, in_list, strict=True))
    )

    reply = say(small, text, *facts)

    held = [place for place, (index, known) in enumerate(conditions) if (values[index] is not None) is known]
    assert [line.removeprefix("- ") for line in reply.text.split("\n\n") if line] == [f"line {n}." for n in held]
