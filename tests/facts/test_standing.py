from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.facts.hours import STOCKHOLM
from bot.facts.ledger import Fact, State
from bot.facts.standing import (
    REMEMBERED_FOR,
    SEEN_AGAIN_AFTER,
    Reading,
    Standing,
    Verdict,
    confirmed,
    effective,
    found_value,
    judged,
    needs_person,
    withheld,
)
from tests.facts.conftest import NOW, make_fact

FACT = make_fact(value=350000)
CANDIDATE = make_fact(value=None, candidate=350000, checked=None)
SECOND = timedelta(seconds=1)
LATER = SEEN_AGAIN_AFTER + SECOND
CONFIRMED, UNCONFIRMED, WITHHELD = State.CONFIRMED, State.UNCONFIRMED, State.WITHHELD
# The page that a fact was confirmed on, and another one.
SAME, OTHER = "same", "other"

# What one page says of one fact: (reading, hash of the page).
Look = tuple[Reading, str]


def look(verdict: Verdict, *values: Any, page: str | None = None) -> Look:
    usual = SAME if verdict is Verdict.AGREES else OTHER
    return Reading(FACT.id, verdict, values), page or usual


AGREES = look(Verdict.AGREES, 350000)
DIFFERS = look(Verdict.DIFFERS, 400000)
UNCLEAR = look(Verdict.UNCLEAR, 350000, 400000)
OLD = look(Verdict.OLD, 10000)
SILENT_SAME = look(Verdict.SILENT, page=SAME)
SILENT_OTHER = look(Verdict.SILENT)
ODD = (DIFFERS, UNCLEAR, SILENT_OTHER)


def follow(fact: Fact, standing: Standing, *looks: tuple[datetime, Look]) -> Standing:
    for at, (reading, page) in looks:
        standing, _ = judged(fact, standing, reading, page, at)
    return standing


def state(fact: Fact, standing: Standing, at: datetime = NOW) -> State:
    return effective(fact, standing).state(at.astimezone(STOCKHOLM).date())


def cause(fact: Fact, standing: Standing, seen: Look, at: datetime = NOW) -> str:
    return judged(fact, standing, *seen, at)[1]


UNTOUCHED = Standing(FACT.id)
AGREED = follow(FACT, UNTOUCHED, (NOW - 3 * LATER, AGREES))
DOUBTED = follow(FACT, AGREED, (NOW - 2 * LATER, UNCLEAR), (NOW - LATER, UNCLEAR))
KEPT_BACK = withheld(FACT, AGREED, NOW - LATER)
STANDINGS = {"untouched": UNTOUCHED, "agreed": AGREED, "doubted": DOUBTED, "withheld": KEPT_BACK}
LOOKS = {
    "agrees": AGREES,
    "differs": DIFFERS,
    "unclear": UNCLEAR,
    "old": OLD,
    "silent_same": SILENT_SAME,
    "silent_other": SILENT_OTHER,
}
# State after (one look, two such looks). The ledger's own evidence is too old on this day.
EXPECTED = {
    ("untouched", "agrees"): (CONFIRMED, CONFIRMED),
    ("untouched", "differs"): (UNCONFIRMED, WITHHELD),
    ("untouched", "unclear"): (UNCONFIRMED, UNCONFIRMED),
    ("untouched", "old"): (UNCONFIRMED, UNCONFIRMED),
    ("untouched", "silent_same"): (UNCONFIRMED, UNCONFIRMED),
    ("untouched", "silent_other"): (UNCONFIRMED, UNCONFIRMED),
    ("agreed", "agrees"): (CONFIRMED, CONFIRMED),
    ("agreed", "differs"): (CONFIRMED, WITHHELD),
    ("agreed", "unclear"): (CONFIRMED, UNCONFIRMED),
    ("agreed", "old"): (CONFIRMED, CONFIRMED),
    ("agreed", "silent_same"): (CONFIRMED, CONFIRMED),
    ("agreed", "silent_other"): (CONFIRMED, UNCONFIRMED),
    ("doubted", "agrees"): (CONFIRMED, CONFIRMED),
    ("doubted", "differs"): (UNCONFIRMED, WITHHELD),
    ("doubted", "unclear"): (UNCONFIRMED, UNCONFIRMED),
    ("doubted", "old"): (UNCONFIRMED, UNCONFIRMED),
    ("doubted", "silent_same"): (CONFIRMED, CONFIRMED),
    ("doubted", "silent_other"): (UNCONFIRMED, UNCONFIRMED),
    **{("withheld", name): (WITHHELD, WITHHELD) for name in LOOKS},
}


