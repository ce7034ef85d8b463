from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from lxml import etree

from bot.catalog import load_catalog
from bot.check import check
from bot.content import ContentFile
from bot.languages.__main__ import main
from bot.languages.commands import CommandError, Commands
from bot.languages.xliff import NAMESPACE, Unit, XliffError, read, write
from bot.reviews import REVIEWED, fingerprint, texts
from tests.conftest import Content

TODAY = date(2026, 12, 1)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def commands(content: Content, said: list[str]) -> Commands:
    return Commands(content.folder / "data", said.append)


def units(document: bytes) -> Iterator[tuple[str, etree._Element, etree._Element, etree._Element]]:
    """Yield key, segment, source and target of each unit."""
    for unit in etree.fromstring(document).iter(f"{{{NAMESPACE}}}unit"):
        (segment,) = unit.findall(f"{{{NAMESPACE}}}segment")
        source, target = segment
        yield unit.get("id", ""), segment, source, target


def translated(document: bytes, state: str = "translated") -> bytes:
    """Return the document as a translator gives it back: every target is the source, in words that deny in English."""
    root = etree.fromstring(document)
    for unit in root.iter(f"{{{NAMESPACE}}}unit"):
        segment = unit[0]
        segment.set("state", state)
        segment[1].text = (segment[0].text or "").replace("Nej", "No, nej")
    return etree.tostring(root)


def test_what_was_exported_and_comes_back_unchanged_changes_nothing(commands: Commands, content: Content) -> None:
    path = content.folder / "data/languages/en.yml"
    before = ContentFile(path).data

    commands.take("en", commands.export("en"), "Anna Ek", TODAY)

    assert ContentFile(path).data == before


def test_an_export_holds_every_text_with_its_original_and_its_state(commands: Commands, content: Content) -> None:
    swedish, english = (texts(ContentFile(content.folder / f"data/languages/{code}.yml").data) for code in ("sv", "en"))

    exported = {key: (source.text, target.text) for key, _, source, target in units(commands.export("en"))}

    assert exported == {key: (swedish[key], text) for key, text in english.items()}
    assert {segment.get("state") for _, segment, _, _ in units(commands.export("en"))} == {"translated"}


def test_translations_come_into_the_file_which_keeps_its_comments(commands: Commands, content: Content) -> None:
    path = content.folder / "data/languages/en.yml"
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]

    commands.take("en", translated(commands.export("en")), "Anna Ek", TODAY)

    swedish = texts(ContentFile(content.folder / "data/languages/sv.yml").data)
    english = texts(ContentFile(path).data)
    assert {key: text.strip() for key, text in english.items()} == {
        key: swedish[key].replace("Nej", "No, nej").strip() for key in english
    }
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")] == comments
    assert check(content.folder / "data") == []
    assert not load_catalog(content.folder / "data").languages["en"].reviewed


@pytest.mark.parametrize("state", ["reviewed", "final"])
def test_a_segment_that_a_person_has_read_is_reviewed(commands: Commands, content: Content, state: str) -> None:
    commands.take("en", translated(commands.export("en"), state), "Anna Ek", TODAY)

    assert load_catalog(content.folder / "data").languages["en"].reviewed
    assert check(content.folder / "data") == []
    assert {segment.get("state") for _, segment, _, _ in units(commands.export("en"))} == {"reviewed"}


def test_a_text_whose_original_has_changed_since_is_left_alone(
    commands: Commands, content: Content, said: list[str]
) -> None:
    document = translated(commands.export("en"))
    title = load_catalog(content.folder / "data").languages["sv"].titles["city_grant"]
    content.edit("data/languages/sv.yml", f"city_grant: {title}", "city_grant: Betalar staden?")
    before = load_catalog(content.folder / "data").languages["en"].titles["city_grant"]

    commands.take("en", document, "Anna Ek", TODAY)

    assert load_catalog(content.folder / "data").languages["en"].titles["city_grant"] == before
    assert any("titles.city_grant" in line for line in said)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html/>",
        b"<xliff",
        write([Unit("titles.nothing", "a", "b", "translated")], "sv", "en", ""),
        write([Unit("titles.city_grant", "a", "b", "perhaps")], "sv", "en", ""),
        write([Unit("titles.city_grant", "a", "b", "translated")], "sv", "fi", ""),
    ],
)
def test_a_document_that_cannot_be_used_changes_nothing(commands: Commands, content: Content, broken: bytes) -> None:
    path = content.folder / "data/languages/en.yml"
    before = path.read_bytes()

    with pytest.raises(CommandError):
        commands.take("en", broken, "Anna Ek", TODAY)

    assert path.read_bytes() == before


