"""Hides small counts in what leaves the desk, so that nobody's single question shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

# Counts below this one are hidden.
SMALL = 5
_Key = TypeVar("_Key")


def suppressed(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """Return counts for readers who know their total, with None for what is hidden.

    Small counts are hidden, and then the next larger ones, until the total tells no hidden one. Nothing is left of
    a table in which that cannot be done.
    """
    hidden = [key for key, count in counts.items() if 0 < count < SMALL]
    open_ones = sorted((key for key, count in counts.items() if count >= SMALL), key=lambda key: counts[key])
    while hidden and not _is_safe([counts[key] for key in hidden]):
        if not open_ones:
            return {}
        hidden.append(open_ones.pop(0))
    return {key: None if key in hidden else count for key, count in counts.items()}


def _is_safe(hidden: list[int]) -> bool:
    """Return whether the sum of the hidden counts tells none of them: not one alone, not small, not all ones."""
    return len(hidden) > 1 and sum(hidden) >= SMALL and sum(hidden) > len(hidden)