@pytest.mark.parametrize(("standing", "seen"), EXPECTED)
def test_each_verdict_moves_each_state_as_the_rules_say(standing: str, seen: str) -> None:
    once = follow(FACT, STANDINGS[standing], (NOW, LOOKS[seen]))
    twice = follow(FACT, once, (NOW + LATER, LOOKS[seen]))

    assert (state(FACT, once), state(FACT, twice)) == EXPECTED[standing, seen]
    assert effective(FACT, twice).value == FACT.value


@pytest.mark.parametrize(
    ("seen", "standing", "expected"),
    [
        (AGREES, AGREED, "source_agrees"),
        (AGREES, KEPT_BACK, "agrees_while_withheld"),
        (DIFFERS, AGREED, "source_differs"),
        (UNCLEAR, AGREED, "source_unclear"),
        (OLD, AGREED, "old_page"),
        (SILENT_SAME, AGREED, "same_page"),
        (SILENT_OTHER, AGREED, "page_changed"),
        (SILENT_OTHER, UNTOUCHED, "first_seen"),
    ],
)
def test_each_verdict_tells_its_cause(seen: Look, standing: Standing, expected: str) -> None:
    assert cause(FACT, standing, seen) == expected


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("apart", "moves"),
    [
        (SEEN_AGAIN_AFTER - SECOND, False),
        (SEEN_AGAIN_AFTER, True),
        (REMEMBERED_FOR, True),
        (REMEMBERED_FOR + SECOND, False),
    ],
)
def test_two_odd_pages_count_when_they_are_minutes_but_not_days_apart(odd: Look, apart: timedelta, moves: bool) -> None:
    standing = follow(FACT, AGREED, (NOW, odd), (NOW + apart, odd))

    assert (state(FACT, standing) is not CONFIRMED) == moves


def test_a_page_that_is_odd_for_long_is_noticed_even_when_it_is_seen_every_minute() -> None:
    minutes = [(NOW + timedelta(minutes=number), DIFFERS) for number in range(6)]

    assert state(FACT, follow(FACT, AGREED, *minutes[:5])) is CONFIRMED
    assert state(FACT, follow(FACT, AGREED, *minutes)) is WITHHELD


def test_after_a_forgotten_disagreement_two_new_ones_are_needed() -> None:
    forgotten = NOW + REMEMBERED_FOR + SECOND
    again = follow(FACT, AGREED, (NOW, DIFFERS), (forgotten, DIFFERS))

    assert state(FACT, again) is CONFIRMED
    assert state(FACT, follow(FACT, again, (forgotten + SEEN_AGAIN_AFTER, DIFFERS))) is WITHHELD


looks = st.sampled_from([*LOOKS.values(), look(Verdict.DIFFERS, 1), look(Verdict.SILENT, page="third")])
seconds = st.integers(0, int(REMEMBERED_FOR.total_seconds()))


@given(
    st.integers(int(SEEN_AGAIN_AFTER.total_seconds()), int(REMEMBERED_FOR.total_seconds())),
    st.lists(st.tuples(st.floats(0, 1), looks)),
)
def test_whatever_is_seen_in_between_two_disagreements_withhold(apart: int, between: list[tuple[float, Look]]) -> None:
    story = [(NOW + timedelta(seconds=apart * share), seen) for share, seen in sorted(between, key=lambda one: one[0])]
    standing = follow(FACT, AGREED, (NOW, DIFFERS), *story, (NOW + timedelta(seconds=apart), DIFFERS))

    assert state(FACT, standing) is WITHHELD


