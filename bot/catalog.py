"""The catalog: everything in data/ that the assistant can say, as frozen, checked objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from bot import markup
from bot.content import ContentError, ContentFile, Fault
from bot.examples import load_examples
from bot.facts.ledger import Ledger, load_ledger
from bot.guide import GUIDE_SLOT, OPEN, Guide, load_guide
from bot.lexicon import NEGATION, load_concepts
from bot.reviews import ANSWER, DRAFTED, REVIEWED, REVIEWS, states, texts
from bot.text import words

DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES, CONCEPTS, EXAMPLES, LACKING = "languages", "concepts", "examples", "lacking"
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
class GuideWords:
    """The guide in one language: questions, options as buttons, what people may type for them, pointers.

    `typed` is option -> normalised forms; `about` names what a question is about.
    """

    asks: Mapping[str, markup.Line]
    options: Mapping[str, Mapping[str, str]]
    typed: Mapping[str, frozenset[str]]
    about: Mapping[str, str]
    pointers: Mapping[str, markup.Line]

    def option(self, question: str, text: str) -> str | None:
        """Return the option of `question` that a short text stands for."""
        said = words(text).strip()
        for option, label in self.options[question].items():
            if said == words(label).strip() or said in self.typed.get(option, ()):
                return option
        return next((option for option in OPEN if said in self.typed.get(option, ())), None)


@dataclass(frozen=True)
class Language:
    """The words of one language. `locale` is how Babel formats for its readers.

    `reviews` is the state of each text that people see, by key (bot.reviews).
    """

    code: str
    locale: str
    name: str
    direction: str
    reviews: Mapping[str, str]
    groups: Mapping[str, str]
    titles: Mapping[str, str]
    ui: Mapping[str, markup.Line]
    openers: tuple[str, ...]
    corrections: tuple[str, ...]
    follow_ups: Mapping[str, tuple[str, ...]]
    safety: Mapping[str, tuple[str, ...]]
    negations: tuple[str, ...]
    answers: Mapping[str, tuple[markup.Block, ...]]
    easy: Mapping[str, tuple[markup.Block, ...]]
    guide: GuideWords
    examples: Mapping[str, tuple[str, ...]]

    def called(self, code: str) -> str | None:
        """Return what the language `code` is called in this one, in the middle of a sentence; None if nobody knows."""
        name: str | None = Locale.parse(self.locale).languages.get(code)
        return name

    @property
    def reviewed(self) -> bool:
        """Whether a person has read every text as it stands now."""
        return all(state == REVIEWED for state in self.reviews.values())

    def has_reviewed(self, topic: str) -> bool:
        """Return whether a person has read the answer to `topic` as it stands now."""
        return self.reviews[f"{ANSWER}{topic}"] == REVIEWED


@dataclass(frozen=True)
class Catalog:
    """Topics in menu order, languages by code, and the facts they rest on.

    `lacking`: lines in languages that we lack, to know them by.
    """

    topics: Mapping[str, Topic]
    languages: Mapping[str, Language]
    ledger: Ledger
    guide: Guide
    lacking: Mapping[str, tuple[str, ...]]

    def language(self, code: str | None) -> Language:
        """Return the language of `code`, or Swedish, which always applies."""
        return self.languages.get(code or DEFAULT_LANGUAGE) or self.languages[DEFAULT_LANGUAGE]

    def without_drafts(self) -> Catalog:
        """Return the catalog with Swedish and those languages in which no text is a draft."""
        served = {
            code: language
            for code, language in self.languages.items()
            if code == DEFAULT_LANGUAGE or DRAFTED not in language.reviews.values()
        }
        return replace(self, languages=served)

    def menu(self) -> Iterator[tuple[str, list[Topic]]]:
        """Yield each group with its topics that belong in a browsable menu."""
        groups: dict[str, list[Topic]] = {}
        for topic in self.topics.values():
            if topic.menu:
                groups.setdefault(topic.group, []).append(topic)
        yield from groups.items()


def load_catalog(data: Path = DATA, *, examples: bool = True) -> Catalog:
    """Return the catalog in folder `data`. Raises ContentError with every fault that stops it.

    Without `examples` it holds none: reading them takes a second, and few need them.
    """
    faults: list[Fault] = []
    languages: dict[str, Language] = {}
    with _collecting(faults):
        ledger = load_ledger(ContentFile(data / "facts.yml"), ContentFile(data / "sources.yml"))
    with _collecting(faults):
        topics = load_topics(ContentFile(data / "topics.yml"))
    with _collecting(faults):
        guide = load_guide(ContentFile(data / "guide.yml"))
    swedish: Mapping[str, Any] = {}
    first = data / LANGUAGES / f"{DEFAULT_LANGUAGE}.yml"
    for path in [first, *sorted(set(first.parent.glob("*.yml")) - {first})]:
        with _collecting(faults):
            file = ContentFile(path)
            said = load_examples(data / EXAMPLES / path.stem) if examples else {}
            negations = load_concepts(data / CONCEPTS / path.name).get(NEGATION, ())
            languages[path.stem] = _language(file, swedish or file.data, negations, said)
            swedish = swedish or file.data
    with _collecting(faults):
        lacking = load_examples(data / LACKING)
    if faults:
        raise ContentError(faults)
    return Catalog(topics, languages, ledger, guide, lacking)


@contextmanager
def _collecting(faults: list[Fault]) -> Iterator[None]:
    try:
        yield
    except ContentError as error:
        faults += error.faults


_TOPICS = {
    "*": {"*": {"menu?": bool, "next?": [str], "facts?": [str], "factless?": bool, "follow_up?": {"*": str}}},
}


def load_topics(file: ContentFile) -> dict[str, Topic]:
    """Return the topics of topics.yml, in menu order. Raises ContentError."""
    topics: dict[str, Topic] = {}
    faults = file.misfits(_TOPICS)
    if faults:
        raise ContentError(faults)
    for group, members in file.data.items():
        for id, entry in members.items():
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


_LANGUAGE = {
    "version": str,
    "language": {"code": str, "locale": str, "name": str, "direction": str},
    "groups": {"*": str},
    "titles": {"*": str},
    "ui": {"*": str},
    "openers": [str],
    "corrections": [str],
    "follow_ups": {"*": [str]},
    "safety": {"*": str},
    "responses": {"*": [{"text": str}]},
    "easy": {"*": str},
    "guide": {
        "options": {"*": {"*": str}},
        "typed": {"*": str},
        "about": {"*": str},
        "pointers": {"*": str},
    },
    "reviews": REVIEWS,
}
RESPONSE_PREFIX = "utter_"
# Responses of rules that are no topics: Rasa wants a response wherever a rule names one.
CLARIFY, GUIDE_OUTCOME = "clarify", "guide_outcome"
NOTICES = (CLARIFY, GUIDE_OUTCOME)
# How many topics are offered where one was not sure, and how many where several may well be meant.
ALTERNATIVES, MOST_ALTERNATIVES = 3, 5
# The question that the service exists for, and the interface text that tells its answer in short: it holds for
# everybody, so whoever may have asked it is told at once.
CITY_TOPIC, CITY_NOTE = "city_grant", "city_note"
# Responses that ask: Rasa's form names them by its slots.
ASK = f"ask_{GUIDE_SLOT}"


def _language(
    file: ContentFile, swedish: Mapping[str, Any], negations: tuple[str, ...], examples: Mapping[str, tuple[str, ...]]
) -> Language:
    data = file.data
    faults = file.misfits(_LANGUAGE) or [*_about_faults(file), *_unwritten(file)]
    if faults:
        raise ContentError(faults)
    answers: dict[str, tuple[markup.Block, ...]] = {}
    for key, variations in data["responses"].items():
        try:
            answers[key.removeprefix(RESPONSE_PREFIX)] = markup.parse(_only(variations)["text"])
        except ValueError as error:
            faults.append(file.fault(f"{key}: {error}", "responses", key))
    easy: dict[str, tuple[markup.Block, ...]] = {}
    for topic, text in data["easy"].items():
        try:
            easy[topic] = markup.parse(text)
        except ValueError as error:
            faults.append(file.fault(f"easy {topic}: {error}", "easy", topic))
    ui: dict[str, markup.Line] = {}
    for key, text in data["ui"].items():
        try:
            ui[key] = markup.parse_line(text.strip())
        except ValueError as error:
            faults.append(file.fault(f"ui {key}: {error}", "ui", key))
    if faults:
        raise ContentError(faults)
    for key in NOTICES:
        if key not in answers:
            raise ContentError([file.fault(f"responses: {RESPONSE_PREFIX}{key} is missing", "responses")])
        ui[key] = next(markup.lines(answers.pop(key)))
    asks = {key: next(markup.lines(answers.pop(key))) for key in list(answers) if key.startswith(ASK)}
    about = data["language"]
    return Language(
        code=about["code"],
        locale=about["locale"],
        name=about["name"],
        direction=about["direction"],
        reviews=states(data, swedish),
        groups=data["groups"],
        titles=data["titles"],
        ui=ui,
        openers=tuple(data["openers"]),
        corrections=tuple(data["corrections"]),
        follow_ups={kind: tuple(forms) for kind, forms in data["follow_ups"].items()},
        safety={topic: tuple(map(str.strip, phrases.split(","))) for topic, phrases in data["safety"].items()},
        negations=negations,
        answers=answers,
        easy=easy,
        guide=_guide_words(data["guide"], asks),
        examples=examples,
    )


def load_guide_words(data: Path) -> list[GuideWords]:
    """Return the guide's words in every language, without the questions. Raises ContentError."""
    files = (ContentFile(path) for path in sorted((data / LANGUAGES).glob("*.yml")))
    return [_guide_words(file.data["guide"], {}) for file in files]


