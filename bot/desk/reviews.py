"""What human readers have said of the texts, and how each text stands since: the languages board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Column, Integer, String, Table, Text, insert, select
from sqlalchemy.engine import Engine

from bot.catalog import DEFAULT_LANGUAGE
from bot.database import METADATA, UtcDateTime, reading, writing
from bot.desk.audit import Audit
from bot.desk.people import Person
from bot.facts.hours import STOCKHOLM
from bot.reviews import LanguageTexts, fingerprint, state

Verdict = Literal["approve", "comment"]
REVIEWS = Table(
    "text_reviews",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("language", String(16), nullable=False, index=True),
    Column("key", String(128), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("person", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Hashes of the text and of its Swedish original, as they were read.
    Column("text", String(12), nullable=False),
    Column("swedish", String(12), nullable=False),
    Column("words", Text, nullable=False),
)


class StaleError(Exception):
    """The text is no longer the one that was read."""


@dataclass(frozen=True)
class Review:
    """What one reader said of one text, and of which text."""

    verdict: Verdict
    name: str
    at: datetime
    text: str
    swedish: str
    words: str


@dataclass(frozen=True)
class Entry:
    """A text beside its Swedish original, how it stands, its newest approval, and what was said of it since.

    `older`: the original has changed since somebody last read both, and the text has not.
    """

    key: str
    text: str
    swedish: str
    state: str
    approval: Review | None
    comments: tuple[Review, ...]
    older: bool

    @property
    def hashes(self) -> tuple[str, str]:
        """The hash of the text and of its original."""
        return fingerprint(self.text), fingerprint(self.swedish)


@dataclass(frozen=True)
class Overview:
    """How many texts of a language stand how, and how many of them are older than their original."""

    states: Counter[str]
    older: int


class Reviews:
    """Reads and writes reviews of texts, which do not change while it runs."""

    def __init__(self, engine: Engine, load: Callable[[], Mapping[str, LanguageTexts]], audit: Audit) -> None:
        """`load` gives the texts of each language; it is called when somebody first asks."""
        self._engine = engine
        self._load = load
        self._audit = audit

    def overview(self) -> dict[str, Overview]:
        """Return how the texts of each language stand."""
        entries = {code: self.entries(code) for code in self._texts}
        return {
            code: Overview(Counter(entry.state for entry in found), sum(entry.older for entry in found))
            for code, found in entries.items()
        }

    def entries(self, language: str) -> list[Entry]:
        """Return every text of a language in the order of the Swedish file. Raises KeyError for one we lack."""
        ours = self._texts[language]
        said = {key: [_filed(review)] for key, review in ours.reviews.items()}
        query = select(REVIEWS).where(REVIEWS.c.language == language).order_by(REVIEWS.c.id)
        with reading(self._engine) as connection:
            for row in connection.execute(query).mappings():
                said.setdefault(row["key"], []).append(_review(row))
        return [
            _entry(key, ours.texts[key], swedish, said.get(key, []))
            for key, swedish in self._texts[DEFAULT_LANGUAGE].texts.items()
            # A language has easy words for all answers or for none.
            if key in ours.texts
        ]

    def entry(self, language: str, key: str) -> Entry:
        """Return one text. Raises KeyError if there is none."""
        found = next((entry for entry in self.entries(language) if entry.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def record(
        self,
        language: str,
        key: str,
        verdict: Verdict,
        read: tuple[str, str],
        person: Person,
        reason: str,
        now: datetime,
    ) -> None:
        """Record what `person` says of a text whose hashes, with its original's, were `read`.

        Raises KeyError if there is no such text, StaleError if it is another one by now, ValueError without a reason.
        """
        entry = self.entry(language, key)
        if entry.hashes != read:
            raise StaleError(key)
        row = {"language": language, "key": key, "verdict": verdict, "person": person.subject, "name": person.name}
        with writing(self._engine) as connection:
            text, swedish = read
            connection.execute(insert(REVIEWS).values(**row, at=now, text=text, swedish=swedish, words=reason.strip()))
            before, after = {"state": entry.state}, {"verdict": verdict, "text": text, "swedish": swedish}
            self._audit.record(connection, person, f"text.{verdict}", f"{language}:{key}", before, after, reason, now)

    def approvals(self, language: str) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield (key, by, on, hash of the text, hash of the Swedish one) of each text that was ever approved."""
        for entry in self.entries(language):
            if found := entry.approval:
                on = found.at.astimezone(STOCKHOLM).date().isoformat()
                yield entry.key, found.name, on, found.text, found.swedish

    @cached_property
    def _texts(self) -> Mapping[str, LanguageTexts]:
        return self._load()


def _review(row: Mapping[Any, Any]) -> Review:
    return Review(row["verdict"], row["name"], row["at"], row["text"], row["swedish"], row["words"])


def _filed(review: Mapping[str, str]) -> Review:
    """Return a review that has come into the language's file."""
    at = datetime.combine(date.fromisoformat(review["on"]), time(), STOCKHOLM)
    return Review("approve", review["by"], at, review["text"], review["swedish"], "")


def _entry(key: str, text: str, swedish: str, said: list[Review]) -> Entry:
    approved = [place for place, review in enumerate(said) if review.verdict == "approve"]
    approval = said[approved[-1]] if approved else None
    since = said[approved[-1] + 1 :] if approved else said
    read = (approval.text, approval.swedish) if approval else None
    older = bool(said) and said[-1].text == fingerprint(text) and said[-1].swedish != fingerprint(swedish)
    return Entry(key, text, swedish, state(read, text, swedish), approval, tuple(since), older)
