"""How a fact stands apart from the ledger, and the rules by which checks and people move it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Fact

# One odd page does not move a fact: what it says must be seen again at least so much later.
SEEN_AGAIN_AFTER = timedelta(minutes=5)
# A disagreement counts for so long: two caches of a site may show old and new page by turns.
REMEMBERED_FOR = timedelta(days=1)


class Verdict(str, Enum):
    """What a page says of a fact."""

    AGREES = "agrees"
    DIFFERS = "differs"
    # The page says this value and others too.
    UNCLEAR = "unclear"
    # The page says a value that was replaced long ago: an old page.
    OLD = "old"
    # Nothing was recognised, or the fact has no recogniser: only the page's hash tells.
    SILENT = "silent"


@dataclass(frozen=True)
class Reading:
    """What one page said of one fact: the verdict, and the values that were read."""

    fact: str
    verdict: Verdict
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Pending:
    """What a page said otherwise, and when that was first seen."""

    verdict: Verdict
    values: tuple[Any, ...]
    since: datetime


@dataclass(frozen=True)
class Standing:
    """How a fact stands. `value` None: the ledger's. `base` is the ledger's value when this was decided.

    `checked_at` is when the source or a person last confirmed it, `moved_at` when anything was last
    decided. `page_hash`: the page as it was when confirmed, or first seen. `superseded`: values that
    people replaced. `before`: the value until `since`.
    """

    fact: str
    value: Any = None
    base: Any = None
    checked_at: datetime | None = None
    moved_at: datetime | None = None
    withheld: bool = False
    doubted: bool = False
    page_hash: str | None = None
    pending: Pending | None = None
    superseded: tuple[Any, ...] = ()
    before: Any = None
    since: date | None = None

    def is_obsolete(self, fact: Fact) -> bool:
        """Return whether the ledger was edited after this was decided: a new value, or newer evidence."""
        if self.moved_at is None:
            return False
        return fact.value != self.base or (fact.checked is not None and fact.checked > _day(self.moved_at))


def effective(fact: Fact, standing: Standing | None) -> Fact:
    """Return the ledger's `fact` as it stands now."""
    if standing is None or standing.is_obsolete(fact):
        return fact
    value = fact.value if standing.value is None else standing.value
    checked = fact.checked if standing.checked_at is None else _day(standing.checked_at)
    return replace(
        fact,
        value=value,
        checked=checked,
        withheld=standing.withheld,
        doubted=standing.doubted,
        before=standing.before,
        since=standing.since,
    )


def judged(fact: Fact, standing: Standing, reading: Reading, page_hash: str, now: datetime) -> tuple[Standing, str]:
    """Return the standing after a page was read, and the cause of what changed.

    `fact` is the ledger's. A disagreement must be seen twice, and what is withheld stays so until a
    person decides. Facts that cannot grow old are history: no page moves them.
    """
    if fact.max_age is None or reading.verdict is Verdict.OLD:
        return standing, "old_page"
    if standing.is_obsolete(fact):
        standing = Standing(fact.id)
    if reading.verdict is Verdict.AGREES:
        return _agreed(fact, standing, page_hash, now)
    if reading.verdict is Verdict.DIFFERS:
        if fact.value is None and standing.value is None:
            # Nothing is shown yet, so nothing is withheld: a person decides about what was found.
            return replace(standing, pending=_seen(standing.pending, reading, now)), "found"
        return _moved(fact, standing, reading, now, withheld=True), "source_differs"
    if reading.verdict is Verdict.UNCLEAR:
        return _moved(fact, standing, reading, now, doubted=True), "source_unclear"
    if standing.page_hash is None:
        return replace(standing, page_hash=page_hash), "first_seen"
    if standing.page_hash != page_hash and (fact.value is not None or standing.value is not None):
        return _moved(fact, standing, reading, now, doubted=True), "page_changed"
    if standing.withheld:
        return standing, "same_page"
    standing = replace(standing, pending=_recent(standing, now))
    if standing.checked_at is None:
        # The page was seen before, but nobody has compared the fact with it.
        return standing, "same_page"
    return replace(standing, doubted=False, checked_at=now, moved_at=now), "same_page"


