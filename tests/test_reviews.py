from __future__ import annotations

import pytest

from bot.catalog import Catalog, load_catalog
from bot.check import check
from bot.reviews import DRAFTED, OUTDATED, REVIEWED, fingerprint
from tests.conftest import Content

SV, EN = "data/languages/sv.yml", "data/languages/en.yml"
KEY = "titles.city_grant"


def approve(content: Content) -> None:
    """Let a person have read one English title as it stands."""
    catalog = load_catalog(content.folder / "data")
    english, swedish = (fingerprint(catalog.languages[code].titles["city_grant"]) for code in ("en", "sv"))
    review = f'\n  {KEY}: {{by: Anna Ek, on: "2026-12-01", text: "{english}", swedish: "{swedish}"}}'
    content.edit(EN, "reviews: {}", f"reviews:{review}")


def state(content: Content) -> str:
    return load_catalog(content.folder / "data").languages["en"].reviews[KEY]


def test_what_nobody_has_read_is_a_draft(small: Catalog) -> None:
    assert set(small.languages["en"].reviews.values()) == {DRAFTED}
    assert not small.languages["en"].reviewed
    assert not small.languages["en"].has_reviewed("city_grant")


def test_every_text_that_people_see_has_a_state(catalog: Catalog) -> None:
    for language in catalog.languages.values():
        reviews = language.reviews
        assert {f"responses.utter_{topic}" for topic in catalog.topics} <= set(reviews)
        assert {f"ui.{key}" for key in language.ui if key not in ("clarify", "guide_outcome")} <= set(reviews)
        assert {f"easy.{topic}" for topic in language.easy} <= set(reviews)
        assert {f"guide.pointers.{pointer.id}" for pointer in catalog.guide.pointers} <= set(reviews)


def test_what_a_person_has_read_is_reviewed(content: Content) -> None:
    approve(content)

    assert state(content) == REVIEWED
    assert check(content.folder / "data") == []


@pytest.mark.parametrize(("file", "title"), [(EN, "Does the City pay the grant?"), (SV, "Betalar staden bidraget?")])
def test_a_review_ends_when_either_text_changes(content: Content, file: str, title: str) -> None:
    approve(content)
    before = load_catalog(content.folder / "data").languages[file[-6:-4]].titles["city_grant"]
    content.edit(file, f"city_grant: {before}", f"city_grant: {title} Nu")

    assert state(content) == OUTDATED


@pytest.mark.parametrize(("key", "on"), [("titles.nothing", "2026-12-01"), (KEY, "2026-13-01"), (KEY, "soon")])
def test_a_review_of_no_text_or_no_day_is_a_fault(content: Content, key: str, on: str) -> None:
    line = content.edit(EN, "reviews: {}", f'reviews: {{{key}: {{by: A, on: "{on}", text: a, swedish: b}}}}')

    assert [(fault.file, fault.line) for fault in check(content.folder / "data")] == [(EN, line)]


def test_languages_with_drafts_can_be_withheld_but_not_swedish(small: Catalog, content: Content) -> None:
    assert list(small.without_drafts().languages) == ["sv"]
