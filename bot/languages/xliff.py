"""Texts as XLIFF 2.0, the format that translators' tools exchange (OASIS Standard, 5 August 2014)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_DEFAULT: dict[Any, str] = {None: NAMESPACE}
# States of a segment (2.0, 4.3.1.34): in the last two, somebody has read the translation.
INITIAL, TRANSLATED, REVIEWED, FINAL = "initial", "translated", "reviewed", "final"
READ = frozenset({REVIEWED, FINAL})
_STATES = (INITIAL, TRANSLATED, REVIEWED, FINAL)


class XliffError(Exception):
    """The file cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Unit:
    """One text: its key in the language file, the Swedish text, the translation, and the translation's state."""

    key: str
    source: str
    target: str
    state: str


def write(units: Iterable[Unit], source: str, target: str, note: str) -> bytes:
    """Return an XLIFF document of `units` between two languages (BCP 47), with a note for the translator."""
    root = etree.Element(_name("xliff"), {"version": "2.0", "srcLang": source, "trgLang": target}, _DEFAULT)
    file = etree.SubElement(root, _name("file"), {"id": target})
    notes = etree.SubElement(file, _name("notes"))
    etree.SubElement(notes, _name("note")).text = note
    for unit in units:
        element = etree.SubElement(file, _name("unit"), {"id": unit.key})
        segment = etree.SubElement(element, _name("segment"), {"state": unit.state})
        for name, text in (("source", unit.source), ("target", unit.target)):
            part = etree.SubElement(segment, _name(name))
            # Lines and lists stand in the texts.
            part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            part.text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def read(document: bytes, target: str) -> list[Unit]:
    """Return the units of an XLIFF document for the language `target`. Raises XliffError."""
    # No entities and nothing from elsewhere: the file comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise XliffError(f"line {error.lineno}: is not XML: {error.msg}") from error
    if root.tag != _name("xliff"):
        raise XliffError(f"line {root.sourceline}: is not XLIFF 2.0")
    if root.get("trgLang") != target:
        raise XliffError(f"line {root.sourceline}: is for {root.get('trgLang')}, not {target}")
    return [_unit(element) for element in root.iter(_name("unit"))]


def _unit(element: etree._Element) -> Unit:
    segments = element.findall(_name("segment"))
    if len(segments) != 1:
        raise XliffError(f"line {element.sourceline}: {element.get('id')} has {len(segments)} segments, not one")
    state = segments[0].get("state", INITIAL)
    if state not in _STATES:
        raise XliffError(f"line {segments[0].sourceline}: {state} is no state")
    source, target = (_text(segments[0], name) for name in ("source", "target"))
    return Unit(element.get("id", ""), source, target, state)


def _text(segment: etree._Element, name: str) -> str:
    part = segment.find(_name(name))
    if part is None:
        return ""
    if len(part):
        raise XliffError(f"line {part.sourceline}: {name} holds marks other than text")
    return part.text or ""


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
