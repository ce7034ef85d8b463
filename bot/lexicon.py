"""The concept lexicon, data/concepts/<language>.yml: what people write for each concept."""

from __future__ import annotations

from pathlib import Path

from bot.content import ContentError, ContentFile
from bot.text import words

# The concept whose words say no.
NEGATION = "NEGATION"


def load_concepts(path: Path) -> dict[str, tuple[str, ...]]:
    """Return concept -> its forms in one language; one that ends in * may continue. Raises ContentError."""
    file = ContentFile(path)
    faults = file.misfits({"*": str})
    if faults:
        raise ContentError(faults)
    return {concept: tuple(map(str.strip, forms.split(","))) for concept, forms in file.data.items()}


def load_lexicon(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return language -> concept -> its forms, of all languages of `folder`. Raises ContentError."""
    return {path.stem: load_concepts(path) for path in sorted(folder.glob("*.yml"))}


def stands_in(form: str, said: str) -> bool:
    """Return whether a form stands in `said`, which bot.text.words gave; one that ends in * may continue."""
    stem = words(form.rstrip("*")).rstrip()
    return bool(stem) and (stem if form.endswith("*") else f"{stem} ") in said