def confirmed(fact: Fact, standing: Standing, value: Any, page_hash: str | None, now: datetime) -> Standing:
    """Return the standing after a person confirmed `value`, or corrected the fact to it."""
    old = effective(fact, standing).value
    if standing.is_obsolete(fact):
        standing = Standing(fact.id)
    if old is not None and old != value:
        superseded = tuple(one for one in (*standing.superseded, old) if one != value)
        standing = replace(standing, before=old, since=_day(now), superseded=superseded)
    return replace(
        standing,
        value=value,
        base=fact.value,
        checked_at=now,
        moved_at=now,
        withheld=False,
        doubted=False,
        pending=None,
        page_hash=page_hash,
    )


def withheld(fact: Fact, standing: Standing, now: datetime) -> Standing:
    """Return the standing after a person withheld the fact."""
    if standing.is_obsolete(fact):
        standing = Standing(fact.id)
    return replace(standing, withheld=True, base=fact.value, moved_at=now)


def found_value(standing: Standing) -> Any:
    """Return the one value that the source says instead, or None."""
    pending = standing.pending
    one = pending is not None and pending.verdict is not Verdict.SILENT and len(pending.values) == 1
    return pending.values[0] if pending and one else None


def to_confirm(fact: Fact, standing: Standing) -> Any:
    """Return the value that a person who confirms the ledger's `fact` confirms, or None.

    It is what the source says now where the fact is withheld or not established, else the fact's own.
    """
    now = effective(fact, standing)
    found = found_value(standing)
    return found if found is not None and (standing.withheld or not now.known) else now.value


def _agreed(fact: Fact, standing: Standing, page_hash: str, now: datetime) -> tuple[Standing, str]:
    if standing.withheld:
        return standing, "agrees_while_withheld"
    if fact.value is None and standing.value is None:
        pending = _seen(standing.pending, Reading(fact.id, Verdict.AGREES, (fact.candidate,)), now)
        standing = replace(standing, pending=pending)
        if pending.verdict is not Verdict.AGREES or now - pending.since < SEEN_AGAIN_AFTER:
            return standing, "found"
        standing = replace(standing, value=fact.candidate)
    return (
        replace(
            standing,
            base=fact.value,
            value=fact.value if standing.value is None else standing.value,
            checked_at=now,
            moved_at=now,
            doubted=False,
            pending=_recent(standing, now),
            page_hash=page_hash,
        ),
        "source_agrees",
    )


def _moved(
    fact: Fact, standing: Standing, reading: Reading, now: datetime, withheld: bool = False, doubted: bool = False
) -> Standing:
    """Return the standing after a disagreement: noted the first time, acted on the second."""
    pending = _seen(standing.pending, reading, now)
    standing = replace(standing, pending=pending)
    if pending.verdict is not reading.verdict or now - pending.since < SEEN_AGAIN_AFTER:
        return standing
    if (withheld and standing.withheld) or (doubted and (standing.doubted or standing.withheld)):
        return standing
    return replace(
        standing,
        base=fact.value,
        moved_at=now,
        withheld=standing.withheld or withheld,
        doubted=standing.doubted or doubted,
    )


def _seen(pending: Pending | None, reading: Reading, now: datetime) -> Pending:
    """Return what is pending: since when this kind of thing is said, with what is said now."""
    if pending is None or now - pending.since > REMEMBERED_FOR:
        return Pending(reading.verdict, reading.values, now)
    if pending.verdict is reading.verdict:
        return replace(pending, values=reading.values)
    # Another value weighs more than a page where nothing was recognised.
    return pending if pending.verdict is Verdict.DIFFERS else Pending(reading.verdict, reading.values, now)


def _recent(standing: Standing, now: datetime) -> Pending | None:
    """Return another value that was seen lately, although the page agrees now."""
    pending = standing.pending
    differs = pending is not None and pending.verdict is Verdict.DIFFERS
    return pending if pending and differs and now - pending.since <= REMEMBERED_FOR else None


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()


def needs_person(standing: Standing | None) -> bool:
    """Return whether a person should look: the source said otherwise, or its page changed."""
    if standing is None:
        return False
    return standing.withheld or standing.doubted or standing.pending is not None


def all_effective(facts: Iterable[Fact], standings: dict[str, Standing]) -> dict[str, Fact]:
    """Return every fact as it stands, by id."""
    return {fact.id: effective(fact, standings.get(fact.id)) for fact in facts}
