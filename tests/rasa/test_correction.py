from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.catalog import Catalog
from bot.nlu.correction import NOT_MEANT, CorrectionReader


@pytest.fixture
def reader(small: Catalog) -> CorrectionReader:
    return CorrectionReader(small)


def read(reader: CorrectionReader, text: str, **context: Any) -> Message:
    (message,) = reader.process([Message({TEXT: text, "metadata": context})])
    return message


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Nej, jag menade: hur mycket får barn?", "hur mycket får barn?"),
        ("nej jag MENADE  Hur mycket", "Hur mycket"),
        ("No - I meant Iraq", "Iraq"),
        ("... no, i meant (really) 2 children", "really) 2 children"),
    ],
)
def test_the_question_of_a_correction_is_what_follows_its_beginning(
    reader: CorrectionReader, text: str, question: str
) -> None:
    assert read(reader, text).get(TEXT) == question


@pytest.mark.parametrize(
    "text",
    ["nej", "nej, jag menade", "no I meant!!", "jag menade barn", "hej nej jag menade barn", "", "???", "/greet"],
)
def test_what_is_no_correction_stays_as_it_is(reader: CorrectionReader, text: str) -> None:
    message = read(reader, text, topic="greet", answered=True)

    assert (message.get(TEXT), message.get(NOT_MEANT)) == (text, None)


@pytest.mark.parametrize(
    ("context", "not_meant"),
    [
        ({"topic": "city_grant", "answered": True}, "city_grant"),
        ({"topic": "city_grant", "answered": False}, None),
        ({"topic": None, "answered": True}, None),
        ({}, None),
    ],
)
def test_only_what_was_answered_just_before_was_not_meant(
    reader: CorrectionReader, context: dict[str, Any], not_meant: str | None
) -> None:
    assert read(reader, "no I meant money", **context).get(NOT_MEANT) == not_meant


def test_what_only_says_no_is_no_correction(catalog: Catalog) -> None:
    reader = CorrectionReader(catalog)

    assert reader.question("jag menade inte det") is None
    assert reader.question("nej, jag menade inte det utan barnen") == "barnen"


def test_the_longest_beginning_is_taken_off(small: Catalog) -> None:
    english = replace(small.language("en"), corrections=("no", "no i meant"))
    reader = CorrectionReader(replace(small, languages={"en": english}))

    assert reader.question("no i meant money") == "money"
    assert reader.question("no money") == "money"


def test_every_beginning_leaves_the_question(catalog: Catalog) -> None:
    reader = CorrectionReader(catalog)
    for language in catalog.languages.values():
        for form in language.corrections:
            assert reader.question(f"{form} xyz abc") == "xyz abc", form
