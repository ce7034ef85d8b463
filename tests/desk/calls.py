"""The trial: calls as they come to the desk, and what answers them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from bot.content import ContentFile


class Call(NamedTuple):
    """What a caller says, and the topics that are right."""

    says: str
    topics: frozenset[str]


def load_calls(file: str = "calls.yml") -> list[Call]:
    """Return the calls of a file beside this one."""
    entries = ContentFile(Path(__file__).with_name(file)).data
    return [Call(entry["says"], frozenset(entry["topics"])) for entry in entries]
