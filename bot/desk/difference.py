"""What differs between two texts, line by line, with a little of what stands around it."""

from __future__ import annotations

import difflib
from typing import Literal, NamedTuple

# Lines shown before and after each difference.
_AROUND = 2


class Line(NamedTuple):
    """A line that is in both texts (same), in the first alone (gone), in the second alone (new), or that stands for
    lines left out (gap).
    """

    kind: Literal["same", "gone", "new", "gap"]
    text: str


def differences(before: str, after: str) -> list[Line]:
    """Return the lines that differ, and those around them; none if all are the same."""
    lines: list[Line] = []
    kinds: dict[str, Literal["same", "gone", "new"]] = {" ": "same", "-": "gone", "+": "new"}
    unified = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=_AROUND, lineterm=""))
    # After the two lines that name the texts.
    for line in unified[2:]:
        if line.startswith("@@"):
            lines += [Line("gap", "")] if lines else []
        elif line[1:].strip():
            lines.append(Line(kinds[line[0]], line[1:]))
    return lines
