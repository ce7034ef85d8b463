"""A fetched page as a reader sees it: visible words, links, language. Redesigns change neither."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from urllib.parse import urljoin

import html_text
import lxml.html
import pycld2
from lxml import etree

# What no reader sees, or what surrounds every page of a site.
_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe", "nav", "header", "footer")
_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?([\w-]+)""", re.IGNORECASE)
_MAIN = (".//main", ".//*[@role='main']")


@dataclass(frozen=True)
class Page:
    """The main part of a page: `text` with a line for each block, `links` as (words, absolute address).

    `language` is what its words are reliably in, else what the page declares; None: cannot be told.
    `asks_to_sign_in`: it holds a box for a password.
    """

    url: str
    text: str
    links: tuple[tuple[str, str], ...]
    language: str | None
    asks_to_sign_in: bool

    @property
    def hash(self) -> str:
        """A fingerprint of the visible words."""
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()

    def dump(self) -> str:
        """Return what `load_page` reads."""
        return json.dumps({"text": self.text, "links": self.links}, ensure_ascii=False)


def load_page(url: str, dumped: str) -> Page:
    """Return a page that was read before."""
    entry = json.loads(dumped)
    return Page(url, entry["text"], tuple((words, address) for words, address in entry["links"]), None, False)


def read_page(body: bytes, charset: str | None, url: str) -> Page:
    """Return the page that `body` (HTML) shows. A body without any content gives a page without text."""
    empty = Page(url, "", (), None, False)
    if not body.strip():
        return empty
    try:
        tree = lxml.html.document_fromstring(body, parser=_parser(charset or _declared_charset(body)))
    except etree.ParserError:
        return empty
    signs_in = any((box.get("type") or "").lower() == "password" for box in tree.iter("input"))
    declared = tree.get("lang") or tree.get("xml:lang")
    base = tree.find(".//base[@href]")
    url_of_links = url if base is None else _joined(url, base.get("href")) or url
    main = next((found for path in _MAIN if (found := tree.find(path)) is not None), tree)
    etree.strip_elements(main, *_UNSEEN, with_tail=False)
    etree.strip_tags(main, etree.Comment)
    text = _tidy(html_text.etree_to_text(main))
    anchors = main.findall(".//a[@href]")
    joined = ((_words(anchor), _joined(url_of_links, anchor.get("href"))) for anchor in anchors)
    links = tuple((words, address) for words, address in joined if address)
    return Page(url, text, links, _language(text) or declared, signs_in)


def _words(element: etree._Element) -> str:
    return " ".join(str(etree.tostring(element, encoding="unicode", method="text", with_tail=False)).split())


def _parser(charset: str) -> lxml.html.HTMLParser:
    try:
        return lxml.html.HTMLParser(encoding=charset, huge_tree=True)
    except LookupError:
        return lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)


def _declared_charset(body: bytes) -> str:
    declared = _CHARSET.search(body[:2048])
    return declared[1].decode("ascii") if declared else "utf-8"


def _joined(url: str, address: str | None) -> str | None:
    """Return an absolute address, or None if it is none."""
    try:
        return urljoin(url, (address or "").strip())
    except ValueError:
        return None


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \t\u00a0\u202f]+", " ", line).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _language(text: str) -> str | None:
    """Return the language that the words are reliably in: a page may declare another one by mistake."""
    try:
        reliable, _, found = pycld2.detect(text.encode("utf-8", "ignore"), isPlainText=True)
    except pycld2.error:
        return None
    return str(found[0][1]) if reliable and found[0][1] != "un" else None
