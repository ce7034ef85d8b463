"""Every translator finds at the head of the file how the terms of the subject are said in that language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import DATA, LANGUAGES

TERMS = ("återvandring", "återvändande", "återvandringsbidrag", "återetableringsstöd", "uppehållstillstånd")


@pytest.mark.parametrize("file", sorted((DATA / LANGUAGES).glob("*.yml")), ids=lambda file: file.stem)
def test_the_terms_are_fixed_at_the_head_of_each_language(file: Path) -> None:
    head, _, _ = file.read_text(encoding="utf-8").partition("version:")
    _, _, glossary = head.partition("GLOSSARY:")

    assert [term for term in TERMS if term not in glossary.lower()] == []