@given(st.sampled_from(ODD), st.lists(seconds, max_size=5), st.lists(seconds, max_size=5))
def test_one_odd_page_among_agreeing_ones_moves_nothing(odd: Look, before: list[int], after: list[int]) -> None:
    agreeing = [(NOW + timedelta(seconds=second), AGREES) for second in sorted(before)]
    then = NOW + REMEMBERED_FOR
    standing = follow(FACT, AGREED, *agreeing, (then, odd))
    assert state(FACT, standing, then) is CONFIRMED

    for second in sorted(after):
        standing = follow(FACT, standing, (then + timedelta(seconds=second), AGREES))
        assert state(FACT, standing, then) is CONFIRMED


def test_other_values_count_as_the_same_disagreement_and_the_last_is_kept() -> None:
    standing = follow(FACT, AGREED, (NOW, DIFFERS), (NOW + LATER, look(Verdict.DIFFERS, 500000)))

    assert state(FACT, standing) is WITHHELD
    assert found_value(standing) == 500000


def test_an_unclear_page_does_not_make_another_value_forgotten() -> None:
    standing = follow(FACT, AGREED, (NOW, DIFFERS), (NOW + SECOND, UNCLEAR), (NOW + 2 * SECOND, SILENT_OTHER))

    assert found_value(standing) == 400000


def test_another_value_weighs_more_than_a_page_where_nothing_is_recognised() -> None:
    standing = follow(FACT, AGREED, (NOW, SILENT_OTHER), (NOW + LATER, DIFFERS))
    assert state(FACT, standing) is CONFIRMED

    assert state(FACT, follow(FACT, standing, (NOW + 2 * LATER, DIFFERS))) is WITHHELD


def test_a_fact_that_is_doubted_is_withheld_when_another_value_is_seen_twice() -> None:
    standing = follow(FACT, DOUBTED, (NOW, DIFFERS), (NOW + LATER, DIFFERS))

    assert (standing.withheld, standing.doubted) == (True, True)
    assert state(FACT, confirmed(FACT, standing, FACT.value, SAME, NOW)) is CONFIRMED


@given(st.lists(st.tuples(seconds, looks), max_size=12))
def test_what_a_person_withheld_no_page_lets_out(story: list[tuple[int, Look]]) -> None:
    standing, at = KEPT_BACK, NOW
    for second, seen in story:
        at += timedelta(seconds=second)
        standing = follow(FACT, standing, (at, seen))
        assert state(FACT, standing, at) is WITHHELD
        assert standing.checked_at == KEPT_BACK.checked_at


@given(st.lists(st.tuples(seconds, looks), max_size=8), st.sampled_from(list(STANDINGS.values())))
def test_history_does_not_move(story: list[tuple[int, Look]], standing: Standing) -> None:
    history = replace(FACT, max_age=None)
    for second, (reading, page) in story:
        assert judged(history, standing, reading, page, NOW + timedelta(seconds=second))[0] == standing


def test_people_may_decide_on_history() -> None:
    history = replace(FACT, max_age=None)

    assert state(history, withheld(history, UNTOUCHED, NOW)) is WITHHELD
    assert effective(history, confirmed(history, UNTOUCHED, 1, None, NOW)).value == 1


def test_a_fact_without_recogniser_is_confirmed_by_the_page_that_a_person_read() -> None:
    standing = confirmed(FACT, UNTOUCHED, FACT.value, SAME, NOW)
    week = NOW + timedelta(days=8)
    assert state(FACT, standing, week) is UNCONFIRMED

    standing = follow(FACT, standing, (week, SILENT_SAME))

    assert state(FACT, standing, week) is CONFIRMED
    assert effective(FACT, standing).checked == week.date()


def test_a_page_seen_for_the_first_time_confirms_nothing_by_itself() -> None:
    standing = follow(FACT, UNTOUCHED, (NOW, SILENT_SAME), (NOW + LATER, SILENT_SAME), (NOW + 2 * LATER, SILENT_SAME))

    assert effective(FACT, standing).checked == FACT.checked
    assert state(FACT, standing) is UNCONFIRMED


