from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import ContentError, ContentFile, Fault

TOPICS = """\
city:
  city_grant:
    next: [apply_how]
    facts:
      - city_pays_none
      - mv_phone
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "topics.yml"


def faults(path: Path) -> list[Fault]:
    with pytest.raises(ContentError) as raised:
        ContentFile(path)
    return raised.value.faults


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ((), 1),
        (("city",), 1),
        (("city", "city_grant", "next"), 3),
        (("city", "city_grant", "facts", 1), 6),
        (("city", "city_grant", "nothing"), 2),
        (("city", "city_grant", "facts", 7), 4),
        (("city", "city_grant", "next", 0, "deeper"), 3),
    ],
)
def test_a_fault_stands_at_the_deepest_key_that_exists(path: Path, keys: tuple[str | int, ...], line: int) -> None:
    path.write_text(TOPICS, encoding="utf-8")

    assert ContentFile(path).fault("wrong", *keys) == Fault("topics.yml", line, "wrong")


def test_a_fault_reads_as_file_line_and_message() -> None:
    assert str(Fault("data/topics.yml", 7, "wrong")) == "data/topics.yml:7: wrong"


def test_an_error_holds_every_fault_sorted() -> None:
    late, early = Fault("b.yml", 1, "x"), Fault("a.yml", 9, "x")

    error = ContentError([late, early])

    assert error.faults == [early, late]
    assert str(error) == f"{early}\n{late}"


def test_words_that_yaml_1_1_would_twist_stay_words(path: Path) -> None:
    path.write_text("answer: no\nhours: 9:00\n", encoding="utf-8")

    assert ContentFile(path).data == {"answer": "no", "hours": "9:00"}


def test_a_file_outside_the_working_directory_has_its_full_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(TOPICS, encoding="utf-8")
    (path.parent / "elsewhere").mkdir()
    monkeypatch.chdir(path.parent / "elsewhere")

    assert ContentFile(path).name == str(path)


def test_a_missing_file_is_a_fault(path: Path) -> None:
    assert [(fault.file, fault.line) for fault in faults(path)] == [("topics.yml", 1)]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"", 1),
        (b"just words\n", 1),
        (b"a: 1\nb: [2\nc: 3\n", 3),
        (b"a: 1\nb: *nothing\n", 2),
        (b"a: 1\n\na: 2\n", 3),
        (b"a: 1\nchecked: 2026-02-30\n", 2),
        (b"a: 1\n---\nb: 2\n", 2),
        (b"a: 1\nb: !!python/object:os.system x\n", 2),
        ("a: å\n".encode("latin-1"), 1),
        (b"a: \x07\n", 1),
    ],
    ids=["empty", "scalar", "open list", "alias", "twice", "no such day", "two documents", "tag", "latin-1", "control"],
)
def test_what_is_not_usable_yaml_is_a_fault_with_its_line(path: Path, written: bytes, line: int) -> None:
    path.write_bytes(written)

    assert [fault.line for fault in faults(path)] == [line]


@given(text=st.text())
def test_any_text_is_content_or_a_fault(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    try:
        data = ContentFile(path).data
    except ContentError:
        return
    assert isinstance(data, (dict, list))
