from __future__ import annotations

import pickle

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from bot.nlg import FOUND_SLOT
from bot.tracker import ForgetfulTrackerStore
from tests.conftest import Clock
from tests.rasa.conftest import ROOT

SECRET = "kanariefågel"
TURNS = 4
FOUND = {"response": "utter_apply_form", "facts": {}, "found_at": "2026-03-01T12:00:00+00:00"}


@pytest.fixture
def store(domain: Domain, clock: Clock) -> ForgetfulTrackerStore:
    return ForgetfulTrackerStore(domain, idle_seconds=60, conversations=3, turns=TURNS, clock=clock)


def turn(number: int = 0, *more: Event) -> list[Event]:
    intent = {"name": "greet", "confidence": 1.0}
    text = f"{SECRET} {number}"
    return [
        UserUttered(text, intent, [], {"text": text, "intent": intent, "entities": []}, message_id=SECRET),
        *more,
        ActionExecuted("utter_greet"),
        BotUttered(SECRET, {"custom": {"topics": ["greet"], "number": number}}),
        ActionExecuted("action_listen"),
    ]


async def talk(store: TrackerStore, sender: str, *turns: list[Event]) -> DialogueStateTracker:
    """Take turns as Rasa does: fetch the conversation, add to it, save it."""
    tracker = await store.get_or_create_tracker(sender)
    for events in turns:
        for event in events:
            tracker.update(event)
        await store.save(tracker)
        tracker = await store.get_or_create_tracker(sender)
    return tracker


async def test_what_was_understood_is_kept(store: ForgetfulTrackerStore) -> None:
    tracker = await talk(store, "a", turn(7))

    assert tracker.latest_message
    assert tracker.latest_message.intent_name == "greet"
    assert next(event.data for event in tracker.events if isinstance(event, BotUttered))["custom"]["number"] == 7


async def test_no_text_is_kept(store: ForgetfulTrackerStore) -> None:
    await talk(store, "a", *(turn(number) for number in range(10)))

    kept = await store.retrieve("a")

    assert kept
    assert SECRET.encode() not in pickle.dumps([event.as_dict() for event in kept.events])
    assert SECRET.encode() not in pickle.dumps(store._store)


async def test_turn_two_hundred_costs_what_turn_ten_did(store: ForgetfulTrackerStore) -> None:
    lengths: list[int] = []
    for number in range(200):
        tracker = await talk(store, "a", turn(number))
        lengths.append(len(tracker.events))

    assert len(set(lengths[TURNS + 1 :])) == 1


async def test_the_last_turns_are_kept_in_order(store: ForgetfulTrackerStore) -> None:
    tracker = await talk(store, "a", *(turn(number) for number in range(20)))

    kept = [event.data["custom"]["number"] for event in tracker.events if isinstance(event, BotUttered)]

    assert kept == list(range(20 - TURNS, 20))


async def test_a_slot_lives_as_long_as_the_turn_that_set_it(store: ForgetfulTrackerStore) -> None:
    await talk(store, "a", turn(0, SlotSet(FOUND_SLOT, FOUND)))

    within = await talk(store, "a", *(turn() for _ in range(TURNS - 1)))
    assert within.get_slot(FOUND_SLOT) == FOUND

    beyond = await talk(store, "a", turn())
    assert beyond.get_slot(FOUND_SLOT) is None


async def test_the_guide_outlives_the_turns_in_which_it_was_answered(store: ForgetfulTrackerStore) -> None:
    await talk(store, "a", turn(0, ActiveLoop("guide_form"), SlotSet("guide_citizen", "no")))

    tracker = await talk(store, "a", *(turn(number) for number in range(TURNS * 5)))

    assert tracker.get_slot("guide_citizen") == "no"
    assert tracker.active_loop_name == "guide_form"
    assert len(tracker.events) == len((await talk(store, "a", turn())).events)


async def test_a_guide_that_has_ended_is_forgotten(store: ForgetfulTrackerStore) -> None:
    await talk(store, "a", turn(0, ActiveLoop("guide_form"), SlotSet("guide_citizen", "yes")))
    await talk(store, "a", turn(0, ActiveLoop(None), SlotSet("guide_citizen", None)))

    tracker = await talk(store, "a", *(turn() for _ in range(TURNS + 1)))

    assert tracker.get_slot("guide_citizen") is None
    assert tracker.active_loop_name is None
    assert "guide_citizen" not in {event.key for event in tracker.events if isinstance(event, SlotSet)}


async def test_a_conversation_is_forgotten_when_it_rests(store: ForgetfulTrackerStore, clock: Clock) -> None:
    await talk(store, "a", turn())
    clock.now = 60
    assert await store.retrieve("a")

    clock.now = 61

    assert await store.retrieve("a") is None
    assert list(await store.keys()) == []


async def test_a_turn_begins_the_time_anew(store: ForgetfulTrackerStore, clock: Clock) -> None:
    for now in (0, 50, 100):
        clock.now = now
        await talk(store, "a", turn())
    clock.now = 150

    assert await store.retrieve("a")


async def test_the_conversation_that_rested_longest_gives_way(store: ForgetfulTrackerStore) -> None:
    for sender in ("a", "b", "c", "a", "d"):
        await talk(store, sender, turn())

    assert list(await store.keys()) == ["c", "a", "d"]


async def test_conversations_do_not_see_each_other(store: ForgetfulTrackerStore) -> None:
    await talk(store, "a", turn(0, SlotSet(FOUND_SLOT, FOUND)))

    other = await store.get_or_create_tracker("b")

    assert other.get_slot(FOUND_SLOT) is None
    assert other.latest_message is None or other.latest_message.intent_name is None


async def test_an_unknown_conversation_is_none(store: ForgetfulTrackerStore) -> None:
    assert await store.retrieve("nobody") is None


def test_rasa_finds_it_through_endpoints(domain: Domain) -> None:
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "tracker_store")

    assert isinstance(TrackerStore.create(endpoint, domain), ForgetfulTrackerStore)
