from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.check import check, main
from bot.content import Fault
from tests.conftest import EXAMPLES, Content

FACTS, SOURCES, TOPICS = "data/facts.yml", "data/sources.yml", "data/topics.yml"
RULES, DOMAIN, GUIDE, DESK = "data/rules.yml", "domain.yml", "data/guide.yml", "data/desk.yml"
SV, EN = "data/languages/sv.yml", "data/languages/en.yml"
GREET = "data/examples/en/greet.txt"


@dataclass(frozen=True)
class Mistake:
    """Writing `new` for `old` in `file` is a fault at that place, and its message tells `says`.

    `at` names another place: the text of the broken file where the fault stands.
    """

    file: str
    old: str
    new: str
    says: tuple[str, ...]
    at: str | None = None


MISTAKES = {
    # --- notes for staff
    "a topic without an owner": Mistake(
        DESK, "topics: [grant_amount]", "topics: []", ("grant_amount", "owner"), "owners:"
    ),
    "a topic with two owners": Mistake(
        DESK, "[city_grant, out_of_scope]", "[city_grant, grant_amount, out_of_scope]", ("grant_amount", "two owners")
    ),
    "an owner of what is no topic": Mistake(
        DESK, "topics: [grant_amount]", "topics: [grant_amount, nothing]", ("nothing", "no topic"), "owners:"
    ),
    "an owner's phone that is no fact": Mistake(
        DESK, "phone: agency_phone", "phone: no_phone", ("no_phone", "facts.yml")
    ),
    "an owner without a name": Mistake(DESK, "city: {name: Staden, ", "city: {", ("name",)),
    "a note on what is no topic": Mistake(DESK, "  grant_amount:\n", "  nothing:\n", ("nothing", "no topic")),
    "a figure in a note": Mistake(DESK, "Högst {grant_adult}.", "Högst 350 000 kr.", ("grant_amount", "figure")),
    "a note with a fact of another topic": Mistake(
        DESK, "Högst {grant_adult}.", "Se {agency_page}.", ("agency_page", "topics.yml")
    ),
    "a note in wrong markup": Mistake(DESK, "Räkna inte åt", "Räkna **inte åt", ("grant_amount", "markup")),
    # --- the ledger
    "a source without an owner": Mistake(
        SOURCES, "  title: Staden\n  owner: Staden\n", "  title: Staden\n", ("owner",), "city_home:"
    ),
    "a source with a stray key": Mistake(
        SOURCES, "  language: sv\n", "  language: sv\n  x: y\n", ("city_home.x",), "x: y"
    ),
    "a source whose title is a number": Mistake(SOURCES, "title: Staden", "title: 1177", ("city_home.title",)),
    "a source that is no page": Mistake(SOURCES, "url: https://city", "url: ftp://city", ("city_home", "url")),
    "a fact without a source": Mistake(FACTS, "  source: city_home\n", "", ("source",), "city_pays_none:"),
    "a fact with a stray key": Mistake(FACTS, "owner: Staden", "owners: Staden", ("city_pays_none.owners",)),
    "a fact from an unknown source": Mistake(FACTS, "source: city_home", "source: hearsay", ("hearsay",)),
    "a fact of an unknown type": Mistake(FACTS, "{type: money", "{type: gold", ("grant_adult", "type")),
    "money in words": Mistake(FACTS, "value: 350000", "value: many", ("grant_adult", "money")),
    "money that is true": Mistake(FACTS, "value: 350000", "value: true", ("grant_adult", "money")),
    "evidence without a day": Mistake(FACTS, "checked: 2026-02-01", "checked: soon", ("adult_age.checked",)),
    "evidence with a time of day": Mistake(FACTS, "checked: 2026-02-01", "checked: 2026-02-01 10:00:00", ("not YAML",)),
    "a day that does not exist": Mistake(FACTS, "valid_to: 2026-12-31", "valid_to: 2026-11-31", ("day",)),
    "an age in words": Mistake(
        FACTS, "max_age: 90, valid_from", "max_age: 3 months, valid_from", ("grant_adult.max_age",)
    ),
    "a phone that cannot be dialled": Mistake(FACTS, "0771-235 235", "call us", ("agency_phone", "telephone")),
    "a short word for a phone": Mistake(FACTS, '"0771-235 235"', '"1"', ("agency_phone", "telephone")),
    "a value without evidence": Mistake(
        FACTS,
        "unit: year, source: agency_grant, checked: 2026-02-01",
        "unit: year, source: agency_grant",
        ("adult_age",),
    ),
    "evidence without a value": Mistake(
        FACTS,
        '{mon-fri: "09:00-15:00"}, source: agency_grant',
        '{mon: "09:00-15:00"}, source: agency_grant, checked: 2026-01-01',
        ("agency_hours",),
    ),
    "a value and a candidate": Mistake(
        FACTS, "{type: duration, value: 18", "{type: duration, candidate: 20, value: 18", ("adult_age", "candidate")
    ),
    "a candidate of another type": Mistake(
        FACTS, '"09:00-15:00"', '"15:00-09:00"', ("agency_hours", "candidate", "15:00-09:00")
    ),
    "an unknown weekday": Mistake(FACTS, "mon-fri", "mon-fredag", ("agency_hours", "mon-fredag")),
    # --- the watchlist
    "a watch with a stray key": Mistake(SOURCES, "    every: 6", "    each: 6", ("agency_grant.watch.each",)),
    "a watch without hosts": Mistake(
        SOURCES, "    hosts: [www.agency.example]\n", "", ("agency_grant.watch", "hosts"), "  watch:"
    ),
    "a page on another host than is allowed": Mistake(
        SOURCES, "hosts: [www.agency.example]", "hosts: [agency.example]", ("https://www.agency.example",), "  watch:"
    ),
    "a page that is not fetched safely": Mistake(
        SOURCES, "    every: 6", "    every: 6\n    addresses: ['http://www.agency.example/']", ("https",), "  watch:"
    ),
    "an unknown fact that is watched": Mistake(
        SOURCES, "      grant_adult: {", "      grant_all: {", ("grant_all", "facts.yml")
    ),
    "a fact that is watched at another source": Mistake(
        SOURCES, "agency_page: {address", "city_pays_none: {address", ("city_pays_none", "city_home")
    ),
    "a watched fact that cannot grow old": Mistake(
        SOURCES, "agency_page: {address: true}", "adult_age: {text: ['over {}']}", ("adult_age", "max_age")
    ),
    "a fact that is found in no way": Mistake(SOURCES, "{address: true}", "{}", ("agency_page", "exactly one")),
    "a fact that is found in two ways": Mistake(
        SOURCES, "{address: true}", "{address: true, links: [grant]}", ("agency_page", "exactly one")
    ),
    "an address that agrees with no value": Mistake(
        SOURCES, 'agency_hours: {text: ["Hours: {}"]}', "agency_hours: {address: true}", ("agency_hours", "no value")
    ),
    "a pattern without the value": Mistake(SOURCES, '"{} per adult"', '"per adult"', ("grant_adult", "per adult")),
    "a pattern for what no pattern can find": Mistake(
        SOURCES, "{address: true}", "{text: ['see {}']}", ("agency_page", "url")
    ),
    "bounds the wrong way round": Mistake(
        SOURCES, "[100000, 2000000]", "[2000000, 100000]", ("grant_adult", "between")
    ),
    "bounds of another type": Mistake(SOURCES, "[100000, 2000000]", "[few, many]", ("grant_adult", "few")),
    "an old value of another type": Mistake(
        SOURCES, "between: [100000, 2000000]", "old: agency_phone", ("grant_adult", "agency_phone")
    ),
    "an old value that is no fact": Mistake(
        SOURCES, "between: [100000, 2000000]", "old: grant_before", ("grant_adult", "grant_before")
    ),
    "a duration without a unit": Mistake(FACTS, "unit: year", "unit: fortnight", ("adult_age", "unit")),
    "a page without an address": Mistake(FACTS, '"https://www.agency.example/grant"', "nowhere", ("agency_page",)),
    "an unknown confidence": Mistake(FACTS, "  confidence: H", "  confidence: maybe", ("city_pays_none",)),
    # --- topics
    "a topic with a stray key": Mistake(
        TOPICS, "    menu: true\n    next: [grant", "    menus: true\n    next: [grant", ("city.city_grant.menus",)
    ),
    "a topic that stands for itself": Mistake(TOPICS, "    factless: true", "    menu: true", ("greet",), "greet:"),
    "a topic with and without facts": Mistake(
        TOPICS,
        "    facts: [city_pays_none]",
        "    facts: [city_pays_none]\n    factless: true",
        ("out_of_scope",),
        "out_of",
    ),
    "a topic twice": Mistake(TOPICS, "outside:\n", "outside:\n  greet: {factless: true}\n", ("greet",), "greet: {"),
    "a topic on an unknown fact": Mistake(TOPICS, "adult_age", "child_age", ("grant_amount", "child_age")),
    "an unknown next topic": Mistake(TOPICS, "next: [grant_amount]", "next: [nowhere]", ("city_grant", "nowhere")),
    "a follow-up that leads nowhere": Mistake(
        TOPICS, "{how_much: grant_amount}", "{how_much: nowhere}", ("how_much", "nowhere"), "city_grant:"
    ),
    "a follow-up without words": Mistake(
        TOPICS, "{how_much: grant_amount}", "{why: grant_amount}", ("why", "en"), "city_grant:"
    ),
    # --- rules and domain
    "an intent that is no topic": Mistake(DOMAIN, "- greet", "- greet\n  - dance", ("dance",), "intents:"),
    "a topic that is no intent": Mistake(DOMAIN, "  - greet\n", "", ("greet",), "intents:"),
    "an intent that is a number": Mistake(DOMAIN, "- greet", "- 7", ("intents.2",)),
    "a rule with another answer": Mistake(
        RULES, "action: utter_greet", "action: utter_city_grant", ("greet", "answer"), "- rule: greet"
    ),
    "a rule for doubt with an answer": Mistake(
        RULES, "action: utter_clarify", "action: utter_greet", ("nlu_fallback", "answer"), "- rule: in doubt"
    ),
    "a rule without an intent": Mistake(RULES, "      - intent: greet\n", "", ("greet",), "rules:"),
    "a rule without steps": Mistake(
        RULES,
        "    steps:\n      - intent: greet\n      - action: utter_greet\n",
        "",
        ("rules.2.steps",),
        "- rule: greet",
    ),
    "two rules for one topic": Mistake(RULES, "intent: greet", "intent: city_grant", ("city_grant",), "- rule: greet"),
    # --- the guide
    "a pointer to no topic": Mistake(GUIDE, "topic: city_grant", "topic: nowhere", ("away", "nowhere")),
    "a pointer to other support that is no topic": Mistake(
        GUIDE, "instead: out_of_scope", "instead: nowhere", ("away", "instead", "nowhere")
    ),
    "a pointer that follows from an unknown option": Mistake(
        GUIDE, "{living: [away]}", "{living: [abroad]}", ("away", "living", "abroad")
    ),
    "a question without buttons": Mistake(
        EN, '    citizen: {yes: "Yes", no: "No"}\n', "", ("options", "citizen"), "  options:"
    ),
    "a button that is no option": Mistake(
        EN, "      here: I live here", "      home: At home", ("living",), "    living:\n"
    ),
    "a button that is too long": Mistake(EN, "here: I live here", f"here: {'h' * 61}", ("here", "longer")),
    "typed words for no option": Mistake(EN, "    here: here", "    home: here", ("typed", "home")),
    "a question that is not named": Mistake(EN, "    living: where you live\n", "", ("about", "living"), "  about:"),
    "a pointer without words": Mistake(
        EN, "    away: Whoever applies lives here.\n", "", ("pointers", "away"), "  pointers:"
    ),
    "words for no pointer": Mistake(
        EN, "    away: Whoever", "    far: Far away.\n    away: Whoever", ("pointers", "far"), "  pointers:"
    ),
    "a figure in a pointer": Mistake(EN, "away: Whoever applies", "away: Whoever is 18", ("away", "figure")),
    "a fact in a pointer that its topic lacks": Mistake(
        EN, "away: Whoever applies", "away: Whoever gets {grant_adult}", ("away", "grant_adult", "topics.yml")
    ),
    "an unknown fact in a question": Mistake(
        EN, "Where do you live? {agency_phone}", "Where do you live? {grant_all}", ("living", "grant_all"), "responses:"
    ),
    "a figure in a question": Mistake(
        EN, "Are you a citizen?", "Are you 1 of 3 citizens?", ("citizen", "figure"), "responses:"
    ),
    "a question that is not asked": Mistake(
        EN,
        "  utter_ask_guide_citizen:\n    - text: Are you a citizen?\n",
        "",
        ("questions", "citizen"),
        "guide:\n  options:",
    ),
    "no words for the outcome": Mistake(
        EN,
        "  utter_guide_outcome:\n    - text: The agency decides. Call {agency_phone}.\n",
        "",
        ("utter_guide_outcome",),
        "responses:",
    ),
    "no guide in a language": Mistake(EN, "guide:\n  options", "guides:\n  options", ("guides",)),
    # --- languages
    "a section that is missing": Mistake(EN, "openers: [and, but]\n", "", ("openers",), 'version: "3.1"'),
    "another language's code": Mistake(EN, "code: en", "code: fi", ("code",)),
    "a locale that nobody knows": Mistake(EN, "locale: en_GB", "locale: xx_YY", ("xx_YY",)),
    "a direction that nobody reads": Mistake(EN, "direction: ltr", "direction: down", ("direction",)),
    "a title that is empty": Mistake(EN, "greet: Say hello", "greet:", ("titles.greet",)),
    "a title that is too long": Mistake(EN, "greet: Say hello", f"greet: {'h' * 61}", ("greet",)),
    "a title that is missing": Mistake(EN, "  greet: Say hello\n", "", ("greet",), "titles:"),
    "a title of no topic": Mistake(EN, "  greet: Say hello\n", "  greet: Hi\n  dance: D\n", ("dance",), "titles:"),
    "a figure in a title": Mistake(EN, "greet: Say hello", "greet: Say it 2 times", ("greet",)),
    "a group that is missing": Mistake(EN, "  outside: Other\n", "", ("outside",), "groups:"),
    "a figure in another script": Mistake(EN, "- text: Hello!", "- text: Hello ٣!", ("greet",), "utter_greet:"),
    "a figure in a link": Mistake(EN, "[the agency's page]", "[page 2]", ("city_grant",), "utter_city_grant:"),
    "an address in an answer": Mistake(EN, "- text: Hello!", "- text: www.example", ("greet",), "utter_greet:"),
    "an e-mail address in an answer": Mistake(EN, "- text: Hello!", "- text: me@city", ("greet",), "utter_greet:"),
    "an unknown fact in an answer": Mistake(
        EN, "- Adult: {grant_adult}", "- Adult: {grant_all}", ("grant_all", "facts.yml"), "utter_grant_amount:"
    ),
    "a fact that its topic lacks": Mistake(
        EN, "- text: Hello!", "- text: '{agency_phone}'", ("agency_phone", "topics.yml"), "utter_greet:"
    ),
    "a fact that is not established": Mistake(
        EN, "{?agency_hours}It answers", "It answers", ("agency_hours", "not established"), "utter_city_grant:"
    ),
    "a fact that is not established, told when it is not": Mistake(
        EN, "{?agency_hours}It", "{!agency_hours}It", ("agency_hours", "not established"), "utter_city_grant:"
    ),
    "a fact that is not established, told once it has changed": Mistake(
        EN, "{?agency_hours}It", "{?agency_hours:before}It", ("agency_hours", "not established"), "utter_city_grant:"
    ),
    "an aspect of a fact that is not established": Mistake(
        EN, "**No, the city", "{agency_hours:now} **No, the city", ("agency_hours", "not established"), "utter_city"
    ),
    "a fact that is not established in strong words": Mistake(
        EN, "**No, the city", "**{agency_hours} the city", ("agency_hours", "not established"), "utter_city_grant:"
    ),
    "a fact that is not established in the interface": Mistake(
        EN, "I did not understand.", "I did not {agency_hours}.", ("agency_hours", "not established")
    ),
    "a condition on an unknown fact": Mistake(
        EN, "{!agency_hours}", "{!agency_days}", ("agency_days", "facts.yml"), "utter_city_grant:"
    ),
    "a condition on a fact that its topic lacks": Mistake(
        EN, "- text: Hello!", "- text: '{!agency_hours}Hello!'", ("agency_hours", "topics.yml"), "utter_greet:"
    ),
    "a condition that Swedish lacks": Mistake(
        EN, "**No, the", "{?agency_phone}**No, the", ("utter_city_grant", "?agency_phone"), "utter_city_grant:"
    ),
    "a condition that only Swedish has": Mistake(
        EN, "{!agency_hours}We", "We", ("utter_city_grant", "!agency_hours"), "utter_city_grant:"
    ),
    "a condition the other way round than in Swedish": Mistake(
        EN, "{!agency_hours}We", "{?agency_hours}We", ("utter_city_grant", "!agency_hours"), "utter_city_grant:"
    ),
    "another aspect than in Swedish": Mistake(
        EN, "{agency_hours:now}", "{agency_hours:since}", ("agency_hours:now", "agency_hours:since"), "utter_city"
    ),
    "an aspect that only Swedish has": Mistake(
        EN, " {agency_hours:now}", "", ("agency_hours:now",), "utter_city_grant:"
    ),
    "a condition in the middle of a line": Mistake(
        EN, "{?agency_hours}It answers", "It {?agency_hours}answers", ("utter_city_grant",), "utter_city_grant:"
    ),
    "mistyped markup": Mistake(EN, "**No, the city", "**No, the * city", ("utter_city_grant",), "utter_city_grant:"),
    "an empty answer": Mistake(EN, "- text: Hello!", "- text: ''", ("utter_greet",), "utter_greet:"),
    "two texts for one answer": Mistake(
        EN, "- text: Hello!", "- text: Hello!\n    - text: Hi!", ("utter_greet",), "utter_greet:"
    ),
    "an answer that is missing": Mistake(EN, "  utter_greet:\n    - text: Hello!\n", "", ("greet",), "responses:"),
    "no words for doubt": Mistake(
        EN, "  utter_clarify:\n    - text: Did you mean one of these?\n", "", ("utter_clarify",), "responses:"
    ),
    "mistyped markup in the interface": Mistake(
        EN, "not_understood: I did", "not_understood: <b>I did", ("not_understood",)
    ),
    "an unknown value in the interface": Mistake(EN, "Write {limit}", "Write {maximum}", ("maximum",)),
    "a text that Swedish lacks": Mistake(
        EN, "  checked: Checked", "  shout: Hey\n  checked: Checked", ("shout",), "shout:"
    ),
    "a text that only Swedish has": Mistake(EN, "  withheld: being checked now\n", "", ("withheld",), "ui:"),
    "other facts than in Swedish": Mistake(
        EN, "- Adult: {grant_adult}", "- Adult", ("utter_grant_amount", "grant_adult"), "utter_grant_amount:"
    ),
    "too few examples": Mistake(GREET, "greet en 0 7\n", "", (str(EXAMPLES - 1), str(EXAMPLES)), "greet en 0 29"),
    "an empty example": Mistake(GREET, "greet en 0 7\n", "\n", ("empty",)),
    "an example that stands twice": Mistake(GREET, "greet en 0 7", "Greet, en: 0 6!", (f"{GREET}:7",)),
    "an example of another topic in another language": Mistake(
        "data/examples/en/city_grant.txt", "city_grant en 0 7", "greet sv 0 7", ("data/examples/sv/greet.txt:8",)
    ),
    # --- the same in every language
    "a claim that is lost": Mistake(
        EN, "{#city_pays_no}**No", "**No", ("city_pays_no", "0 times"), "utter_city_grant:"
    ),
    "a denial that does not deny": Mistake(
        EN, "**No, the city pays no grant.**", "**The city pays a grant.**", ("city_pays_no", "no"), "utter_city_grant:"
    ),
    "an item that is lost": Mistake(
        EN,
        "- Adult: {grant_adult}\n        - Child",
        "- Adult: {grant_adult}, child",
        ("items",),
        "utter_grant_amount:",
    ),
}