def test_a_page_that_returns_to_what_it_was_takes_the_doubt_away() -> None:
    doubted = follow(FACT, AGREED, (NOW, SILENT_OTHER), (NOW + LATER, SILENT_OTHER))
    assert (state(FACT, doubted), needs_person(doubted)) == (UNCONFIRMED, True)

    back = follow(FACT, doubted, (NOW + 2 * LATER, SILENT_SAME))

    assert (state(FACT, back), needs_person(back)) == (CONFIRMED, False)


def test_a_changed_page_does_not_become_the_page_that_is_compared_with() -> None:
    doubted = follow(FACT, AGREED, *((NOW + number * LATER, SILENT_OTHER) for number in range(5)))

    assert doubted.page_hash == SAME
    assert state(FACT, doubted) is UNCONFIRMED


def test_a_person_who_confirms_takes_the_changed_page_as_it_is() -> None:
    doubted = follow(FACT, AGREED, (NOW, SILENT_OTHER), (NOW + LATER, SILENT_OTHER))
    standing = confirmed(FACT, doubted, FACT.value, OTHER, NOW + 2 * LATER)

    assert state(FACT, standing) is CONFIRMED
    assert cause(FACT, standing, SILENT_OTHER, NOW + 3 * LATER) == "same_page"


def test_a_candidate_is_shown_after_two_looks_that_agree() -> None:
    once = follow(CANDIDATE, UNTOUCHED, (NOW, AGREES))
    assert effective(CANDIDATE, once).value is None
    assert found_value(once) == CANDIDATE.candidate

    too_soon = follow(CANDIDATE, once, (NOW + SEEN_AGAIN_AFTER - SECOND, AGREES))
    assert effective(CANDIDATE, too_soon).value is None

    twice = follow(CANDIDATE, too_soon, (NOW + SEEN_AGAIN_AFTER, AGREES))
    assert effective(CANDIDATE, twice).value == CANDIDATE.candidate
    assert state(CANDIDATE, twice) is CONFIRMED
    assert not needs_person(twice)


def test_a_candidate_that_was_accepted_is_watched_like_any_value() -> None:
    accepted = follow(CANDIDATE, UNTOUCHED, (NOW, AGREES), (NOW + LATER, AGREES))
    later = NOW + 2 * LATER

    assert state(CANDIDATE, follow(CANDIDATE, accepted, (later, DIFFERS), (later + LATER, DIFFERS))) is WITHHELD


@pytest.mark.parametrize("seen", [DIFFERS, UNCLEAR, OLD, SILENT_SAME, SILENT_OTHER])
def test_a_candidate_that_its_page_does_not_say_is_never_shown(seen: Look) -> None:
    standing = follow(CANDIDATE, UNTOUCHED, *((NOW + number * LATER, seen) for number in range(4)))

    assert effective(CANDIDATE, standing).value is None
    assert state(CANDIDATE, standing) is UNCONFIRMED


def test_what_is_found_where_nothing_was_established_waits_for_a_person() -> None:
    standing = follow(CANDIDATE, UNTOUCHED, (NOW, DIFFERS), (NOW + LATER, DIFFERS))
    assert (found_value(standing), needs_person(standing)) == (400000, True)

    standing = confirmed(CANDIDATE, standing, found_value(standing), OTHER, NOW + LATER)
    assert effective(CANDIDATE, standing).value == 400000
    assert (standing.before, standing.superseded) == (None, ())


def test_one_look_that_agrees_after_another_value_was_seen_does_not_show_a_candidate() -> None:
    standing = follow(CANDIDATE, UNTOUCHED, (NOW, DIFFERS), (NOW + LATER, AGREES))

    assert effective(CANDIDATE, standing).value is None


def test_only_one_value_is_found_at_a_time() -> None:
    both = look(Verdict.DIFFERS, 400000, 500000)

    assert found_value(follow(FACT, AGREED, (NOW, both), (NOW + LATER, both))) is None
    assert found_value(follow(FACT, AGREED, (NOW, SILENT_OTHER))) is None
    assert found_value(AGREED) is None


