from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.catalog import CONCEPTS, DATA, Catalog
from bot.content import ContentFile
from bot.desk.assistant import CHOICES, Assistant, Contact, Evidence
from bot.desk.notes import DESK_FILE, Notes, load_notes
from bot.facts.book import Clock, FactBook, utc_now
from bot.facts.hours import STOCKHOLM, parse_hours
from bot.lexicon import load_lexicon
from bot.render import Renderer, plain


@pytest.fixture(scope="module")
def notes() -> Notes:
    return load_notes(ContentFile(DATA / DESK_FILE))


def make(catalog: Catalog, notes: Notes, clock: Clock = utc_now, **changed: Any) -> Assistant:
    """Return an assistant; `changed` are facts that stand otherwise than in the ledger."""
    facts = {id: replace(fact, **changed.get(id, {})) for id, fact in catalog.ledger.facts.items()}
    catalog = replace(catalog, ledger=replace(catalog.ledger, facts=facts))
    book = FactBook(catalog.ledger, clock=clock)
    return Assistant(catalog, Renderer(catalog, book), notes, load_lexicon(DATA / CONCEPTS))


@pytest.fixture(scope="module")
def assistant(light_catalog: Catalog, notes: Notes) -> Assistant:
    return make(light_catalog, notes)


@pytest.mark.parametrize(
    ("outcome", "topics", "nearest", "evidence"),
    [
        ("answered", ["appeal"], [], "certain"),
        ("answered", ["complaint"], ["appeal"], "likely"),
        ("clarify", [], ["appeal", "complaint"], "likely"),
        ("not_understood", [], ["complaint"], "guess"),
        ("unavailable", [], [], "guess"),
    ],
)
def test_evidence_is_what_two_judges_agree_on(
    assistant: Assistant, outcome: str, topics: list[str], nearest: list[str], evidence: Evidence
) -> None:
    judgement = assistant.judge("hur överklagar man beslutet", outcome, topics, nearest)

    assert judgement.evidence == evidence
    # What was not understood is taken for what the search finds.
    assert judgement.choices[0] == next(iter([*topics, *nearest] if evidence != "guess" else ["appeal"]))


def test_choices_are_topics_once_each_and_no_more_than_digits(assistant: Assistant) -> None:
    choices = assistant.judge("bidrag", "answered", ["grant_amount", "gone"], ["grant_amount", "payment"]).choices

    assert choices[:2] == ("grant_amount", "payment")
    assert len(choices) == len(set(choices)) == CHOICES
    assert "gone" not in choices


def test_a_question_that_nothing_fits_has_no_choices(assistant: Assistant) -> None:
    assert assistant.judge("zzxxqqww", "not_understood", [], []).choices == ()


def test_why_names_the_words_of_the_callers_language_and_what_others_said(
    assistant: Assistant, light_catalog: Catalog
) -> None:
    example = light_catalog.language("sv").examples["eligibility_debts"][0]

    why = assistant.why("jag är skyldig kronofogden pengar", "eligibility_debts", "sv")
    near = assistant.why(example, "eligibility_debts", "sv")

    assert "KRONOFOGDEN" in dict(why.concepts)
    assert near.examples[0].text == example


def test_an_answer_stands_block_by_block_beside_that_of_every_language(
    assistant: Assistant, light_catalog: Catalog
) -> None:
    for language in light_catalog.languages.values():
        for topic in light_catalog.topics:
            sheet = assistant.sheet(topic, language)
            both = [pair for pair in sheet.pairs if None not in pair]

            assert [ours["type"] for ours, theirs in both if ours and theirs and ours["type"] != theirs["type"]] == []
            assert len(both) == (0 if language.code == "sv" else len(sheet.pairs)), (language.code, topic)


def test_a_caller_who_speaks_swedish_gets_one_answer(assistant: Assistant, light_catalog: Catalog) -> None:
    assert assistant.sheet("appeal", light_catalog.language("sv")).theirs is None


def test_notes_are_written_with_todays_facts(light_catalog: Catalog, notes: Notes) -> None:
    sheet = make(light_catalog, notes).sheet("grant_amount", light_catalog.language("sv"))
    withheld = make(light_catalog, notes, grant_household={"withheld": True})

    assert "600" in "".join(plain([{"type": "paragraph", "content": line}]) for line in sheet.say)
    said = withheld.sheet("grant_amount", light_catalog.language("sv")).say
    assert "600" not in "".join(plain([{"type": "paragraph", "content": line}]) for line in said)


def test_every_topic_with_facts_tells_who_owns_it(assistant: Assistant, light_catalog: Catalog) -> None:
    swedish = light_catalog.language("sv")
    informing = [topic.id for topic in light_catalog.topics.values() if topic.facts]

    assert [topic for topic in informing if assistant.sheet(topic, swedish).contact is None] == []


def test_every_topic_with_facts_tells_what_to_say_and_what_not(assistant: Assistant, light_catalog: Catalog) -> None:
    swedish = light_catalog.language("sv")
    sheets = {topic.id: assistant.sheet(topic.id, swedish) for topic in light_catalog.topics.values() if topic.facts}

    assert [topic for topic, sheet in sheets.items() if not (sheet.say and sheet.avoid)] == []


def test_a_number_that_is_not_confirmed_is_not_given(light_catalog: Catalog, notes: Notes) -> None:
    contact = make(light_catalog, notes).sheet("contact_city", light_catalog.language("sv")).contact
    agency = make(light_catalog, notes).sheet("appeal", light_catalog.language("sv")).contact

    assert contact
    assert (contact.phone, contact.hours, contact.opening) == ((), "", "")
    assert agency
    assert agency.phone[0]["href"].startswith("tel:")


@pytest.mark.parametrize(
    ("hour", "key", "until"), [(10, "open_now", "15:00"), (7, "opens_today", "09:00"), (16, "opens", "09:00")]
)
def test_it_is_told_whether_the_owner_can_be_called_now(
    light_catalog: Catalog, notes: Notes, hour: int, key: str, until: str
) -> None:
    # A Thursday.
    now = datetime(2026, 11, 26, hour, tzinfo=STOCKHOLM)
    hours = {"value": parse_hours({"mon-fri": "09:00-15:00"}), "checked": now.date()}
    swedish = light_catalog.language("sv")

    def contact(moment: datetime) -> Contact | None:
        return make(light_catalog, notes, lambda: moment, mv_phone_hours=hours).sheet("appeal", swedish).contact

    fresh, old = contact(now), contact(now + timedelta(days=8))

    assert fresh
    assert old
    words = Renderer(light_catalog, FactBook(light_catalog.ledger)).ui(key, swedish, time=until, day="fredag")
    assert fresh.opening == words
    # The hours are told, but not whether they hold now, when nobody has read them for long.
    assert old.hours == fresh.hours != ""
    assert old.opening == ""


def test_a_version_tells_text_language_and_facts_apart(light_catalog: Catalog, notes: Notes) -> None:
    swedish, english = light_catalog.language("sv"), light_catalog.language("en")
    before = make(light_catalog, notes)
    after = make(light_catalog, notes, grant_adult={"withheld": True})
    sheets = [
        before.sheet("grant_amount", swedish),
        before.sheet("grant_amount", english),
        after.sheet("grant_amount", swedish),
        before.sheet("appeal", swedish),
    ]

    assert len({sheet.version for sheet in sheets}) == len(sheets)
    assert make(light_catalog, notes).sheet("grant_amount", swedish).version == sheets[0].version