def place(content: Content, file: str, text: str) -> int:
    before, found, _ = (content.folder / file).read_text(encoding="utf-8").partition(text)
    assert found
    return before.count("\n") + 1


def test_the_small_content_has_no_fault(content: Content) -> None:
    assert check(content.folder / "data") == []


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_its_file_and_line(content: Content, mistake: Mistake) -> None:
    line = content.edit(mistake.file, mistake.old, mistake.new)
    if mistake.at:
        line = place(content, mistake.file, mistake.at)

    there = [fault for fault in check(content.folder / "data") if (fault.file, fault.line) == (mistake.file, line)]

    assert any(all(word in fault.message for word in mistake.says) for fault in there)


def test_a_condition_in_the_interface_is_told(content: Content) -> None:
    line = content.edit(EN, "Call {agency_phone}.\n\nopen", "'{?agency_hours}Call {agency_phone}.'\n\nopen")
    content.edit(SV, "Ring {agency_phone}.\n\nopen", "'{?agency_hours}Ring {agency_phone}.'\n\nopen")

    assert (EN, line) in {(fault.file, fault.line) for fault in check(content.folder / "data")}


def test_what_is_established_needs_no_condition(content: Content) -> None:
    content.edit(FACTS, "candidate: {mon-fri", "checked: 2026-02-01, value: {mon-fri")
    for file in (EN, SV):
        path = content.folder / file
        path.write_text(path.read_text(encoding="utf-8").replace("{?agency_hours}", ""), encoding="utf-8")

    assert check(content.folder / "data") == []