def test_a_document_reads_nothing_from_elsewhere() -> None:
    document = b"""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>
    <xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="sv" trgLang="en"><file id="en">
    <unit id="a"><segment><source>a</source><target>&e;</target></segment></unit></file></xliff>"""

    with pytest.raises(XliffError):
        read(document, "en")


def test_the_reviews_of_the_desk_come_into_the_file(commands: Commands, content: Content) -> None:
    swedish, english = (texts(ContentFile(content.folder / f"data/languages/{code}.yml").data) for code in ("sv", "en"))
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["key", "by", "on", "text", "swedish"])
    for key, text in english.items():
        rows.writerow([key, "Anna Ek", "2026-12-01", fingerprint(text), fingerprint(swedish[key])])

    commands.approve("en", table.getvalue())

    assert set(load_catalog(content.folder / "data").languages["en"].reviews.values()) == {REVIEWED}
    assert list(load_catalog(content.folder / "data").without_drafts().languages) == ["sv", "en"]


@pytest.mark.parametrize(
    "table", ["", "key,by\n", "key,by,on,text,swedish\ntitles.nothing,A,2026-12-01,a,b\n", "key,by\ntitles.x,A\n"]
)
def test_a_table_that_cannot_be_used_is_refused(commands: Commands, table: str) -> None:
    with pytest.raises(CommandError):
        commands.approve("en", table)


def test_a_new_language_has_everything_to_be_written(commands: Commands, content: Content) -> None:
    commands.add("de")

    faults = check(content.folder / "data")
    file = "data/languages/de.yml"
    assert len([fault for fault in faults if fault.file == file]) >= len(
        texts(ContentFile(content.folder / "data/languages/sv.yml").data)
    )
    german = ContentFile(content.folder / file).data["language"]
    assert german == {"code": "de", "locale": "de", "name": "Deutsch", "direction": "ltr"}
    assert {segment.get("state") for _, segment, _, _ in units(commands.export("de"))} == {"initial"}


def test_a_new_language_that_is_written_needs_no_code(commands: Commands, content: Content) -> None:
    commands.add("ur")
    commands.take("ur", translated(commands.export("ur")), "Anna Ek", TODAY)
    path = content.folder / "data/languages/ur.yml"
    swedish = ContentFile(content.folder / "data/languages/sv.yml").data
    written = path.read_text(encoding="utf-8")
    for kind in swedish["follow_ups"]:
        written = written.replace(f"{kind}: []", f"{kind}: [word]")
    path.write_text(written, encoding="utf-8")
    for number, example in enumerate(sorted((content.folder / "data/examples/ur").glob("*.txt"))):
        example.write_text("".join(f"ur {number} {line // 100} {line % 100}\n" for line in range(60)), encoding="utf-8")
    (content.folder / "data/concepts/ur.yml").write_text('NEGATION: "inte, inget, ingen"\n', encoding="utf-8")

    assert check(content.folder / "data") == []
    urdu = load_catalog(content.folder / "data").languages["ur"]
    assert (urdu.direction, urdu.locale) == ("rtl", "ur")


@pytest.mark.parametrize("code", ["xx", "en", "../x", ""])
def test_a_code_that_cannot_be_added_is_refused(commands: Commands, code: str) -> None:
    with pytest.raises(CommandError):
        commands.add(code)


def test_the_status_counts_what_is_written_and_read(commands: Commands) -> None:
    commands.add("de")
    commands.take("en", translated(commands.export("en"), "final"), "Anna Ek", TODAY)

    status = {row["language"]: row for row in commands.status()}

    assert status["en"]["written"] == status["en"]["of"] == status["en"]["reviewed"]
    assert (status["de"]["written"], status["de"]["examples"]) == (0, 0)
    assert status["sv"]["drafted"] == status["sv"]["of"]


def test_a_language_that_we_lack_is_refused_with_a_clear_line(
    content: Content, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(content.folder / "data"), "export", "fi"]) == 2
    assert "fi" in capsys.readouterr().err
