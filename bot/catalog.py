"""The catalog: everything in data/ that the assistant can say, as frozen, checked objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import markup
from bot.content import ContentError, ContentFile, Fault
from bot.facts import Ledger, load_ledger

DATA = Path(__file__).resolve().parent.parent / "data"
DEFAULT_LANGUAGE = "sv"


@dataclass(frozen=True)
class Topic:
    """What a person can ask, independent of language.

    `next` are the topics offered after the answer; `follow_up` tells what an elliptical question
    ("why?") means after it; `facts` are the facts that the answer rests on.
    """

    id: str
    group: str
    menu: bool
    next: tuple[str, ...]
    facts: tuple[str, ...]
    follow_up: Mapping[str, str]


@dataclass(frozen=True)
class Language:
    """The words of one language. `locale` is how Babel formats for its readers.

    `reviewed` is true when a human translator has read the words.
    """

    code: str
    locale: str
    name: str
    direction: str
    reviewed: bool
    groups: Mapping[str, str]
    titles: Mapping[str, str]
    ui: Mapping[str, markup.Line]
    openers: tuple[str, ...]
    follow_ups: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, tuple[markup.Block, ...]]
    examples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Catalog:
    """Topics in menu order, languages by code, and the facts they rest on."""

    topics: Mapping[str, Topic]
    languages: Mapping[str, Language]
    ledger: Ledger

    def language(self, code: str | None) -> Language:
        """Return the language of `code`, or Swedish, which always applies."""
        return self.languages.get(code or DEFAULT_LANGUAGE) or self.languages[DEFAULT_LANGUAGE]

    def menu(self) -> Iterator[tuple[str, list[Topic]]]:
        """Yield each group with its topics that belong in a browsable menu."""
        groups: dict[str, list[Topic]] = {}
        for topic in self.topics.values():
            if topic.menu:
                groups.setdefault(topic.group, []).append(topic)
        yield from groups.items()


def load_catalog(data: Path = DATA) -> Catalog:
    """Return the catalog in folder `data`. Raises ContentError with every fault that stops it."""
    ledger = load_ledger(ContentFile(data / "facts.yml"), ContentFile(data / "sources.yml"))
    topics = _topics(ContentFile(data / "topics.yml"))
    languages: dict[str, Language] = {}
    faults: list[Fault] = []
    for path in sorted((data / "languages").glob("*.yml")):
        try:
            languages[path.stem] = _language(ContentFile(path))
        except ContentError as error:
            faults += error.faults
    if DEFAULT_LANGUAGE not in languages and not faults:
        faults.append(Fault("languages", 1, f"{DEFAULT_LANGUAGE}.yml is missing: Swedish always applies"))
    if faults:
        raise ContentError(faults)
    return Catalog(topics, languages, ledger)


_TOPIC_KEYS = {"menu", "next", "facts", "factless", "follow_up"}


def _topics(file: ContentFile) -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    faults: list[Fault] = []
    for group, members in file.data.items():
        for id, entry in members.items():
            unknown = set(entry) - _TOPIC_KEYS
            faults += [file.fault(f"{id}: {key} is not a known key", group, id, key) for key in sorted(unknown)]
            if id in topics:
                faults.append(file.fault(f"{id}: stands twice", group, id))
            if bool(entry.get("facts")) == bool(entry.get("factless")):
                faults.append(file.fault(f"{id}: needs facts, or factless: true", group, id))
            topics[id] = Topic(
                id=id,
                group=group,
                menu=bool(entry.get("menu")),
                next=tuple(entry.get("next", ())),
                facts=tuple(entry.get("facts", ())),
                follow_up=entry.get("follow_up", {}),
            )
    if faults:
        raise ContentError(faults)
    return topics


_LANGUAGE_KEYS = {
    "version",
    "language",
    "groups",
    "titles",
    "ui",
    "openers",
    "follow_ups",
    "responses",
    "concepts",
    "nlu",
}
RESPONSE_PREFIX = "utter_"
# The response of the rule for doubt: no topic, but Rasa wants a response wherever a rule names one.
CLARIFY = "clarify"


def _language(file: ContentFile) -> Language:
    data = file.data
    faults = [file.fault(f"{key} is missing") for key in sorted(_LANGUAGE_KEYS - set(data))]
    if not faults and data["language"].get("code") != file.path.stem:
        faults.append(file.fault(f"language code is not the file's name, {file.path.stem}", "language", "code"))
    if faults:
        raise ContentError(faults)
    answers: dict[str, tuple[markup.Block, ...]] = {}
    for key, variations in data["responses"].items():
        try:
            answers[key.removeprefix(RESPONSE_PREFIX)] = markup.parse(variations[0]["text"])
        except (ValueError, TypeError, LookupError) as error:
            faults.append(file.fault(f"{key}: {error}", "responses", key))
    ui: dict[str, markup.Line] = {}
    for key, text in data["ui"].items():
        try:
            ui[key] = markup.parse_line(str(text).strip())
        except ValueError as error:
            faults.append(file.fault(f"ui {key}: {error}", "ui", key))
    if faults:
        raise ContentError(faults)
    if CLARIFY not in answers:
        raise ContentError([file.fault(f"responses: {RESPONSE_PREFIX}{CLARIFY} is missing", "responses")])
    ui[CLARIFY] = next(markup.lines(answers.pop(CLARIFY)))
    about: Mapping[str, Any] = data["language"]
    return Language(
        code=about["code"],
        locale=about["locale"],
        name=about["name"],
        direction=about["direction"],
        reviewed=about["review"]["state"] == "reviewed",
        groups=data["groups"],
        titles=data["titles"],
        ui=ui,
        openers=tuple(map(str, data["openers"])),
        follow_ups={kind: tuple(map(str, forms)) for kind, forms in data["follow_ups"].items()},
        answers=answers,
        examples={entry["intent"]: _examples(entry["examples"]) for entry in data["nlu"]},
    )


def _examples(block: str) -> tuple[str, ...]:
    return tuple(line[2:].strip() for line in block.splitlines() if line.startswith("- "))
