"""`python -m bot.check`: is the content whole and consistent? Prints every fault as file:line: what is wrong."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot import markup
from bot.catalog import CLARIFY, DATA, DEFAULT_LANGUAGE, EXAMPLES, RESPONSE_PREFIX, Catalog, load_catalog
from bot.content import ContentError, ContentFile, Fault, shown_path
from bot.desk.notes import DESK_FILE, load_notes
from bot.facts.watchlist import load_watchlist
from bot.guide import GUIDE_ANSWER
from bot.parity import parity
from bot.reviews import review_faults
from bot.text import words

# Values that the program fills in; everything else in braces must be a fact.
UI_VALUES = frozenset({"date", "owner", "limit", "count", "day", "time"})
# Of small languages; tests/nlu asks more of large ones.
MIN_EXAMPLES = 30
SAFETY_GROUP, OUTSIDE_GROUP = "safety", "outside"
MIN_EXAMPLES_OUTSIDE = 60
TITLE_LENGTH = 60
# What must never stand in words where a fact belongs: digits of any script, addresses, e-mail.
_HARD_FACT = re.compile(r"\d|https?:|www\.|[\w.-]+@\w+")


_RULES = {
    "version": str,
    "rules": [{"rule": str, "condition?": [object], "steps": [{"intent?": str, "action?": str, "*": object}]}],
}
_DOMAIN = {"version": str, "intents": [str], "*": object}


def check(data: Path = DATA) -> list[Fault]:
    """Return every fault in the content folder and in the Rasa files beside it, sorted."""
    try:
        catalog = load_catalog(data)
        topics, rules, sources, guide = (
            ContentFile(data / f"{name}.yml") for name in ("topics", "rules", "sources", "guide")
        )
        domain, desk = ContentFile(data.parent / "domain.yml"), ContentFile(data / DESK_FILE)
        files = {code: ContentFile(data / "languages" / f"{code}.yml") for code in catalog.languages}
    except ContentError as error:
        return error.faults
    faults = rules.misfits(_RULES) + domain.misfits(_DOMAIN)
    faults += _watchlist(catalog, sources)
    faults += _topics(catalog, topics)
    faults += _pointers(catalog, guide)
    faults += _notes(catalog, desk)
    faults += [] if faults else _rules(catalog, rules, domain)
    for code, file in files.items():
        faults += _words(catalog, code, file)
        faults += _guide(catalog, code, file)
        faults += review_faults(file)
        faults += parity(files[DEFAULT_LANGUAGE], file, catalog.languages[code].negations)
        faults += _examples(catalog, code, data / EXAMPLES / code)
    faults += _twice(catalog, data / EXAMPLES)
    return sorted(set(faults))


def _watchlist(catalog: Catalog, sources: ContentFile) -> list[Fault]:
    try:
        load_watchlist(sources, catalog.ledger)
    except ContentError as error:
        return error.faults
    return []


def _topics(catalog: Catalog, file: ContentFile) -> Iterator[Fault]:
    for topic in catalog.topics.values():
        place = (topic.group, topic.id)
        for fact in topic.facts:
            if fact not in catalog.ledger.facts:
                yield file.fault(f"{topic.id}: fact {fact} is not in facts.yml", *place, "facts")
        for other in topic.next:
            if other not in catalog.topics:
                yield file.fault(f"{topic.id}: next topic {other} does not exist", *place, "next")
        for kind, other in topic.follow_up.items():
            if other not in catalog.topics:
                yield file.fault(f"{topic.id}: follow_up {kind} leads to {other}, which does not exist", *place)
            for language in catalog.languages.values():
                if kind not in language.follow_ups:
                    yield file.fault(f"{topic.id}: follow_up {kind} has no words in {language.code}", *place)


def _pointers(catalog: Catalog, file: ContentFile) -> Iterator[Fault]:
    for pointer in catalog.guide.pointers:
        for key, topic in (("topic", pointer.topic), ("instead", pointer.instead)):
            if topic is not None and topic not in catalog.topics:
                yield file.fault(f"{pointer.id}: {key} {topic} does not exist", "pointers", pointer.id, key)


def _notes(catalog: Catalog, file: ContentFile) -> Iterator[Fault]:
    try:
        found = load_notes(file)
    except ContentError as error:
        yield from error.faults
        return
    for id in sorted(found.owners.keys() - catalog.topics.keys()):
        yield file.fault(f"{id} is no topic", "owners")
    for topic in catalog.topics.values():
        if topic.facts and topic.id not in found.owners:
            yield file.fault(f"{topic.id}: has no owner", "owners")
    for id, entry in file.data["owners"].items():
        for key in ("phone", "hours", "page"):
            if entry.get(key, "") and entry[key] not in catalog.ledger.facts:
                yield file.fault(f"{id}: {key} {entry[key]} is not in facts.yml", "owners", id, key)
    for id, note in found.notes.items():
        if id not in catalog.topics:
            yield file.fault(f"note on {id}: is no topic", "notes", id)
            continue
        allowed = set(catalog.topics[id].facts)
        for kind, lines in (("say", note.say), ("avoid", note.avoid)):
            for place, line in enumerate(lines):
                yield from _line(file, catalog, f"note on {id}", line, ("notes", id, kind, place), allowed, frozenset())


def _rules(catalog: Catalog, rules: ContentFile, domain: ContentFile) -> Iterator[Fault]:
    intents = set(domain.data["intents"]) - {GUIDE_ANSWER}
    for name in sorted(intents - set(catalog.topics)):
        yield domain.fault(f"intent {name} is no topic", "intents")
    for name in sorted(set(catalog.topics) - intents):
        yield domain.fault(f"topic {name} is no intent", "intents")
    ruled: set[str] = set()
    for index, rule in enumerate(rules.data["rules"]):
        steps = rule["steps"]
        intent = next((step["intent"] for step in steps if "intent" in step), None)
        if intent in (None, GUIDE_ANSWER):
            continue
        if intent in ruled:
            yield rules.fault(f"{intent}: has two rules", "rules", index)
        ruled.add(intent)
        if f"{RESPONSE_PREFIX}{CLARIFY if intent == 'nlu_fallback' else intent}" not in _actions(steps):
            yield rules.fault(f"{intent}: its rule does not say its answer", "rules", index)
    for name in sorted(set(catalog.topics) ^ (ruled - {"nlu_fallback"})):
        yield rules.fault(f"{name}: topics and rules differ", "rules")


def _actions(steps: Iterable[Mapping[str, object]]) -> list[object]:
    return [step["action"] for step in steps if "action" in step]


def _words(catalog: Catalog, code: str, file: ContentFile) -> Iterator[Fault]:
    language = catalog.languages[code]
    for section, known in (("titles", language.titles), ("responses", language.answers)):
        for topic in sorted(set(catalog.topics) - set(known)):
            yield file.fault(f"{section}: topic {topic} is missing", section)
        for topic in sorted(set(known) - set(catalog.topics)):
            yield file.fault(f"{section}: {topic} is no topic", section)
    for group in sorted({topic.group for topic in catalog.topics.values()} - set(language.groups)):
        yield file.fault(f"groups: {group} is missing", "groups")
    for topic, title in language.titles.items():
        if len(title) > TITLE_LENGTH:
            yield file.fault(f"title of {topic} is longer than {TITLE_LENGTH} characters", "titles", topic)
    for section in ("groups", "titles", "follow_ups"):
        for key, value in file.data[section].items():
            if _HARD_FACT.search(value if isinstance(value, str) else ", ".join(value)):
                yield file.fault(f"{section} {key}: a figure or an address belongs in facts.yml", section, key)
    for topic, blocks in language.answers.items():
        place = ("responses", f"{RESPONSE_PREFIX}{topic}")
        allowed = set(catalog.topics[topic].facts) if topic in catalog.topics else set()
        for line in markup.lines(blocks):
            yield from _line(file, catalog, f"answer {topic}", line, place, allowed, frozenset())
    urgent = {topic.id for topic in catalog.topics.values() if topic.group == SAFETY_GROUP}
    for topic in sorted(urgent ^ set(language.safety)):
        yield file.fault(f"safety: {topic} differs from the topics of that group", "safety")
    for topic, blocks in language.easy.items():
        if topic not in language.answers:
            yield file.fault(f"easy: {topic} is no topic", "easy", topic)
            continue
        allowed = {fact for line in markup.lines(language.answers[topic]) for fact in markup.facts_in(line)}
        for line in markup.lines(blocks):
            yield from _line(file, catalog, f"easy answer {topic}", line, ("easy", topic), allowed, frozenset())
    for key, line in language.ui.items():
        if any(isinstance(piece, markup.When) for piece in line):
            yield file.fault(f"ui {key}: a condition has its place in answers only", "ui", key)
        yield from _line(file, catalog, f"ui {key}", line, ("ui", key), None, UI_VALUES)


def _guide(catalog: Catalog, code: str, file: ContentFile) -> Iterator[Fault]:
    guide, spoken = catalog.guide, catalog.languages[code].guide
    for section, known, wanted in (
        ("options", spoken.options, guide.questions),
        ("about", spoken.about, guide.questions),
        ("pointers", spoken.pointers, {pointer.id for pointer in guide.pointers}),
        ("questions", spoken.asks, guide.questions),
    ):
        for name in sorted(set(known) ^ set(wanted)):
            yield file.fault(f"guide {section}: {name} differs from guide.yml", "guide", section)
    for question, options in guide.questions.items():
        labels = spoken.options.get(question, {})
        if set(labels) != set(options):
            yield file.fault(f"guide options of {question} differ from guide.yml", "guide", "options", question)
        for option, label in labels.items():
            if len(label) > TITLE_LENGTH:
                message = f"guide option {option} is longer than {TITLE_LENGTH} characters"
                yield file.fault(message, "guide", "options", question, option)
    known_options = {option for question in guide.questions for option in guide.options(question)}
    for option in sorted(set(spoken.typed) - known_options):
        yield file.fault(f"guide typed: {option} is no option", "guide", "typed", option)
    for pointer in guide.pointers:
        allowed = set(catalog.topics[pointer.topic].facts) if pointer.topic in catalog.topics else set()
        if line := spoken.pointers.get(pointer.id):
            place = ("guide", "pointers", pointer.id)
            yield from _line(file, catalog, f"guide pointer {pointer.id}", line, place, allowed, frozenset())
    for question, line in spoken.asks.items():
        yield from _line(file, catalog, f"guide question {question}", line, ("responses",), None, frozenset())


def _line(
    file: ContentFile,
    catalog: Catalog,
    what: str,
    line: markup.Line,
    place: tuple[str | int, ...],
    allowed: set[str] | None,
    values: frozenset[str],
) -> Iterator[Fault]:
    if _HARD_FACT.search(markup.words_in(line)):
        yield file.fault(f"{what}: a figure or an address belongs in facts.yml, as {{fact}}", *place)
    for fact in markup.facts_in(line):
        if fact in values:
            continue
        if fact not in catalog.ledger.facts:
            yield file.fault(f"{what}: {{{fact}}} is not in facts.yml", *place)
        elif allowed is not None and fact not in allowed:
            yield file.fault(f"{what}: {{{fact}}} is not among the topic's facts in topics.yml", *place)
        elif not catalog.ledger.facts[fact].known and markup.When(fact, None, True) not in line and _says(line, fact):
            yield file.fault(f"{what}: {{{fact}}} is not established yet; begin the line with {{?{fact}}}", *place)


def _says(line: markup.Line, fact: str) -> bool:
    """Return whether `line` shows the fact, and not only asks whether it is known."""
    return fact in markup.facts_in(tuple(piece for piece in line if not isinstance(piece, markup.When)))


def _examples(catalog: Catalog, code: str, folder: Path) -> Iterator[Fault]:
    examples = catalog.languages[code].examples
    for name in sorted(set(examples) - set(catalog.topics)):
        yield Fault(_lines_of(folder, name), 1, f"{name} is no topic")
    for topic in catalog.topics.values():
        least = MIN_EXAMPLES_OUTSIDE if topic.group == OUTSIDE_GROUP else MIN_EXAMPLES
        count = len(examples.get(topic.id, ()))
        if count < least:
            yield Fault(_lines_of(folder, topic.id), max(count, 1), f"{count} examples, {least} are needed")


def _twice(catalog: Catalog, folder: Path) -> Iterator[Fault]:
    """Find examples that stand twice, but once each in two languages for one topic: one model learns them all."""
    seen: dict[str, tuple[str, str, str]] = {}
    for code, language in catalog.languages.items():
        for topic, examples in language.examples.items():
            for number, example in enumerate(examples, 1):
                said = words(example)
                key, file = said if said.strip() else example, _lines_of(folder / code, topic)
                first_code, first_topic, place = seen.setdefault(key, (code, topic, f"{file}:{number}"))
                if place != f"{file}:{number}" and (first_code == code or first_topic != topic):
                    yield Fault(file, number, f"{example!r} stands already at {place}")


def _lines_of(folder: Path, topic: str) -> str:
    return shown_path(folder / f"{topic}.txt")


def main() -> int:
    """Print every fault, or one line that all is well. Returns 1 when there are faults."""
    parser = argparse.ArgumentParser(prog="python -m bot.check", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="content folder (default: data)")
    faults = check(parser.parse_args().data)
    for fault in faults:
        print(fault)
    if not faults:
        print("Content is whole and consistent.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