EASY = "easy:\n  grant_amount: |\n    Adult: {grant_adult}\n"


def ease(content: Content, **words: str) -> None:
    """Give the small content an easy answer in both languages; `words` are others for one of them, by its code."""
    for file in (SV, EN):
        content.edit(file, "easy: {}\n", words.get(file[-6:-4], EASY))


def test_an_easy_answer_has_no_fault(content: Content) -> None:
    ease(content)

    assert check(content.folder / "data") == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  dance: Dance!", ("dance", "no topic")),
        ("  greet: Hello {agency_phone}!", ("greet", "agency_phone", "topic")),
        ("  greet: Hello {grant_all}!", ("greet", "grant_all", "facts.yml")),
        ("  greet: Hello 2 you!", ("greet", "figure")),
        ("  greet: See www.city!", ("greet", "figure")),
        ("  greet: Mistyped ** markup", ("greet",)),
        ("  greet: ''", ("greet",)),
        ("  city_grant: Call {agency_hours}", ("city_grant", "not established")),
    ],
)
def test_a_mistake_in_an_easy_answer_is_told(content: Content, line: str, says: tuple[str, ...]) -> None:
    ease(content, sv=f"{EASY}{line}\n", en=f"{EASY}{line}\n")
    wrong = [(file, place(content, file, line)) for file in (EN, SV)]

    told = [fault for fault in check(content.folder / "data") if all(word in fault.message for word in says)]

    assert sorted((fault.file, fault.line) for fault in told) == wrong