@pytest.mark.parametrize(
    "edited",
    [
        replace(FACT, value=500000),
        replace(FACT, value=500000, checked=date(2026, 3, 1)),
        replace(FACT, checked=date(2026, 3, 2)),
    ],
)
@pytest.mark.parametrize(
    "decide", [lambda: withheld(FACT, UNTOUCHED, NOW), lambda: confirmed(FACT, AGREED, 1, SAME, NOW)]
)
def test_an_edit_of_the_ledger_outranks_what_was_decided_before(edited: Fact, decide: Any) -> None:
    standing = decide()

    assert effective(edited, standing) == edited
    assert follow(edited, standing, (NOW + LATER, SILENT_OTHER)) == Standing(FACT.id, page_hash=OTHER)


def test_evidence_of_the_same_day_does_not_outrank_a_decision() -> None:
    # An hour before midnight in UTC it is tomorrow in Stockholm.
    late = datetime(2026, 3, 1, 23, tzinfo=timezone.utc)
    standing = withheld(FACT, UNTOUCHED, late)

    assert state(replace(FACT, checked=date(2026, 3, 2)), standing) is WITHHELD
    assert state(replace(FACT, checked=date(2026, 3, 3)), standing) is CONFIRMED


def test_a_fact_whose_ledger_value_is_withdrawn_is_not_shown() -> None:
    edited = replace(FACT, value=None, checked=None)

    assert effective(edited, AGREED).value is None


def test_a_standing_of_a_look_that_decided_nothing_never_gets_obsolete() -> None:
    noted = follow(FACT, UNTOUCHED, (NOW, DIFFERS))

    assert state(replace(FACT, checked=NOW.date()), noted) is CONFIRMED
    assert found_value(follow(replace(FACT, checked=date(2026, 3, 9)), noted, (NOW + SECOND, DIFFERS))) == 400000


def test_a_correction_remembers_what_it_replaced() -> None:
    standing = confirmed(FACT, AGREED, 400000, OTHER, NOW)
    fact = effective(FACT, standing)

    assert (fact.value, fact.before, fact.since, fact.checked) == (400000, 350000, NOW.date(), NOW.date())
    assert standing.superseded == (350000,)

    standing = confirmed(FACT, standing, 500000, OTHER, NOW + timedelta(days=1))
    assert (standing.before, standing.superseded) == (400000, (350000, 400000))


def test_a_correction_that_is_taken_back_no_longer_counts_its_value_as_replaced() -> None:
    standing = confirmed(FACT, confirmed(FACT, AGREED, 400000, OTHER, NOW), 350000, OTHER, NOW)

    assert (standing.value, standing.superseded) == (350000, (400000,))


def test_confirming_what_stands_replaces_nothing() -> None:
    corrected = confirmed(FACT, AGREED, 400000, OTHER, NOW)
    again = confirmed(FACT, corrected, 400000, OTHER, NOW + timedelta(days=3))

    assert (again.before, again.since, again.superseded) == (350000, NOW.date(), (350000,))
    assert effective(FACT, again).checked == date(2026, 3, 4)


def test_a_correction_after_an_edit_of_the_ledger_replaces_the_edited_value() -> None:
    corrected = confirmed(FACT, AGREED, 400000, OTHER, NOW)
    edited = replace(FACT, value=450000)
    standing = confirmed(edited, corrected, 500000, OTHER, NOW)

    assert (standing.before, standing.superseded, standing.base) == (450000, (450000,), 450000)


def test_withholding_after_an_edit_of_the_ledger_keeps_nothing_from_before_it() -> None:
    edited = replace(FACT, value=450000)
    standing = withheld(edited, confirmed(FACT, AGREED, 400000, OTHER, NOW), NOW)

    assert state(edited, standing) is WITHHELD
    assert effective(edited, standing).value == 450000
    assert (standing.superseded, standing.before) == ((), None)


def test_withholding_keeps_the_value_for_whoever_confirms_it_later() -> None:
    standing = withheld(FACT, confirmed(FACT, AGREED, 400000, OTHER, NOW), NOW + LATER)

    assert effective(FACT, standing).value == 400000
    assert effective(FACT, confirmed(FACT, standing, 400000, OTHER, NOW + 2 * LATER)).withheld is False


