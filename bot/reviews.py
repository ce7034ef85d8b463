"""Which texts a person has read. A review counts as long as the text and its Swedish original stand unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from bot.content import ContentFile, Fault

# Sections of a language file whose texts people see; the others hold what people type.
SHOWN = (
    ("groups",),
    ("titles",),
    ("ui",),
    ("responses",),
    ("easy",),
    ("guide", "options"),
    ("guide", "about"),
    ("guide", "pointers"),
)
REVIEWS = {"*": {"by": str, "on": str, "text": str, "swedish": str}}
ANSWER = "responses.utter_"
DRAFTED, OUTDATED, REVIEWED = "drafted", "outdated", "reviewed"


def texts(data: Mapping[str, Any]) -> dict[str, str]:
    """Return every text of a language file that people see: its key (`titles.city_grant`) -> the text."""
    found: dict[str, str] = {}
    for section in SHOWN:
        entry: Any = data
        for name in section:
            entry = entry.get(name) or {}
        found |= {".".join((*section, key)): text for key, text in _leaves(entry)}
    return found


def fingerprint(text: str) -> str:
    """Return what tells a text from another: 12 hexadecimal digits of its SHA-256, spaces at its ends aside."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


def states(data: Mapping[str, Any], swedish: Mapping[str, Any]) -> dict[str, str]:
    """Return the state of each text: reviewed, outdated (it or the Swedish text has changed since), or drafted."""
    originals, reviews = texts(swedish), data["reviews"]
    found: dict[str, str] = {}
    for key, text in texts(data).items():
        review = reviews.get(key)
        now = (fingerprint(text), fingerprint(originals.get(key, "")))
        if review is None:
            found[key] = DRAFTED
        else:
            found[key] = REVIEWED if (review["text"], review["swedish"]) == now else OUTDATED
    return found


def review_faults(file: ContentFile) -> Iterator[Fault]:
    """Yield a fault for each review of a text that does not exist."""
    for key in sorted(set(file.data["reviews"]) - set(texts(file.data))):
        yield file.fault(f"reviews: {key} is no text", "reviews", key)


def _leaves(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", text) for inner, text in _leaves(value))
        else:
            yield key, str(value[0]["text"] if isinstance(value, list) and value else value)
