"""One renderer: an answer of the catalog with today's facts in it, for every surface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot import markup
from bot.catalog import Catalog, Language
from bot.facts import Fact, State

Node = dict[str, Any]


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
    """What a line is rendered with: its language, values that are no facts, and known fact states."""

    language: Language
    values: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)


def stockholm_today() -> date:
    """Return today's date where the readers and the facts are."""
    return datetime.now(ZoneInfo("Europe/Stockholm")).date()


class Renderer:
    """Renders a catalog. `today` is asked anew for each reply, so that facts age in a running process."""

    def __init__(self, catalog: Catalog, today: Callable[[], date] = stockholm_today) -> None:
        self._catalog = catalog
        self._today = today

    def answer(self, topic_id: str, language: Language, states: Mapping[str, State] | None = None) -> Reply:
        """Return the answer to a topic. Raises KeyError for an unknown topic.

        `states` are fact states that an action found; the ledger's own age counts where it names none.
        """
        context = _Context(language, states=states or {})
        facts = [self._catalog.ledger.facts[id] for id in self._catalog.topics[topic_id].facts]
        blocks = [self._block(block, context) for block in language.answers[topic_id]]
        withheld = {fact.owner for fact in facts if self._state(fact, context) is State.WITHHELD}
        blocks += [self._notice("withheld_note", language, owner=owner) for owner in sorted(withheld)]
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

    def ui(self, key: str, language: Language, **values: str) -> str:
        """Return the interface text `key` as plain text."""
        return _plain_line(self.ui_line(key, language, **values))

    def ui_line(self, key: str, language: Language, **values: str) -> list[Node]:
        """Return the interface text `key` as nodes; `values` fill placeholders that are no facts."""
        return self._line(language.ui[key], _Context(language, values))

    def value(self, fact_id: str, language: Language) -> str:
        """Return the value of one fact as it is written, or the words for a withheld one."""
        return str(self._piece(markup.Value(fact_id), _Context(language))["text"])

    def fact(self, fact_id: str, language: Language) -> dict[str, Any]:
        """Return a fact as the public API shows it; a withheld one has no value."""
        return self._fact(self._catalog.ledger.facts[fact_id], _Context(language))

    def _state(self, fact: Fact, context: _Context) -> State:
        return context.states.get(fact.id) or fact.state(self._today())

    def _fact(self, fact: Fact, context: _Context) -> dict[str, Any]:
        state = self._state(fact, context)
        return {
            "id": fact.id,
            "type": fact.type,
            "value": None if state is State.WITHHELD else fact.format(context.language.locale),
            "status": state.value,
            "checked": fact.checked.isoformat(),
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
        checked, source = min(fact.checked for fact in facts), facts[0].source
        confirmed = all(self._state(fact, context) is State.CONFIRMED for fact in facts)
        when = format_date(checked, "long", locale=context.language.locale)
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

    def _block(self, block: markup.Block, context: _Context) -> Node:
        if isinstance(block, markup.Paragraph):
            return {"type": "paragraph", "content": self._line(block.content, context)}
        return {"type": "list", "items": [self._line(item, context) for item in block.items]}

    def _line(self, line: markup.Line, context: _Context) -> list[Node]:
        return [self._piece(piece, context) for piece in line]

    def _piece(self, piece: markup.Inline, context: _Context) -> Node:
        if isinstance(piece, markup.Text):
            return {"type": "text", "text": piece.text}
        if isinstance(piece, markup.Strong):
            return {"type": "strong", "content": self._line(piece.content, context)}
        if isinstance(piece, markup.Value) and piece.fact in context.values:
            return {"type": "text", "text": context.values[piece.fact]}
        fact = self._catalog.ledger.facts[piece.fact]
        if self._state(fact, context) is State.WITHHELD:
            return {"type": "text", "text": self.ui("withheld", context.language)}
        text = piece.text if isinstance(piece, markup.Link) else fact.format(context.language.locale)
        if fact.href:
            return {"type": "link", "text": text, "href": fact.href, "fact": fact.id}
        return {"type": "value", "text": text, "fact": fact.id}


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