@pytest.mark.parametrize(
    ("standing", "needed"),
    [
        (None, False),
        (UNTOUCHED, False),
        (AGREED, False),
        (DOUBTED, True),
        (KEPT_BACK, True),
        (follow(FACT, AGREED, (NOW, DIFFERS)), True),
    ],
)
def test_a_person_is_asked_for_when_something_is_odd(standing: Standing | None, needed: bool) -> None:
    assert needs_person(standing) == needed


PAGES = ("first", "second", "third", "fourth")
values = st.integers(1, 4)
moments = st.integers(0, 3 * int(REMEMBERED_FOR.total_seconds())) | st.integers(0, 900)


class Life(RuleBasedStateMachine):
    """Pages, people and editors do anything to one fact, at any time."""

    @initialize(value=st.none() | values, candidate=values)
    def begin(self, value: int | None, candidate: int) -> None:
        self.now = NOW
        self.fact = make_fact(value=value, candidate=candidate, checked=NOW.date() if value else None, max_age=2)
        self.standing = Standing(self.fact.id)
        # What the effective value may be, and the last moment at which anything spoke for it.
        self.given = {value, None if value else candidate}
        self.supported = NOW
        self.pages: set[str] = set()

    @rule(after=moments)
    def time_passes(self, after: int) -> None:
        self.now += timedelta(seconds=after)

    @rule(after=moments, verdict=st.sampled_from(Verdict), found=st.lists(values), page=st.sampled_from(PAGES))
    def page_is_read(self, after: int, verdict: Verdict, found: list[int], page: str) -> None:
        self.now += timedelta(seconds=after)
        before = effective(self.fact, self.standing)
        supports = verdict is Verdict.AGREES or (verdict is Verdict.SILENT and page in self.pages)
        self.standing, _ = judged(
            self.fact, self.standing, Reading(self.fact.id, verdict, tuple(found)), page, self.now
        )
        now = effective(self.fact, self.standing)
        self.pages |= {page}
        if supports:
            self.supported = self.now
        else:
            assert now.checked == before.checked
        assert now.withheld or not before.withheld
        assert now.value == before.value or (before.value is None and verdict is Verdict.AGREES)
        assert (now.before, now.since) == (before.before, before.since)

    @rule(value=values, page=st.none() | st.sampled_from(PAGES))
    def person_confirms(self, value: int, page: str | None) -> None:
        before = effective(self.fact, self.standing).value
        self.standing = confirmed(self.fact, self.standing, value, page, self.now)
        self.given |= {value}
        self.pages |= {page} if page else set()
        self.supported = self.now
        assert self.state() is CONFIRMED
        assert effective(self.fact, self.standing).value == value
        assert value not in self.standing.superseded
        assert before in (None, value, self.standing.before)

    @rule()
    def person_withholds(self) -> None:
        self.standing = withheld(self.fact, self.standing, self.now)
        assert self.state() is WITHHELD

    @rule(value=values)
    def editor_gives_a_value(self, value: int) -> None:
        self.fact = replace(self.fact, value=value, candidate=None, checked=self.now.astimezone(STOCKHOLM).date())
        self.supported = self.now
        # An edit that is taken back leaves what a person had decided before it.
        self.given |= {value}

    @invariant()
    def what_is_told_was_given_by_a_person_or_the_ledger(self) -> None:
        assert effective(self.fact, self.standing).value in self.given

    @invariant()
    def nothing_is_confirmed_by_less_than_it_claims(self) -> None:
        fact = effective(self.fact, self.standing)
        if self.state() is CONFIRMED:
            assert fact.value is not None
            assert fact.checked is not None
            assert fact.checked <= self.supported.astimezone(STOCKHOLM).date()

    def state(self) -> State:
        return state(self.fact, self.standing, self.now)


def test_whatever_happens_nothing_is_told_that_nobody_stands_for() -> None:
    run_state_machine_as_test(Life)
