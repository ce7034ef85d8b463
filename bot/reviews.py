"""Which texts a person has read. A review counts as long as the text and its Swedish original stand unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
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


@dataclass(frozen=True)
class LanguageTexts:
    """The texts of a language by key, and the reviews that its file holds, by the same keys."""

    texts: Mapping[str, str]
    reviews: Mapping[str, Mapping[str, str]]


def load_texts(folder: Path) -> dict[str, LanguageTexts]:
    """Return the texts of every language of `folder`, whose files are of the catalog's shape. Raises ContentError."""
    files = {path.stem: ContentFile(path).data for path in sorted(folder.glob("*.yml"))}
    return {code: LanguageTexts(texts(data), data["reviews"]) for code, data in files.items()}


def state(read: tuple[str, str] | None, text: str, swedish: str) -> str:
    """Return the state of a text; `read` are the fingerprints of what was reviewed, the text and its original."""
    if read is None:
        return DRAFTED
    return REVIEWED if read == (fingerprint(text), fingerprint(swedish)) else OUTDATED


def states(data: Mapping[str, Any], swedish: Mapping[str, Any]) -> dict[str, str]:
    """Return the state of each text: reviewed, outdated (it or the Swedish text has changed since), or drafted."""
    originals, reviews = texts(swedish), data["reviews"]
    read = {key: (review["text"], review["swedish"]) for key, review in reviews.items()}
    return {key: state(read.get(key), text, originals.get(key, "")) for key, text in texts(data).items()}


def review_faults(file: ContentFile) -> Iterator[Fault]:
    """Yield a fault for each review of a text that does not exist, or of a day that is none."""
    known = texts(file.data)
    for key, review in file.data["reviews"].items():
        if key not in known:
            yield file.fault(f"reviews: {key} is no text", "reviews", key)
        try:
            date.fromisoformat(review["on"])
        except ValueError:
            yield file.fault(f"reviews {key}: on is no date (YYYY-MM-DD)", "reviews", key)


def _leaves(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", text) for inner, text in _leaves(value))
        else:
            yield key, str(value[0]["text"] if isinstance(value, list) and value else value)
