from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import CONCEPTS
from bot.lexicon import load_lexicon
from bot.nlu.concepts import Concepts

LEXICON = {
    "CITY": ["stad*", "kommun*", "city hall"],
    "MONEY": ["pengar", "krono*"],
    "DEBT": ["kronofogd*", "skuld"],
    "TOWN": ["stad*"],
}


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return Concepts({"sv": LEXICON})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Betalar kommunen?", ["CITY"]),
        ("PENGAR!", ["MONEY"]),
        ("kommun", ["CITY"]),
        ("city hall, please", ["CITY"]),
        ("cityhall", []),
        ("city and hall", []),
        ("skulder", []),
        ("en skuld", ["DEBT"]),
        ("oskuld", []),
        ("medkommun", []),
        ("kronofogden", ["DEBT", "MONEY"]),
        ("stadens pengar", ["CITY", "MONEY", "TOWN"]),
        ("pengar pengar", ["MONEY"]),
        ("", []),
        ("...", []),
    ],
)
def test_concepts_are_found_by_their_forms(concepts: Concepts, text: str, found: list[str]) -> None:
    assert concepts.find(text) == found


def test_forms_are_compared_without_case_and_diacritics() -> None:
    assert Concepts({"sv": {"GO": ["ÅKA hem"]}}).find("vill aka  HEM.") == ["GO"]


def test_a_form_without_letters_matches_nothing() -> None:
    assert Concepts({"en": {"ALL": ["*", " ", "?"], "GO": ["go"]}}).find("anything at all") == []


def test_pairs_of_concepts_are_features_of_their_own(concepts: Concepts) -> None:
    assert concepts.features("kommunens pengar till en skuld") == [
        "CITY",
        "DEBT",
        "MONEY",
        "CITY+DEBT",
        "CITY+MONEY",
        "DEBT+MONEY",
    ]


def test_the_order_of_words_does_not_matter(concepts: Concepts) -> None:
    assert concepts.features("pengar av kommunen") == concepts.features("kommunens pengar")


def test_forms_of_other_languages_are_found_only_where_no_language_is_known() -> None:
    both = Concepts({"sv": {"HAVE": ["har"]}, "tr": {"EVERY": ["har*"]}})

    assert both.find("har") == ["EVERY", "HAVE"]
    assert both.find("har", ("sv", "en")) == ["HAVE"]


def test_each_language_has_every_concept_in_many_forms() -> None:
    lexicon = load_lexicon(Path("data") / CONCEPTS)
    few = {(code, concept): len(forms) for code, known in lexicon.items() for concept, forms in known.items()}

    assert {frozenset(known) for known in lexicon.values()} == {frozenset(lexicon["sv"])}
    assert {where: count for where, count in few.items() if count < 15} == {}
