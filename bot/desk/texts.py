"""The texts that a reviewer reads, of every language, each under a key of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.catalog import DATA, LANGUAGES
from bot.content import ContentFile

_HASH_DIGITS = 12


def text_hash(text: str) -> str:
    """Return what tells a text from every other; white space around it counts for nothing."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:_HASH_DIGITS]


def load_texts(data: Path = DATA) -> dict[str, dict[str, str]]:
    """Return language -> key -> text as the translator wrote it. Raises ContentError.

    Keys are such as responses.utter_city_grant, titles.city_grant, ui.send, easy.city_grant, guide.pointers.debts.
    The files are of the shape that the catalog asks for.
    """
    return {path.stem: dict(_texts(ContentFile(path))) for path in sorted((data / LANGUAGES).glob("*.yml"))}


def _texts(file: ContentFile) -> Iterator[tuple[str, str]]:
    for section in ("titles", "ui", "easy"):
        yield from _under(section, file.data[section])
    for key, variations in file.data["responses"].items():
        yield f"responses.{key}", variations[0]["text"].strip()
    yield from _under("guide.pointers", file.data["guide"]["pointers"])


def _under(section: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, text in texts.items():
        yield f"{section}.{key}", text.strip()
