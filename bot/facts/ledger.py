"""The fact ledger: typed values, each with its source and the date of its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from bot.content import ContentError, ContentFile, Fault
from bot.facts.hours import Hours
from bot.facts.kinds import KINDS, UNITS, dial


class State(str, Enum):
    """How far a fact may be relied on today."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Source:
    """A place outside the assistant where facts come from."""

    id: str
    title: str
    owner: str
    url: str
    language: str


@dataclass(frozen=True)
class Fact:
    """A value or a statement with the evidence for it.

    `value` is None while nothing is established; `candidate` is then a value that is not shown until
    the source or a person confirms it. `checked` is the date of the evidence, `max_age` how many days
    it may be relied on (None: it cannot grow old, such as history). `watched`: its source is fetched
    and compared. What the store of checks knows: `withheld` and `doubted` by its source or a person;
    `before`, the value that was confirmed until `since`.
    """

    id: str
    type: str
    source: Source
    owner: str
    confidence: str
    value: Any = None
    candidate: Any = None
    checked: date | None = None
    max_age: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    unit: str | None = None
    watched: bool = False
    withheld: bool = False
    doubted: bool = False
    before: Any = None
    since: date | None = None

    @property
    def known(self) -> bool:
        """Whether there is a value that may be shown."""
        return self.value is not None

    def state(self, today: date) -> State:
        """Return the state on `today`: what was decided, then validity, then age."""
        invalid = (self.valid_to and today > self.valid_to) or (self.valid_from and today < self.valid_from)
        if self.withheld or invalid:
            return State.WITHHELD
        if not self.known or self.doubted or self.is_old(today):
            return State.UNCONFIRMED
        return State.CONFIRMED

    def is_old(self, today: date) -> bool:
        """Return whether the evidence is older than it may be."""
        if self.checked is None or self.max_age is None:
            return False
        return today > self.checked + timedelta(days=self.max_age)

    @property
    def href(self) -> str | None:
        """The address that the value leads to: a page, or a telephone number."""
        if self.type == "url":
            return str(self.value)
        return f"tel:{dial(self.value)}" if self.type == "phone" else None

    @property
    def hours(self) -> Hours | None:
        """The value, if it is opening hours."""
        return self.value if isinstance(self.value, Hours) else None

    def format(self, locale: str) -> str:
        """Return the value as it is written in `locale` (such as sv or en_GB)."""
        return self.written(self.value, locale)

    def written(self, value: Any, locale: str) -> str:
        """Return another value of this fact, such as the one before, as it is written in `locale`."""
        return KINDS[self.type].format(value, locale, self.unit)


@dataclass(frozen=True)
class Ledger:
    """Every fact and every source, by id."""

    facts: Mapping[str, Fact]
    sources: Mapping[str, Source]


SOURCE_SHAPE = {"title": str, "owner": str, "url": str, "language": str}
_SOURCES = {"*": {**SOURCE_SHAPE, "watch?": object}}
_FACTS = {
    "*": {
        "type": str,
        "value?": object,
        "candidate?": object,
        "source": str,
        "checked?": date,
        "owner": str,
        "confidence": str,
        "max_age?": int,
        "valid_from?": date,
        "valid_to?": date,
        "unit?": str,
        "quote?": str,
        "note?": str,
    }
}
_WEB_ADDRESS = ("https://", "http://")


def load_ledger(facts_file: ContentFile, sources_file: ContentFile) -> Ledger:
    """Return the ledger. Raises ContentError with every fault of both files."""
    faults = sources_file.misfits(_SOURCES) + facts_file.misfits(_FACTS)
    if faults:
        raise ContentError(faults)
    sources = {id: Source(id, **{key: entry[key] for key in SOURCE_SHAPE}) for id, entry in sources_file.data.items()}
    watched = _watched(sources_file)
    for id, source in sources.items():
        if not source.url.startswith(_WEB_ADDRESS):
            faults.append(sources_file.fault(f"{id}: the url is no web address", id, "url"))
    facts: dict[str, Fact] = {}
    for id, entry in facts_file.data.items():
        found = _fact_faults(id, entry, sources, facts_file)
        faults += found
        if not found:
            load = KINDS[entry["type"]].load
            known = {key: value for key, value in entry.items() if key not in ("quote", "note")}
            known |= {key: load(entry[key]) for key in ("value", "candidate") if key in entry}
            known["source"] = sources[entry["source"]]
            facts[id] = Fact(id=id, watched=id in watched, **known)
    if faults:
        raise ContentError(faults)
    return Ledger(facts, sources)


def _watched(sources_file: ContentFile) -> set[str]:
    """Return the ids of the facts that some source is read for; watchlist.py checks their form."""
    watches = (entry.get("watch") for entry in sources_file.data.values())
    finds = (watch.get("finds") for watch in watches if isinstance(watch, Mapping))
    return {fact for find in finds if isinstance(find, Mapping) for fact in find}


def _fact_faults(id: str, entry: Any, sources: Mapping[str, Source], file: ContentFile) -> list[Fault]:
    faults: list[Fault] = []
    if entry["type"] not in KINDS:
        return [file.fault(f"{id}: type is none of {', '.join(KINDS)}", id, "type")]
    for key in ("value", "candidate"):
        try:
            if key in entry:
                KINDS[entry["type"]].load(entry[key])
        except ValueError as error:
            faults.append(file.fault(f"{id}: the {key} does not fit type {entry['type']}: {error}", id, key))
    if ("value" in entry) != ("checked" in entry):
        faults.append(file.fault(f"{id}: value and checked, the date of its evidence, go together", id))
    if "value" in entry and "candidate" in entry:
        faults.append(file.fault(f"{id}: what has a value needs no candidate", id, "candidate"))
    if entry["type"] == "duration" and entry.get("unit") not in UNITS:
        faults.append(file.fault(f"{id}: a duration needs unit: one of {', '.join(UNITS)}", id))
    if entry["source"] not in sources:
        faults.append(file.fault(f"{id}: source {entry['source']} is not in sources.yml", id, "source"))
    if entry["confidence"] not in ("H", "M", "L"):
        faults.append(file.fault(f"{id}: confidence is H, M or L", id, "confidence"))
    return faults
