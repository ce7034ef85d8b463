"""Blunts counts that leave the desk, so that nobody's single question shows."""

from __future__ import annotations

# Counts are rounded to the nearest multiple, and hidden below the least one that is told.
NEAREST, LEAST = 5, 10


def told(count: int) -> int | None:
    """Return a count as it leaves the desk; None is one that is hidden, of 0 to 7.

    Of a hidden one the rounded counts beside it and their total can tell for certain only that it is 0 or 7, neither
    of which is anybody's single question: no other count needs hiding on its account.
    """
    near = round(count / NEAREST) * NEAREST
    return near if near >= LEAST else None
