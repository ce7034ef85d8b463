"""One renderer: an answer of the catalog with today's facts in it, for every surface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot import markup
from bot.catalog import GUIDE_OUTCOME, Catalog, Language
from bot.facts import formats
from bot.facts.book import FactBook, Snapshot
from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Fact, State
from bot.guide import GUIDE_RULES, GUIDE_TOPIC, Answers

Node = dict[str, Any]
# The topic that asks for the last answer in easy words.
SIMPLER = "simpler"


@dataclass(frozen=True)
class Reply:
    """What is said on one topic (None: the assistant did not understand), in one language.

    `text` is plain; `blocks` is the same as paragraphs and lists of text, value, strong and link
    nodes; `facts` and `sources` tell what it rests on. The fields are those of the public API.
    """

    topic: str | None
    lang: str
    dir: str
    title: str | None
    text: str
    blocks: list[Node]
    facts: list[dict[str, Any]]
    sources: list[dict[str, Any]]


@dataclass(frozen=True)
class _Context:
    """What a line is rendered with: its language, the facts as they stand, and values that are no facts."""

    language: Language
    snapshot: Snapshot
    values: Mapping[str, str] = field(default_factory=dict)

    def fact(self, id: str) -> Fact:
        return self.snapshot.facts[id]

    def is_withheld(self, fact: Fact) -> bool:
        return self.snapshot.state(fact) is State.WITHHELD


class Renderer:
    """Renders a catalog with the facts as they stand at the moment of each reply."""

    def __init__(self, catalog: Catalog, book: FactBook, is_off: Callable[[str], bool] = lambda _: False) -> None:
        """Of a topic that `is_off` only that is said."""
        self._is_off = is_off
        self._catalog = catalog
        self._book = book

    def answer(
        self, topic_id: str, language: Language, found: Mapping[str, Any] | None = None, easy: bool = False
    ) -> Reply:
        """Return the answer to a topic, in easy words if asked for and there are any. Raises KeyError if unknown.

        `found` is what an action found of the facts, as `Snapshot.dump` gives it.
        """
        if self._is_off(topic_id):
            return replace(self.notice("topic_off", language), topic=topic_id, title=language.titles[topic_id])
        words = language.easy.get(topic_id) if easy else None
        context = _Context(language, self._book.snapshot().with_found(found or {}))
        topic_facts = (context.fact(id) for id in self._catalog.topics[topic_id].facts)
        facts = [fact for fact in topic_facts if fact.known]
        blocks = [node for block in words or language.answers[topic_id] for node in self._block(block, context)]
        blocks += self._withheld_notes(facts, context)
        return self._reply(topic_id, blocks, facts, context)

    def guide_question(self, question: str, language: Language) -> Reply:
        """Return a question of the guide."""
        context = _Context(language, self._book.snapshot())
        blocks = [{"type": "paragraph", "content": self._line(language.guide.asks[question], context)}]
        return self._reply(GUIDE_TOPIC, blocks, [], context)

    def guide_outcome(self, answers: Answers, language: Language) -> Reply:
        """Return where the answers point: what the rules say against, what was left open, who decides."""
        context = _Context(language, self._book.snapshot())
        outcome = self._catalog.guide.outcome(answers)
        blocks = [self._notice("guide_against" if outcome.against else "guide_nothing_against", language)]
        if outcome.against:
            lines = (language.guide.pointers[pointer.id] for pointer in outcome.against)
            blocks.append({"type": "list", "items": [self._line(line, context) for line in lines]})
        if outcome.left_open:
            blocks.append(self._notice("guide_left_open", language))
            named = ([{"type": "text", "text": language.guide.about[question]}] for question in outcome.left_open)
            blocks.append({"type": "list", "items": list(named)})
        blocks.append(self._notice(GUIDE_OUTCOME, language))
        topics = [pointer.topic for pointer in outcome.against] or [GUIDE_RULES]
        ids = dict.fromkeys(id for topic in topics for id in self._catalog.topics[topic].facts)
        ids |= dict.fromkeys(markup.facts_in(language.ui[GUIDE_OUTCOME]))
        facts = [fact for fact in map(context.fact, ids) if fact.known]
        return self._reply(GUIDE_TOPIC, blocks, facts, context)

    def _reply(self, topic_id: str, blocks: list[Node], facts: list[Fact], context: _Context) -> Reply:
        language = context.language
        return Reply(
            topic=topic_id,
            lang=language.code,
            dir=language.direction,
            title=language.titles[topic_id],
            text=plain(blocks),
            blocks=blocks,
            facts=[self._fact(fact, context) for fact in facts],
            sources=self._sources(facts, context),
        )

    def notice(self, key: str, language: Language, **values: str) -> Reply:
        """Return a reply of the interface's own words, such as that nothing was understood."""
        blocks = [self._notice(key, language, **values)]
        return Reply(None, language.code, language.direction, None, plain(blocks), blocks, [], [])

    def language_unavailable(self, code: str, language: Language) -> Reply:
        """Return a reply that names the language `code`, which we lack, and says in `language` what to do."""
        block = self._notice("language_unavailable", language)
        name = language.called(code)
        if name:
            block["content"] = [{"type": "text", "text": f"{name[0].upper()}{name[1:]}: "}, *block["content"]]
        return Reply(None, language.code, language.direction, None, plain([block]), [block], [], [])

    def ui(self, key: str, language: Language, **values: str) -> str:
        """Return the interface text `key` as plain text."""
        return _plain_line(self.ui_line(key, language, **values))

    def ui_line(self, key: str, language: Language, **values: str) -> list[Node]:
        """Return the interface text `key` as nodes; `values` fill placeholders that are no facts."""
        return self._line(language.ui[key], _Context(language, self._book.snapshot(), values))

    def line(self, line: markup.Line, language: Language) -> list[Node]:
        """Return a line of markup that stands in no answer, such as a note for staff."""
        return self._line(line, _Context(language, self._book.snapshot()))

    def value(self, fact_id: str, language: Language) -> str:
        """Return the value of one fact as it is written, or the words for a withheld one."""
        return str(self._piece(markup.Value(fact_id), _Context(language, self._book.snapshot()))["text"])

    def opening(self, fact_id: str, language: Language) -> str:
        """Return whether it is open now, of a fact that holds hours; empty unless they are confirmed."""
        context = _Context(language, self._book.snapshot())
        return self._opening(context.fact(fact_id), context)

    def fact(self, fact_id: str, language: Language) -> dict[str, Any]:
        """Return a fact as the public API shows it; a withheld one has no value."""
        context = _Context(language, self._book.snapshot())
        return self._fact(context.fact(fact_id), context)

    def written(self, fact_id: str, value: Any, language: Language) -> str | None:
        """Return a value of a fact, such as an earlier one, as it is written; None stays None."""
        return None if value is None else self._catalog.ledger.facts[fact_id].written(value, language.locale)

    def _fact(self, fact: Fact, context: _Context) -> dict[str, Any]:
        state = context.snapshot.state(fact)
        return {
            "id": fact.id,
            "type": fact.type,
            "value": fact.format(context.language.locale) if fact.known and state is not State.WITHHELD else None,
            "status": state.value,
            "checked": fact.checked.isoformat() if fact.checked else None,
            "confidence": fact.confidence,
            "owner": fact.owner,
            "source": {"title": fact.source.title, "url": fact.source.url, "lang": fact.source.language},
        }

    def _sources(self, facts: Iterable[Fact], context: _Context) -> list[dict[str, Any]]:
        """Return each source once, as old as the oldest of its facts that the answer rests on."""
        by_source: dict[str, list[Fact]] = {}
        for fact in facts:
            by_source.setdefault(fact.source.id, []).append(fact)
        return [self._source(group, context) for group in by_source.values()]

    def _source(self, facts: list[Fact], context: _Context) -> dict[str, Any]:
        checked, source = min(fact.checked for fact in facts if fact.checked), facts[0].source
        confirmed = all(context.snapshot.state(fact) is State.CONFIRMED for fact in facts)
        when = formats.day(checked, context.language.locale)
        note = "checked" if confirmed else "unconfirmed"
        return {
            "title": source.title,
            "owner": source.owner,
            "url": source.url,
            "lang": source.language,
            "checked": checked.isoformat(),
            "status": (State.CONFIRMED if confirmed else State.UNCONFIRMED).value,
            "note": self.ui(note, context.language, date=when, owner=facts[0].owner),
        }

    def _notice(self, key: str, language: Language, **values: str) -> Node:
        return {"type": "paragraph", "content": self.ui_line(key, language, **values)}

    def _withheld_notes(self, facts: Iterable[Fact], context: _Context) -> list[Node]:
        """Return, for each source of a withheld fact, that it is being checked, with the link."""
        sources = {fact.source.id: fact.source for fact in facts if context.is_withheld(fact)}
        notes = []
        for source in sources.values():
            note = self._notice("withheld_note", context.language, owner=source.owner)
            link = {"type": "link", "text": source.title, "href": source.url, "lang": source.language}
            notes.append({**note, "content": [*note["content"], {"type": "text", "text": " "}, link]})
        return notes

    def _block(self, block: markup.Block, context: _Context) -> list[Node]:
        """Return the block, or nothing if its lines are not to be said now."""
        if isinstance(block, markup.Paragraph):
            said = self._is_said(block.content, context)
            return [{"type": "paragraph", "content": self._line(block.content, context)}] if said else []
        items = [self._line(item, context) for item in block.items if self._is_said(item, context)]
        return [{"type": "list", "items": items}] if items else []

    def _is_said(self, line: markup.Line, context: _Context) -> bool:
        return all(
            (self._has_changed(context.fact(piece.fact), context) if piece.aspect else context.fact(piece.fact).known)
            is piece.known
            for piece in line
            if isinstance(piece, markup.When)
        )

    def _has_changed(self, fact: Fact, context: _Context) -> bool:
        return fact.before is not None and not context.is_withheld(fact)

    def _line(self, line: markup.Line, context: _Context) -> list[Node]:
        nodes = [self._piece(piece, context) for piece in line if not isinstance(piece, markup.UNSEEN)]
        return [node for node in nodes if node.get("text") != ""]

    def _piece(self, piece: markup.Inline, context: _Context) -> Node:
        if isinstance(piece, markup.Text):
            return {"type": "text", "text": piece.text}
        if isinstance(piece, markup.Strong):
            return {"type": "strong", "content": self._line(piece.content, context)}
        assert not isinstance(piece, markup.UNSEEN)
        if isinstance(piece, markup.Value) and piece.fact in context.values:
            return {"type": "text", "text": context.values[piece.fact]}
        fact = context.fact(piece.fact)
        if isinstance(piece, markup.Value) and piece.aspect:
            return {"type": "text", "text": self._aspect(fact, piece.aspect, context)}
        if context.is_withheld(fact) or not fact.known:
            return {"type": "text", "text": self.ui("withheld", context.language)}
        text = piece.text if isinstance(piece, markup.Link) else fact.format(context.language.locale)
        if fact.href:
            return {"type": "link", "text": text, "href": fact.href, "fact": fact.id}
        return {"type": "value", "text": text, "fact": fact.id}

    def _aspect(self, fact: Fact, aspect: str, context: _Context) -> str:
        locale = context.language.locale
        if aspect == "now":
            return self._opening(fact, context)
        if aspect == "since":
            told = fact.since if self._has_changed(fact, context) else None
            return formats.day(told, locale) if told else ""
        return fact.written(fact.before, locale) if self._has_changed(fact, context) else ""

    def _opening(self, fact: Fact, context: _Context) -> str:
        """Return whether it is open now; nothing unless the hours are confirmed."""
        language, now = context.language, context.snapshot.now
        if fact.hours is None or context.snapshot.state(fact) is not State.CONFIRMED:
            return ""
        opening = fact.hours.at(now)
        if opening.open is None:
            return self.ui("hours_may_differ", language)
        if opening.until is None:
            return self.ui("closed_now", language)
        time = formats.clock(opening.until.timetz(), language.locale)
        if opening.open:
            return self.ui("open_now", language, time=time)
        ahead = (opening.until.date() - now.astimezone(STOCKHOLM).date()).days
        if ahead == 0:
            return self.ui("opens_today", language, time=time)
        weekday = formats.weekdays(language.locale)[opening.until.weekday()]
        day = weekday if ahead < 7 else formats.day(opening.until, language.locale)
        return self.ui("opens", language, day=day, time=time)


def plain(blocks: Iterable[Node]) -> str:
    """Return blocks as plain text: links with their address, lists with dashes."""
    parts = []
    for block in blocks:
        if block["type"] == "list":
            parts.append("\n".join(f"- {_plain_line(item)}" for item in block["items"]))
        else:
            parts.append(_plain_line(block["content"]))
    return "\n\n".join(parts)


def _plain_line(line: Iterable[Node]) -> str:
    return "".join(_plain_piece(piece) for piece in line)


def _plain_piece(piece: Node) -> str:
    if piece["type"] == "strong":
        return _plain_line(piece["content"])
    href = piece.get("href", "")
    if href.startswith("https:") and piece["text"] not in href:
        return f"{piece['text']} ({href})"
    return str(piece["text"])
