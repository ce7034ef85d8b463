"""Notes for staff, data/desk.yml: who owns each topic, what to say about it and what not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot import markup
from bot.content import ContentError, ContentFile, Fault

DESK_FILE = "desk.yml"


@dataclass(frozen=True)
class Owner:
    """Who decides what a topic is about. `phone`, `hours` and `page` are ids of facts."""

    name: str
    phone: str | None
    hours: str | None
    page: str | None


@dataclass(frozen=True)
class Note:
    """What to say about a topic, and what to avoid."""

    say: tuple[markup.Line, ...] = ()
    avoid: tuple[markup.Line, ...] = ()


@dataclass(frozen=True)
class Notes:
    """Owners and notes by topic."""

    owners: Mapping[str, Owner]
    notes: Mapping[str, Note]


_SHAPE = {
    "owners": {"*": {"name": str, "phone?": str, "hours?": str, "page?": str, "topics": [str]}},
    "notes": {"*": {"say": [str], "avoid": [str]}},
}


def load_notes(file: ContentFile) -> Notes:
    """Return the notes of desk.yml. Raises ContentError."""
    faults = file.misfits(_SHAPE)
    if faults:
        raise ContentError(faults)
    owners: dict[str, Owner] = {}
    for id, entry in file.data["owners"].items():
        owner = Owner(entry["name"], entry.get("phone"), entry.get("hours"), entry.get("page"))
        for place, topic in enumerate(entry["topics"]):
            if topic in owners:
                faults.append(file.fault(f"{topic}: has two owners", "owners", id, "topics", place))
            owners[topic] = owner
    notes = {
        topic: Note(*(_lines(file, faults, topic, kind, entry[kind]) for kind in ("say", "avoid")))
        for topic, entry in file.data["notes"].items()
    }
    if faults:
        raise ContentError(faults)
    return Notes(owners, notes)


def _lines(file: ContentFile, faults: list[Fault], topic: str, kind: str, texts: list[str]) -> tuple[markup.Line, ...]:
    lines: list[markup.Line] = []
    for place, text in enumerate(texts):
        try:
            lines.append(markup.parse_line(text))
        except ValueError as error:
            faults.append(file.fault(f"note on {topic}: {error}", "notes", topic, kind, place))
    return tuple(lines)