def test_a_fact_of_the_topic_that_its_whole_answer_does_not_show_has_no_place_in_the_easy_one(
    content: Content,
) -> None:
    for file in (SV, EN):
        content.edit(file, "{grant_adult}\n        - ", "as most\n        - ")
    ease(content)

    told = [fault for fault in check(content.folder / "data") if "grant_adult" in fault.message]

    assert sorted((fault.file, fault.line) for fault in told) == [
        (file, place(content, file, "  grant_amount: |")) for file in (EN, SV)
    ]


def test_a_language_may_have_no_easy_answers(content: Content) -> None:
    ease(content, en="easy: {}\n")

    assert check(content.folder / "data") == []


def test_easy_answers_are_those_that_swedish_has(content: Content) -> None:
    ease(content, en=EASY.replace("grant_amount", "greet").replace("{grant_adult}", "none"))

    faults = check(content.folder / "data")

    assert [(fault.file, fault.line) for fault in faults] == [
        (EN, place(content, EN, "easy:")),
        (EN, place(content, EN, "  greet: |")),
    ]
    assert ["grant_amount" in fault.message for fault in faults] == [True, False]


def test_a_language_without_the_section_of_easy_answers_is_told(content: Content) -> None:
    content.edit(EN, "easy: {}\n", "")

    assert [(fault.file, "easy" in fault.message) for fault in check(content.folder / "data")] == [(EN, True)]


