"""Two questions in one message: where the first ends and the second begins."""

from __future__ import annotations

import re

# Of any of our scripts.
QUESTION_MARKS = "?\u061f\u037e\u1367"
# However many they are, they end a question.
_END = re.compile(rf"(?<=[{QUESTION_MARKS}])(?!\s*[{QUESTION_MARKS}])\s*")
_LEAST_WORDS = 3


def questions(text: str) -> list[str]:
    """Return the questions of `text` if it holds two of at least three words each, else nothing."""
    parts = [part for part in _END.split(text) if part.rstrip()[-1:] in QUESTION_MARKS and part.strip()]
    return parts if len(parts) == 2 and all(map(stands_by_itself, parts)) else []


def stands_by_itself(question: str) -> bool:
    """Return whether a question is long enough to be understood without what is around it."""
    return len(question.split()) >= _LEAST_WORDS
