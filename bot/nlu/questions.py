"""Two questions in one message: where the first ends and the second begins."""

from __future__ import annotations

import re

# Question marks of any of our scripts end a question, however many they are.
_END = re.compile(r"(?<=[?\u061f\u037e\u1367])(?!\s*[?\u061f\u037e\u1367])\s*")
_LEAST_WORDS = 3


def questions(text: str) -> list[str]:
    """Return the questions of `text` if it holds two of at least three words each, else nothing."""
    parts = [part for part in _END.split(text) if part.rstrip()[-1:] in "?\u061f\u037e\u1367" and part.strip()]
    long_enough = all(len(part.split()) >= _LEAST_WORDS for part in parts)
    return parts if len(parts) == 2 and long_enough else []
