"""What a message means after the turn before it, with the real model."""

from __future__ import annotations

import httpx
import pytest

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.e2e.test_dialogue import say, topics
from tests.nlu.evaluate import SAFETY


def test_two_questions_in_one_message_are_both_answered(api: httpx.Client) -> None:
    turn = say(api, "Hur mycket pengar är bidraget? Hur ansöker jag om det?")

    assert topics(turn) == ["grant_amount", "apply_how"]
    assert turn["notice"]


def test_help_is_named_to_whoever_asks_about_money_and_may_be_in_danger(api: httpx.Client) -> None:
    turn = say(api, "How much money do I get? My husband forces me to move, he hits me")

    assert SAFETY & set(topics(turn))


@pytest.mark.parametrize(
    ("question", "wish", "language"),
    [
        ("How much money is the grant?", "svenska tack", "sv"),
        ("Hur mycket pengar är bidraget?", "English please", "en"),
    ],
)
def test_the_language_is_changed_and_the_answer_given_again(
    api: httpx.Client, question: str, wish: str, language: str
) -> None:
    first = say(api, question)

    turn = say(api, wish, first["conversation"])

    assert first["language"] != language
    assert {turn["language"], *(reply["lang"] for reply in turn["replies"])} == {language}
    assert topics(turn) == ["change_language", "grant_amount"]
    assert say(api, question, turn["conversation"])["language"] == language


@pytest.mark.parametrize(
    ("question", "wish", "language"),
    [("Hur mycket pengar är bidraget?", "enklare", "sv"), ("How much money is the grant?", "simpler please", "en")],
)
def test_the_answer_is_given_again_in_easy_words(
    api: httpx.Client, catalog: Catalog, question: str, wish: str, language: str
) -> None:
    easy = Renderer(catalog, FactBook(catalog.ledger)).answer("grant_amount", catalog.language(language), easy=True)

    turn = say(api, wish, say(api, question)["conversation"])

    assert topics(turn) == ["simpler", "grant_amount"]
    # What is withheld while a source is checked may differ between processes; how it is said does not.
    assert len(turn["replies"][1]["blocks"]) >= len(easy.blocks)
    assert turn["replies"][1]["text"].splitlines()[0] == easy.text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "correction", "meant"),
    [
        ("Hur mycket pengar är bidraget?", "nej, jag menade hur man ansöker", "apply_how"),
        ("Hur mycket pengar är bidraget?", "nej inte det utan när pengarna betalas ut", "payment"),
        ("How much money is the grant?", "No, I meant when do they pay it out?", "payment"),
        ("Who can get the grant?", "i mean what happens with my permit if I leave", "permit_effect"),
    ],
)
def test_a_correction_is_answered_with_what_was_meant(
    api: httpx.Client, question: str, correction: str, meant: str
) -> None:
    turn = say(api, correction, say(api, question)["conversation"])

    assert topics(turn) == [meant]


def test_a_correction_is_never_answered_with_the_same_again(api: httpx.Client) -> None:
    first = say(api, "Hur mycket pengar är bidraget?")

    turn = say(api, "nej, jag menade hur mycket pengar bidraget är", first["conversation"])

    assert "grant_amount" not in topics(turn)


def test_yes_to_choices_shows_them_again(api: httpx.Client) -> None:
    first = say(api, "pengar barn papper")
    if first["outcome"] != "clarify":
        pytest.skip("the model is sure of it")

    turn = say(api, "ja", first["conversation"])

    assert turn["alternatives"] == first["alternatives"]
