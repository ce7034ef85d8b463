"""Changes to a language's files that keep their comments and their order."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, PlainScalarString

from bot.catalog import CONCEPTS, DEFAULT_LANGUAGE, EXAMPLES, LANGUAGES
from bot.reviews import texts

# Sections that hold what people type, and what they hold before anybody has written it.
TYPED: Mapping[tuple[str, ...], Any] = {("follow_ups",): [], ("safety",): "", ("guide", "typed"): ""}


class LanguageFile:
    """data/languages/<code>.yml, for changing. `data` is its content as plain values."""

    def __init__(self, path: Path) -> None:
        """Read the file, which must be one that the catalog reads."""
        self._path = path
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        # Texts are one line each, or blocks: nothing is folded.
        self._yaml.width = 1_000_000
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self.data: CommentedMap = self._yaml.load(path.read_text(encoding="utf-8"))

    def set(self, key: str, text: str) -> None:
        """Give the text of `key` (as `bot.reviews.texts` names it) another wording."""
        *path, last = key.split(".")
        entry: Any = self.data
        for name in path:
            entry = entry[name]
        value = _scalar(text)
        if isinstance(entry[last], list):
            entry[last][0]["text"] = value
        else:
            entry[last] = value

    def review(self, key: str, by: str, on: str, text: str, swedish: str) -> None:
        """Note who has read a text, and when (YYYY-MM-DD); `text` and `swedish` are fingerprints of what was read."""
        reviews = self.data["reviews"]
        if not reviews:
            reviews.fa.set_block_style()
        entry = CommentedMap({"by": by, "on": on, "text": text, "swedish": swedish})
        entry.fa.set_flow_style()
        reviews[key] = entry

    def write(self, path: Path | None = None) -> None:
        """Write the file, or a copy of it at `path`."""
        written = io.StringIO()
        self._yaml.dump(self.data, written)
        (path or self._path).write_text(written.getvalue(), encoding="utf-8")


def _scalar(text: str) -> str:
    """Return `text` in the style that suits it: without one, ruamel.yaml keeps that of the text before."""
    styled: str = PlainScalarString(text) if text else DoubleQuotedScalarString(text)
    if "\n" in text.strip():
        styled = LiteralScalarString(text.rstrip("\n") + "\n")
    return styled


def add(data: Path, code: str) -> list[Path]:
    """Make the files of a new language in the content folder, every text empty; return them.

    Raises ValueError for a code that Babel does not know, or that is there already.
    """
    try:
        locale = Locale.parse(code, sep="-")
    except UnknownLocaleError as error:
        raise ValueError(str(error)) from error
    path = data / LANGUAGES / f"{code}.yml"
    if path.exists():
        raise ValueError(f"{path} is there already")
    file = LanguageFile(data / LANGUAGES / f"{DEFAULT_LANGUAGE}.yml")
    file.data.yaml_set_start_comment(f"{locale.english_name}. One file per language, same keys in the same order.")
    about = {"code": code, "locale": str(locale), "name": str(locale.display_name), "direction": locale.text_direction}
    file.data["language"].update(about)
    # Easy words follow when all else is there.
    for section in ("easy", "reviews"):
        file.data[section] = {}
    for key in texts(file.data):
        file.set(key, "")
    for section in ("openers", "corrections"):
        file.data[section] = []
    for place, empty in TYPED.items():
        entry: Any = file.data
        for name in place:
            entry = entry[name]
        for name in entry:
            entry[name] = type(empty)(empty)
    file.write(path)
    return [path, _concepts(data, code), *_examples(data, code)]


def _concepts(data: Path, code: str) -> Path:
    """Name every concept, without a form."""
    path, yaml = data / CONCEPTS / f"{code}.yml", YAML()
    names = yaml.load((path.parent / f"{DEFAULT_LANGUAGE}.yml").read_text(encoding="utf-8"))
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(dict.fromkeys(names, ""), stream)
    return path


def _examples(data: Path, code: str) -> list[Path]:
    """Make an empty file for the examples of each topic."""
    folder = data / EXAMPLES / code
    folder.mkdir(parents=True)
    paths = [folder / path.name for path in sorted((data / EXAMPLES / DEFAULT_LANGUAGE).glob("*.txt"))]
    for path in paths:
        path.touch()
    return paths