def _guide_words(entry: Mapping[str, Any], asks: Mapping[str, markup.Line]) -> GuideWords:
    return GuideWords(
        asks={key.removeprefix(ASK): line for key, line in asks.items()},
        options=entry["options"],
        typed={
            option: frozenset(words(form).strip() for form in forms.split(","))
            for option, forms in entry["typed"].items()
        },
        about=entry["about"],
        pointers={id: markup.parse_line(text.strip()) for id, text in entry["pointers"].items()},
    )


def _about_faults(file: ContentFile) -> list[Fault]:
    about = file.data["language"]
    faults: list[Fault] = []
    if about["code"] != file.path.stem:
        faults.append(file.fault(f"language code is not the file's name, {file.path.stem}", "language", "code"))
    if about["direction"] not in ("ltr", "rtl"):
        faults.append(file.fault("language direction is ltr or rtl", "language", "direction"))
    try:
        Locale.parse(about["locale"])
    except (ValueError, UnknownLocaleError):
        faults.append(file.fault(f"Babel knows no locale {about['locale']}", "language", "locale"))
    return faults


def _unwritten(file: ContentFile) -> Iterator[Fault]:
    for key, text in texts(file.data).items():
        if not text.strip():
            yield file.fault(f"{key}: has no text yet", *key.split("."))


def _only(variations: list[Any]) -> Any:
    if len(variations) != 1:
        raise ValueError("an answer has exactly one text")
    return variations[0]
