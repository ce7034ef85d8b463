"""What a page says of each fact that rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.facts.ledger import Fact
from bot.facts.page import Page
from bot.facts.patterns import same
from bot.facts.standing import Reading, Standing, Verdict, effective
from bot.facts.watchlist import Recogniser, Watch


def read_facts(
    page: Page, watch: Watch, facts: Iterable[Fact], standings: Mapping[str, Standing]
) -> dict[str, Reading]:
    """Return the reading of each of the ledger's `facts`, which rest on this source.

    If the page says values of the rules before and none of today's, it is an old page: every reading is OLD.
    """
    readings = {
        fact.id: _read(page, watch, watch.recognisers.get(fact.id), fact, standings.get(fact.id)) for fact in facts
    }
    verdicts = {reading.verdict for reading in readings.values()}
    if Verdict.OLD in verdicts and not verdicts & {Verdict.DIFFERS, Verdict.UNCLEAR} and not _agrees(watch, readings):
        return {id: Reading(id, Verdict.OLD, reading.values) for id, reading in readings.items()}
    return readings


def _agrees(watch: Watch, readings: Mapping[str, Reading]) -> bool:
    """Return whether some fact that old pages contradict agrees."""
    return any(readings[id].verdict is Verdict.AGREES for id, recogniser in watch.recognisers.items() if recogniser.old)


def _read(page: Page, watch: Watch, recogniser: Recogniser | None, fact: Fact, standing: Standing | None) -> Reading:
    if recogniser is None:
        return Reading(fact.id, Verdict.SILENT)
    found = recogniser.find(page, watch.hosts)
    now = effective(fact, standing)
    expected = now.value if now.known else fact.candidate
    replaced = (*(standing.superseded if standing else ()), *([] if recogniser.old is None else [recogniser.old]))
    current = tuple(value for value in found if not any(same(fact, old, value) for old in replaced))
    if not found:
        return Reading(fact.id, Verdict.SILENT)
    if not current:
        return Reading(fact.id, Verdict.OLD, found)
    agreeing = [value for value in current if expected is not None and same(fact, expected, value)]
    if len(agreeing) == len(current):
        return Reading(fact.id, Verdict.AGREES, current)
    return Reading(fact.id, Verdict.UNCLEAR if agreeing else Verdict.DIFFERS, current)