def test_many_mistakes_are_told_at_once(content: Content) -> None:
    broken = {
        (FACTS, content.edit(FACTS, "value: 350000", "value: many")),
        (FACTS, content.edit(FACTS, "source: city_home", "source: hearsay")),
        (TOPICS, content.edit(TOPICS, "    factless: true", "    factless: perhaps")),
        (SV, content.edit(SV, "direction: ltr", "direction: down")),
        (EN, content.edit(EN, "direction: ltr", "direction: down")),
    }

    assert {(fault.file, fault.line) for fault in check(content.folder / "data")} == broken


@pytest.mark.parametrize("file", [FACTS, SOURCES, TOPICS, RULES, DOMAIN, GUIDE, SV])
def test_a_missing_file_is_told(content: Content, file: str) -> None:
    (content.folder / file).unlink()

    assert Fault(file, 1, "cannot be read: No such file or directory") in check(content.folder / "data")


@pytest.mark.parametrize("file", [FACTS, SOURCES, TOPICS, RULES, DOMAIN, GUIDE, SV])
@pytest.mark.parametrize("written", ["- a list\n", "a: \n", "7\n", "rules: [7]\nintents: [[7]]\n"])
def test_a_file_of_another_shape_is_told(content: Content, file: str, written: str) -> None:
    (content.folder / file).write_text(written, encoding="utf-8")

    assert file in {fault.file for fault in check(content.folder / "data")}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from([FACTS, SOURCES, TOPICS, RULES, DOMAIN, GUIDE, EN]),
    at=st.integers(0, 70),
    value=st.sampled_from([None, "", "[]", "{}", "7", "true", "x", "[[x]]", "{x: {y: z}}", "2026-01-01"]),
)
def test_any_changed_line_is_a_fault_or_harmless(content: Content, file: str, at: int, value: str | None) -> None:
    path = content.folder / file
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    at %= len(lines)
    changed = "" if value is None else re.sub(r"(\w+:|-) .*", rf"\1 {value}", lines[at])
    try:
        path.write_text("".join([*lines[:at], changed, *lines[at + 1 :]]), encoding="utf-8")

        assert isinstance(check(content.folder / "data"), list)
    finally:
        path.write_text(text, encoding="utf-8")


def test_the_command_prints_faults_and_fails(
    content: Content, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[Any]
) -> None:
    monkeypatch.setattr(sys, "argv", ["check", "--data", "data"])
    assert main() == 0
    capsys.readouterr()

    line = content.edit(FACTS, "source: city_home", "source: hearsay")

    assert main() == 1
    assert capsys.readouterr().out.startswith(f"{FACTS}:{line}: ")
