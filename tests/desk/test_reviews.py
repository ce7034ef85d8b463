from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

import pytest
from sqlalchemy.engine import Engine

from bot.desk.audit import Audit
from bot.desk.reviews import Entry, Overview, Reviews, StaleError, Verdict
from bot.reviews import LanguageTexts, fingerprint
from tests.desk.conftest import person
from tests.facts.conftest import NOW

READER = person("reviewer", "Amina")
SWEDISH = {"titles.a": "Titel", "responses.utter_a": "Nej.", "easy.a": "Lätt."}
ENGLISH = {"titles.a": "Title", "responses.utter_a": "No."}
TEXTS = {"sv": LanguageTexts(SWEDISH, {}), "en": LanguageTexts(ENGLISH, {})}


@pytest.fixture
def audit(engine: Engine) -> Audit:
    return Audit(engine)


@pytest.fixture
def reviews(engine: Engine, audit: Audit) -> Reviews:
    return Reviews(engine, lambda: TEXTS, audit)


def approve(reviews: Reviews, key: str = "responses.utter_a", language: str = "en") -> tuple[str, str]:
    read = reviews.entry(language, key).hashes
    reviews.record(language, key, "approve", read, READER, "Läst", NOW)
    return read


def after(engine: Engine, **changed: str) -> Entry:
    """Return the answer in English after a start with other texts: sv, en."""
    texts = {
        code: LanguageTexts({**there.texts, **({"responses.utter_a": changed[code]} if code in changed else {})}, {})
        for code, there in TEXTS.items()
    }
    return Reviews(engine, lambda: texts, Audit(engine)).entry("en", "responses.utter_a")


def test_a_text_that_nobody_has_read_is_a_draft(reviews: Reviews) -> None:
    assert [(entry.key, entry.state) for entry in reviews.entries("en")] == [
        ("titles.a", "drafted"),
        ("responses.utter_a", "drafted"),
    ]


def test_an_approval_holds_for_the_text_that_was_read(reviews: Reviews, engine: Engine) -> None:
    approve(reviews)

    assert after(engine).state == "reviewed"
    assert after(engine, en="  No.\n").state == "reviewed"
    assert after(engine, en="Yes.").state == "outdated"
    assert after(engine, sv="Ja.").state == "outdated"
    assert reviews.overview()["en"] == Overview(Counter(reviewed=1, drafted=1), 0)


@pytest.mark.parametrize("verdict", ["approve", "comment"])
def test_a_text_is_older_when_its_original_alone_has_changed_since_it_was_read(
    reviews: Reviews, engine: Engine, verdict: Verdict
) -> None:
    read = reviews.entry("en", "responses.utter_a").hashes
    reviews.record("en", "responses.utter_a", verdict, read, READER, "Läst", NOW)

    assert after(engine, sv="Ja.").older
    assert not after(engine).older
    assert not after(engine, sv="Ja.", en="Yes.").older
    assert not after(engine, en="Yes.").older


def test_a_review_in_the_file_counts_until_a_later_one(engine: Engine, audit: Audit) -> None:
    read = {"text": fingerprint("Title"), "swedish": fingerprint("Titel")}
    filed = {"titles.a": {"by": "Anna Ek", "on": "2026-01-01", **read}}
    reviews = Reviews(engine, lambda: {**TEXTS, "en": LanguageTexts(ENGLISH, filed)}, audit)
    before = reviews.entry("en", "titles.a")

    approve(reviews, "titles.a")

    after = reviews.entry("en", "titles.a")
    assert [(entry.state, entry.approval and entry.approval.name) for entry in (before, after)] == [
        ("reviewed", "Anna Ek"),
        ("reviewed", "Amina"),
    ]


def test_a_text_that_changed_since_it_was_read_cannot_be_approved(reviews: Reviews) -> None:
    with pytest.raises(StaleError):
        reviews.record("en", "titles.a", "approve", ("0" * 12, fingerprint("Titel")), READER, "Läst", NOW)

    assert reviews.entry("en", "titles.a").state == "drafted"


def test_a_comment_stands_until_the_text_is_approved(reviews: Reviews) -> None:
    read = reviews.entry("en", "titles.a").hashes
    reviews.record("en", "titles.a", "comment", read, READER, "Fel ord", NOW)
    said = reviews.entry("en", "titles.a")
    approve(reviews, "titles.a")

    assert (said.state, [comment.words for comment in said.comments]) == ("drafted", ["Fel ord"])
    assert reviews.entry("en", "titles.a").comments == ()


def test_a_review_needs_a_reason_and_is_audited(reviews: Reviews, audit: Audit) -> None:
    read = reviews.entry("en", "titles.a").hashes
    with pytest.raises(ValueError, match="reason"):
        reviews.record("en", "titles.a", "approve", read, READER, " ", NOW)
    assert reviews.entry("en", "titles.a").state == "drafted"

    approve(reviews, "titles.a")

    rows = audit.latest(5)
    assert [(row["person"], row["action"], row["subject"]) for row in rows] == [
        (READER.subject, "text.approve", "en:titles.a")
    ]


def test_approvals_are_told_with_both_hashes(reviews: Reviews) -> None:
    text, swedish = approve(reviews)

    assert list(reviews.approvals("en")) == [("responses.utter_a", "Amina", NOW.date().isoformat(), text, swedish)]
    assert list(reviews.approvals("sv")) == []


def test_an_approval_is_of_the_day_in_stockholm(reviews: Reviews) -> None:
    read, evening = reviews.entry("en", "titles.a").hashes, datetime(2026, 7, 1, 22, 30, tzinfo=timezone.utc)
    reviews.record("en", "titles.a", "approve", read, READER, "Läst", evening)

    assert [on for _, _, on, _, _ in reviews.approvals("en")] == ["2026-07-02"]


@pytest.mark.parametrize(("language", "key"), [("xx", "titles.a"), ("en", "titles.none")])
def test_what_does_not_exist_is_not_reviewed(reviews: Reviews, language: str, key: str) -> None:
    with pytest.raises(KeyError):
        reviews.record(language, key, "approve", ("", ""), READER, "Läst", NOW)
