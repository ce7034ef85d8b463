from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from bot.catalog import Catalog, load_catalog

# Rasa's environment, which loads this file too, has no hypothesis.
with suppress(ModuleNotFoundError):
    from hypothesis import settings

    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")

SMALL = Path(__file__).parent / "content"
EXAMPLES = 30
EXAMPLES_OUTSIDE = 60
# A day on which every fact of tests/content is confirmed.
FRESH = date(2026, 3, 1)


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Content:
    """A copy of tests/content that a test may break."""

    folder: Path

    def edit(self, file: str, old: str, new: str) -> int:
        """Replace `old`, which must stand once, and return its line."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1


def write_examples(folder: Path) -> None:
    """Write as many examples as the checks ask for, all alike but for their numbers."""
    folder.mkdir(parents=True)
    for topic in ("city_grant", "grant_amount", "greet", "out_of_scope"):
        count = EXAMPLES_OUTSIDE if topic == "out_of_scope" else EXAMPLES
        lines = [f"{topic} {folder.name} {number // 100} {number % 100}\n" for number in range(count)]
        (folder / f"{topic}.txt").write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """A small, whole and consistent content folder; the working directory is the one that holds it."""
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    for path in (tmp_path / "data" / "languages").glob("*.yml"):
        write_examples(tmp_path / "data" / "examples" / path.stem)
    monkeypatch.chdir(tmp_path)
    return Content(tmp_path)


@pytest.fixture
def small(content: Content) -> Catalog:
    return load_catalog(content.folder / "data")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """What the assistant really says."""
    return load_catalog()


@pytest.fixture(scope="session")
def light_catalog(catalog: Catalog) -> Catalog:
    """The catalog with few examples: what is learnt from them is slow to learn."""
    few = {
        code: replace(language, examples={topic: texts[:2] for topic, texts in language.examples.items()})
        for code, language in catalog.languages.items()
    }
    return replace(catalog, languages=few)
