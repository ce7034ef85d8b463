"""What people at a terminal can do with the languages: add one, hand texts to translators and take them back."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.catalog import DEFAULT_LANGUAGE, EXAMPLES, LANGUAGES, load_topics
from bot.content import ContentFile
from bot.examples import load_examples
from bot.languages import xliff
from bot.languages.files import LanguageFile, add
from bot.languages.xliff import Unit
from bot.reviews import DRAFTED, OUTDATED, REVIEWED, fingerprint, states, texts

NOTE = (
    "Keep {names in braces}: they become figures, dates, phones and addresses. {#name} marks a claim: keep it before "
    "the words that make the claim. {?name} begins a line that is shown only if the fact is known. Keep **bold**, "
    "- lists and [link](targets). Official names stay in Swedish, in brackets after the translation. Set the state of "
    "a segment to 'reviewed' or 'final' only if a person has read it."
)


class CommandError(Exception):
    """The command cannot be carried out; the message says why."""


class Commands:
    """The commands, on one content folder."""

    def __init__(self, data: Path, say: Callable[[str], None] = print) -> None:
        self._data, self._say = data, say

    def add(self, code: str) -> None:
        """Make the files of a new language; `python -m bot.check` then names what is to be written."""
        try:
            made = add(self._data, code)
        except ValueError as error:
            raise CommandError(f"{code}: {error}") from error
        self._say(f"{made[0]}, {made[1]} and {len(made) - 2} files for examples in {made[2].parent}")
        self._say(f"Next: python -m bot.languages export {code} > {code}.xlf, and examples; python -m bot.check")

    def export(self, code: str) -> bytes:
        """Return the texts of a language as XLIFF, with their states."""
        data, swedish = self._file(code).data, self._file(DEFAULT_LANGUAGE).data
        ours, state = texts(data), states(data, swedish)
        units = [
            Unit(key, original, ours.get(key, ""), _segment_state(ours.get(key, ""), state.get(key)))
            for key, original in texts(swedish).items()
            # Easy words come for all answers or for none.
            if key in ours or not key.startswith("easy.")
        ]
        return xliff.write(units, DEFAULT_LANGUAGE, code, NOTE)

    def take(self, code: str, document: bytes, by: str, today: date) -> None:
        """Put the translations of an XLIFF document into the language's file.

        Segments in the state reviewed or final count as read by `by`. A text whose Swedish has changed since the
        export is left alone and named.
        """
        try:
            units = xliff.read(document, code)
        except xliff.XliffError as error:
            raise CommandError(str(error)) from error
        originals, ours = texts(self._file(DEFAULT_LANGUAGE).data), texts(self._file(code).data)
        unknown = [unit.key for unit in units if unit.key not in ours]
        if unknown:
            raise CommandError(f"{code} has no text {', '.join(unknown)}")
        file, counts = LanguageFile(self._path(code)), Counter[str]()
        for unit in units:
            if unit.source.strip() != originals[unit.key].strip():
                self._say(f"{unit.key}: the Swedish text has changed since; export it again")
            elif unit.target.strip():
                if unit.target.strip() != ours[unit.key].strip():
                    file.set(unit.key, unit.target)
                    counts["changed"] += 1
                if unit.state in xliff.READ:
                    file.review(unit.key, by, today.isoformat(), fingerprint(unit.target), fingerprint(unit.source))
                    counts["reviewed"] += 1
        file.write()
        self._say(f"{code}: {counts['changed']} texts changed, {counts['reviewed']} reviewed by {by}")

    def approve(self, code: str, table: str) -> None:
        """Note the reviews of a table from the desk: CSV with the columns key, by, on, text, swedish."""
        rows = list(csv.DictReader(io.StringIO(table)))
        known, columns = texts(self._file(code).data), {"key", "by", "on", "text", "swedish"}
        if not rows or not columns <= set(rows[0]):
            raise CommandError(f"the table needs rows and the columns {', '.join(sorted(columns))}")
        unknown = [row["key"] for row in rows if row["key"] not in known]
        if unknown:
            raise CommandError(f"{code} has no text {', '.join(unknown)}")
        file = LanguageFile(self._path(code))
        for row in rows:
            file.review(row["key"], row["by"], row["on"], row["text"], row["swedish"])
        file.write()
        self._say(f"{code}: {len(rows)} reviews")

    def status(self) -> list[Mapping[str, Any]]:
        """Return for each language how many texts are written, reviewed and outdated, and how many examples it has."""
        swedish, topics = self._file(DEFAULT_LANGUAGE).data, load_topics(ContentFile(self._data / "topics.yml"))
        return [self._row(path.stem, swedish, len(topics)) for path in sorted((self._data / LANGUAGES).glob("*.yml"))]

    def _row(self, code: str, swedish: Mapping[str, Any], topics: int) -> Mapping[str, Any]:
        data = self._file(code).data
        ours, wanted = texts(data), [key for key in texts(swedish) if not key.startswith("easy.")]
        counts = Counter(states(data, swedish).values())
        examples = [len(lines) for lines in load_examples(self._data / EXAMPLES / code).values()]
        return {
            "language": code,
            "written": sum(bool(ours.get(key, "").strip()) for key in wanted),
            "of": len(wanted),
            "easy": sum(key.startswith("easy.") for key in ours),
            REVIEWED: counts[REVIEWED],
            OUTDATED: counts[OUTDATED],
            DRAFTED: counts[DRAFTED],
            "examples": sum(examples),
            "fewest for a topic": min(examples) if len(examples) == topics else 0,
        }

    def _file(self, code: str) -> ContentFile:
        return ContentFile(self._path(code))

    def _path(self, code: str) -> Path:
        path = self._data / LANGUAGES / f"{code}.yml"
        if not path.exists():
            raise CommandError(f"{code} is none of our languages; make it with: add {code}")
        return path


def _segment_state(text: str, state: str | None) -> str:
    if not text.strip():
        return xliff.INITIAL
    return xliff.REVIEWED if state == REVIEWED else xliff.TRANSLATED
