"""Does a language say what Swedish says: the same texts, facts, claims and structure?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot import markup
from bot.content import ContentFile, Fault
from bot.lexicon import NEGATION, stands_in
from bot.text import words

# Sections whose texts must be there in every language, one for each that Swedish has.
SAME_KEYS = (("groups",), ("ui",), ("follow_ups",), ("responses",), ("titles",), ("guide", "pointers"))
# Sections whose texts say the same as the Swedish ones, placeholder by placeholder.
SAME_WORDS = (("ui",), ("responses",), ("guide", "pointers"))
# How long a translation may be, as a share of the Swedish text: outside, something was lost or added.
SHORTEST, LONGEST = 0.4, 2.2
# Shorter texts are labels, whose length tells nothing.
LABEL = 60
# The names of claims that deny something hold one of these words.
DENIALS = frozenset({"no", "not", "none"})
_PLACEHOLDER = re.compile(r"\{([?!]?\w+(?::\w+)?)\}")

Blocks = tuple[markup.Block, ...]


def parity(swedish: ContentFile, file: ContentFile, negations: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault for every place where the language of `file` differs from Swedish in what it says.

    Both files are of the shape that the catalog asks for, and their texts are markup. `negations` are the
    forms that say no in the language of `file`.
    """
    for section in SAME_KEYS:
        yield from _keys(section, _section(swedish, section), _section(file, section), file)
    # A language has easy words for all answers that Swedish has them for, or for none.
    if file.data["easy"]:
        yield from _keys(("easy",), swedish.data["easy"], file.data["easy"], file)
    for section in SAME_WORDS:
        yield from _texts(section, swedish, file, negations)
    for topic, ours, theirs in _both(("easy",), swedish, file):
        yield from _claims(("easy", topic), ours, theirs, file, negations)


def _keys(section: tuple[str, ...], theirs: Any, ours: Any, file: ContentFile) -> Iterator[Fault]:
    name = " ".join(section)
    for key in sorted(set(theirs) - set(ours)):
        yield file.fault(f"{name}: {key} is missing, Swedish has it", *section)
    for key in sorted(set(ours) - set(theirs)):
        yield file.fault(f"{name}: {key} does not exist in Swedish", *section, key)


def _texts(
    section: tuple[str, ...], swedish: ContentFile, file: ContentFile, negations: tuple[str, ...]
) -> Iterator[Fault]:
    for key, ours, theirs in _both(section, swedish, file):
        place = (*section, key)
        differing = set(_PLACEHOLDER.findall(ours)) ^ set(_PLACEHOLDER.findall(theirs))
        if differing:
            yield file.fault(f"{key}: placeholders differ from Swedish: {', '.join(sorted(differing))}", *place)
        if _structure(ours) != _structure(theirs):
            yield file.fault(
                f"{key}: paragraphs and list items differ from Swedish: {_structure(ours)}, not {_structure(theirs)}",
                *place,
            )
        length = len(ours) / len(theirs)
        if len(theirs) > LABEL and not SHORTEST <= length <= LONGEST:
            yield file.fault(f"{key}: {length:.1f} times as long as the Swedish text: is it the same?", *place)
        yield from _claims(place, ours, theirs, file, negations)


def _claims(
    place: tuple[str, ...], ours: str, theirs: str, file: ContentFile, negations: tuple[str, ...]
) -> Iterator[Fault]:
    """Find claims that differ, and denials without a word that denies."""
    said, swedish = (
        [claim for line in markup.lines(markup.parse(text)) for claim in markup.claims_in(line)]
        for text in (ours, theirs)
    )
    counts, wanted = Counter(id for id, _ in said), Counter(id for id, _ in swedish)
    for id in sorted((counts - wanted) | (wanted - counts)):
        yield file.fault(f"{place[-1]}: {{#{id}}} stands {counts[id]} times, in Swedish {wanted[id]} times", *place)
    for id, text in said:
        if DENIALS & set(id.split("_")) and not any(stands_in(form, words(text)) for form in negations):
            yield file.fault(f"{place[-1]}: nothing after {{#{id}}} says no ({NEGATION})", *place)


def _structure(text: str) -> list[int]:
    """Return for each block how many list items it has; 0 for a paragraph."""
    return [len(block.items) if isinstance(block, markup.List) else 0 for block in markup.parse(text)]


def _both(section: tuple[str, ...], swedish: ContentFile, file: ContentFile) -> Iterator[tuple[str, str, str]]:
    """Yield (key, our text, the Swedish text) of each text that both have."""
    ours, theirs = _section(file, section), _section(swedish, section)
    for key in ours.keys() & theirs.keys():
        yield key, _text(ours[key]), _text(theirs[key])


def _section(file: ContentFile, section: tuple[str, ...]) -> dict[str, Any]:
    data = file.data
    for key in section:
        data = data[key]
    return dict(data)


def _text(entry: Any) -> str:
    return str(entry[0]["text"] if isinstance(entry, list) else entry)
