"""The assistant for staff: what a caller's question is about, how sure that is, and the answer in two languages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from threading import Lock
from typing import Literal

from bot import markup
from bot.catalog import DEFAULT_LANGUAGE, Catalog, Language
from bot.desk.notes import Note, Notes, Owner
from bot.desk.search import Found, Index
from bot.lexicon import stands_in
from bot.render import Node, Renderer, Reply
from bot.text import words

Evidence = Literal["certain", "likely", "guess"]
# Nobody on the line looks for what lies outside.
_OUTSIDE = "outside"
# language -> concept -> its forms.
Lexicon = Mapping[str, Mapping[str, Sequence[str]]]
# So many topics are shown: each has a digit of its own.
CHOICES = 9


@dataclass(frozen=True)
class Judgement:
    """What a question was taken for. `outcome` is what the resident would get, `topics` what it answers.

    `choices` are the topics that it may be about, likeliest first; `evidence` is for the first of them.
    """

    outcome: str
    topics: tuple[str, ...]
    choices: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Why:
    """Why a question is taken for a topic: words that carry a concept (concept, form), and what others have said."""

    concepts: tuple[tuple[str, str], ...]
    examples: tuple[Found, ...]


@dataclass(frozen=True)
class Contact:
    """Who owns a topic, with what the facts say of them: nodes, and words. Empty where nothing is confirmed."""

    name: str
    phone: tuple[Node, ...]
    page: tuple[Node, ...]
    hours: str
    opening: str


@dataclass(frozen=True)
class Sheet:
    """All that staff see of a topic. `pairs` are its blocks in Swedish and in the caller's language.

    `theirs` is None when the caller speaks Swedish. `version` tells exactly what was said.
    """

    swedish: Reply
    theirs: Reply | None
    pairs: tuple[tuple[Node | None, Node | None], ...]
    say: tuple[list[Node], ...]
    avoid: tuple[list[Node], ...]
    contact: Contact | None
    version: str


class Assistant:
    """Judges questions and lays answers out for staff."""

    def __init__(self, catalog: Catalog, renderer: Renderer, notes: Notes, lexicon: Lexicon) -> None:
        """Take the catalog, its renderer, the notes of desk.yml and the lexicon of each language."""
        self._catalog = catalog
        self._renderer = renderer
        self._notes = notes
        self._lexicon = lexicon
        self._lock = Lock()

    def warm(self) -> None:
        """Make the index now, for those who search next, unless somebody is making it."""
        if self._lock.acquire(blocking=False):
            try:
                assert self._index
            finally:
                self._lock.release()

    @property
    def is_ready(self) -> bool:
        """Whether the index is made: until then whoever searches waits for it."""
        return "_index" in vars(self)

    def search(self, query: str, limit: int = CHOICES) -> list[Found]:
        """Return the best text of each topic that fits `query`, best first."""
        return self._made().find(query, limit)

    def judge(self, question: str, outcome: str, topics: Sequence[str], nearest: Iterable[str]) -> Judgement:
        """Return what `question` is about, from what Rasa made of it: its outcome, its topics and those nearest.

        Certain is what Rasa and the search agree on, likely what Rasa alone answers or asks back about; all else
        is a guess.
        """
        found = [text.topic for text in self.search(question)]
        understood = outcome in ("answered", "clarify")
        offered = [*topics, *nearest] if understood else []
        choices = tuple(dict.fromkeys(id for id in [*offered, *found] if id in self._catalog.topics))[:CHOICES]
        agreed = bool(found) and found[0] in topics
        evidence: Evidence = "certain" if agreed else "likely" if understood else "guess"
        return Judgement(outcome, tuple(topics), choices, evidence)

    def why(self, question: str, topic: str, language: str) -> Why:
        """Return why `question`, in `language`, is taken for `topic`."""
        said = words(question)
        spoken = (self._lexicon.get(code, {}) for code in dict.fromkeys((language, DEFAULT_LANGUAGE)))
        concepts = {
            concept: form
            for forms_of in spoken
            for concept, forms in forms_of.items()
            for form in forms
            if stands_in(form, said)
        }
        return Why(tuple(sorted(concepts.items())), tuple(self._made().nearest(question, topic)))

    def sheet(self, topic: str, language: Language) -> Sheet:
        """Return what staff see of `topic` with a caller who speaks `language`. Raises KeyError if unknown."""
        home = self._catalog.language(DEFAULT_LANGUAGE)
        swedish = self._renderer.answer(topic, home)
        theirs = None if language.code == home.code else self._renderer.answer(topic, language)
        note = self._notes.notes.get(topic, Note())
        owner = self._notes.owners.get(topic)
        return Sheet(
            swedish=swedish,
            theirs=theirs,
            pairs=tuple(zip_longest(swedish.blocks, theirs.blocks if theirs else ())),
            say=tuple(self._renderer.line(line, home) for line in note.say),
            avoid=tuple(self._renderer.line(line, home) for line in note.avoid),
            contact=self._contact(owner, home) if owner else None,
            version=version(self._catalog, theirs or swedish),
        )

    def _contact(self, owner: Owner, language: Language) -> Contact:
        return Contact(
            owner.name,
            self._fact(owner.phone, language),
            self._fact(owner.page, language),
            self._renderer.fact(owner.hours, language)["value"] or "" if owner.hours else "",
            self._renderer.opening(owner.hours, language) if owner.hours else "",
        )

    def _fact(self, id: str | None, language: Language) -> tuple[Node, ...]:
        """Return a fact as a link, if there is one and it may be shown."""
        shown = id is not None and self._renderer.fact(id, language)["value"] is not None
        return tuple(self._renderer.line((markup.Value(id),), language)) if id and shown else ()

    def _made(self) -> Index:
        """Return the index, which is made once."""
        with self._lock:
            return self._index

    @cached_property
    def _index(self) -> Index:
        sought = {topic.id for topic in self._catalog.topics.values() if topic.facts and topic.group != _OUTSIDE}
        return Index(self._catalog, sought)


def version(catalog: Catalog, reply: Reply) -> str:
    """Return what tells an answer from every other: a hash of its text and of its facts as they stand."""
    assert reply.topic
    text = repr(catalog.languages[reply.lang].answers[reply.topic])
    facts = [[fact["id"], fact["value"], fact["status"]] for fact in reply.facts]
    canonical = json.dumps([reply.topic, reply.lang, text, facts], ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
