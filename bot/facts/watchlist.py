"""The watchlist: which sources are fetched, how often, and how each fact is recognised on its page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.content import ContentError, ContentFile, Fault
from bot.facts.kinds import KINDS
from bot.facts.ledger import Fact, Ledger, Source
from bot.facts.page import Page
from bot.facts.patterns import compile_pattern, find_values


@dataclass(frozen=True)
class Recogniser:
    """How a fact is found on its page: by patterns in the text, by links, by the page's own address or by phrases.

    `between` bounds what is plausible; `old` is the value of the rules before, which only an old page says.
    """

    fact: Fact
    text: tuple[re.Pattern[str], ...] = ()
    links: re.Pattern[str] | None = None
    address: bool = False
    says: tuple[str, ...] = ()
    between: tuple[Any, Any] | None = None
    old: Any = None

    def find(self, page: Page, hosts: frozenset[str]) -> tuple[Any, ...]:
        """Return each plausible value on the page once, in reading order. Phrases give the fact's own value."""
        if self.address:
            return (self.fact.value,)
        if self.says:
            words = " ".join(page.text.split()).casefold()
            return (self.fact.value,) if all(phrase in words for phrase in self.says) else ()
        if self.links:
            found = [
                address
                for words, address in page.links
                if (self.links.search(words) or self.links.search(urlsplit(address).path))
                and urlsplit(address).hostname in hosts
                and address.startswith("https://")
            ]
        else:
            found = [value for pattern in self.text for value in find_values(pattern, page.text, self.fact)]
        return tuple(value for value in _once(found) if self._is_plausible(value))

    def _is_plausible(self, value: Any) -> bool:
        if self.between is None or value == self.old:
            return True
        low, high = self.between
        return bool(low <= value <= high)


@dataclass(frozen=True)
class Watch:
    """A source that is fetched: `addresses` in the order tried, from `hosts` only, every `every`.

    `languages` are those that the page may be in; `expects`: words of which it has at least one, or it is another page.
    """

    source: Source
    addresses: tuple[str, ...]
    hosts: frozenset[str]
    every: timedelta
    languages: frozenset[str]
    expects: tuple[str, ...]
    recognisers: Mapping[str, Recogniser]

    @property
    def site(self) -> str:
        """The site whose pages are fetched one at a time."""
        return str(urlsplit(self.addresses[0]).hostname).removeprefix("www.")


_WATCH = {
    "every": int,
    "hosts": [str],
    "addresses?": [str],
    "languages?": [str],
    "expects": [str],
    "finds?": {
        "*": {"text?": [str], "links?": [str], "address?": bool, "says?": [str], "between?": [object], "old?": str}
    },
}
_WAYS = ("text", "links", "address", "says")


def load_watchlist(sources_file: ContentFile, ledger: Ledger) -> dict[str, Watch]:
    """Return each watched source by id. Raises ContentError with every fault."""
    watches: dict[str, Watch] = {}
    faults = sources_file.misfits({"*": {"watch?": _WATCH, "*": object}})
    if faults:
        raise ContentError(faults)
    for id, entry in sources_file.data.items():
        if "watch" not in entry:
            continue
        source, watch = ledger.sources[id], entry["watch"]
        if watch["every"] < 1:
            faults.append(sources_file.fault(f"{id}: every is at least one hour", id, "watch", "every"))
        empty = [key for key, value in watch.items() if value == [] and key != "finds"]
        if empty:
            faults.append(sources_file.fault(f"{id}: {', '.join(empty)} is empty", id, "watch", empty[0]))
            continue
        addresses = tuple(watch.get("addresses", (source.url,)))
        hosts = frozenset(watch["hosts"])
        for address in addresses:
            if not address.startswith("https://") or urlsplit(address).hostname not in hosts:
                faults.append(sources_file.fault(f"{id}: {address} is not https on one of its hosts", id, "watch"))
        recognisers: dict[str, Recogniser] = {}
        for name, found in watch.get("finds", {}).items():
            try:
                recognisers[name] = _recogniser(name, found, source, ledger)
            except ValueError as error:
                faults.append(Fault(sources_file.name, sources_file.line(id, "watch", "finds", name), str(error)))
        expects = tuple(word.casefold() for word in watch["expects"])
        every, languages = timedelta(hours=watch["every"]), frozenset(watch.get("languages", (source.language,)))
        watches[id] = Watch(source, addresses, hosts, every, languages, expects, recognisers)
    if faults:
        raise ContentError(faults)
    return watches


def _recogniser(name: str, entry: Mapping[str, Any], source: Source, ledger: Ledger) -> Recogniser:
    fact = ledger.facts.get(name)
    if fact is None:
        raise ValueError(f"{name} is not in facts.yml")
    if fact.source.id != source.id:
        raise ValueError(f"{name}: a fact is watched at its own source, {fact.source.id}")
    if fact.max_age is None:
        raise ValueError(f"{name}: a watched fact needs max_age, after which it is no longer confirmed")
    if sum(way in entry for way in _WAYS) != 1 or not all(entry[way] for way in _WAYS if way in entry):
        raise ValueError(f"{name}: needs exactly one of {', '.join(_WAYS)}, and not an empty one")
    if (entry.get("address") or "says" in entry) and fact.value is None:
        raise ValueError(f"{name}: has no value that a page could agree with")
    try:
        between = tuple(KINDS[fact.type].load(bound) for bound in entry.get("between", ()))
        patterns = tuple(compile_pattern(pattern, fact) for pattern in entry.get("text", ()))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if between and (len(between) != 2 or between[0] > between[1]):
        raise ValueError(f"{name}: between has the least and the greatest value")
    old = entry.get("old")
    if old is not None and (old not in ledger.facts or ledger.facts[old].type != fact.type):
        raise ValueError(f"{name}: old {old} is no fact of type {fact.type}")
    return Recogniser(
        fact=fact,
        text=patterns,
        links=re.compile("|".join(map(re.escape, entry["links"])), re.IGNORECASE) if "links" in entry else None,
        address=bool(entry.get("address")),
        says=tuple(" ".join(phrase.split()).casefold() for phrase in entry.get("says", ())),
        between=(between[0], between[1]) if between else None,
        old=ledger.facts[old].value if old else None,
    )


def _once(values: list[Any]) -> list[Any]:
    return [value for index, value in enumerate(values) if value not in values[:index]]
