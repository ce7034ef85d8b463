"""A page as a browser's parser sees it: elements with attributes, text and the elements around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "hr"}


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def all(self, tag: str | None = None, **attributes: str) -> Iterator[Element]:
        """Yield the elements inside, in reading order; `class_` matches one class of several."""
        wanted_class = attributes.pop("class_", None)
        for child in self.children:
            classes = child.attributes.get("class", "").split()
            if (
                tag in (None, child.tag)
                and child.attributes.items() >= attributes.items()
                and (wanted_class is None or wanted_class in classes)
            ):
                yield child
            yield from child.all(tag, **attributes, **({"class_": wanted_class} if wanted_class else {}))

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    def inherited(self, name: str) -> str | None:
        """Return the attribute of the nearest element that has it."""
        element: Element | None = self
        while element is not None and name not in element.attributes:
            element = element.parent
        return element[name] if element else None


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.place = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.place)
        self.place.children.append(element)
        if tag not in VOID:
            self.place = element

    def handle_endtag(self, tag: str) -> None:
        assert self.place.tag == tag, f"</{tag}> ends <{self.place.tag}>"
        assert self.place.parent is not None
        self.place = self.place.parent

    def handle_data(self, data: str) -> None:
        place: Element | None = self.place
        while place is not None:
            place.text += data
            place = place.parent


def read(html: str) -> Element:
    """Return the page's root. Fails where elements are not closed in order."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser.place is parser.root, f"<{parser.place.tag}> is not closed"
    return parser.root
