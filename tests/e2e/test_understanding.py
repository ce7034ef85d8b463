"""The recorded bars of understanding, through the public API."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.nlu.evaluate import LANGUAGES, Result, figures, grouped, load_items, play
from tests.stack import Stack

BARS = YAML(typ="safe", pure=True).load(Path(__file__).parent.parent / "nlu/bars.yml")


@pytest.fixture(scope="module")
def results(stack: Stack) -> dict[str, list[Result]]:
    played = play(stack.url, (item for item in load_items() if f"{item.set} {item.language}" in BARS))
    return {f"{name} {language}": group for (name, language), group in grouped(played).items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_asks_whether_the_city_pays_is_told_at_once(language: str, results: dict[str, list[Result]]) -> None:
    asked = results[f"city_grant {language}"]
    assert len(asked) >= 20
    assert [result.item.text for result in asked if not result.tells_of_city] == []


@pytest.mark.parametrize("name", BARS)
def test_understanding_is_above_its_bar(name: str, results: dict[str, list[Result]]) -> None:
    reached = figures(results[name])
    assert reached.wrong <= BARS[name]["wrong"]
    assert reached.served >= BARS[name]["served"]


@pytest.mark.parametrize("name", [name for name, bar in BARS.items() if "at_once" in bar])
def test_what_is_plainly_in_scope_is_answered_at_once(name: str, results: dict[str, list[Result]]) -> None:
    plain = figures([result for result in results[name] if result.item.kind == "in_scope"])
    assert plain.right >= BARS[name]["at_once"]
