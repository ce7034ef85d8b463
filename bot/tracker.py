"""A tracker store that forgets: bounded, in memory, with a time limit, without what people wrote."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.guide import GUIDE_SLOT


@dataclass
class _Conversation:
    events: list[Event]
    used: float


class ForgetfulTrackerStore(TrackerStore):  # type: ignore[misc]
    """Keeps the last events of each conversation for an hour, with every text taken out of them.

    Rules look at the latest turns only, so a conversation's two-hundredth turn costs what its second
    did. The gateway owns the conversation proper; nothing is lost when this store forgets.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        idle_seconds: float = 3600,
        conversations: int = 20_000,
        turns: int = 6,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        """`idle_seconds`, `conversations` and `turns` (per conversation) are the bounds."""
        super().__init__(domain, event_broker)
        self._idle_seconds = float(idle_seconds)
        self._conversations = int(conversations)
        self._turns = int(turns)
        self._clock = clock
        self._store: OrderedDict[str, _Conversation] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last events of `tracker`, without text."""
        events = list(tracker.events)
        latest = _last_turns(events, self._turns)
        events = latest if len(latest) == len(events) else [*_standing(tracker), *latest]
        for event in events:
            _forget_text(event)
        self._store[tracker.sender_id] = _Conversation(events, self._clock())
        self._store.move_to_end(tracker.sender_id)
        self._forget_old()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation, or None if it never was or is forgotten."""
        self._forget_old()
        conversation = self._store.get(sender_id)
        if conversation is None:
            return None
        return DialogueStateTracker.from_events(
            sender_id, conversation.events, self.domain.slots, self.max_event_history
        )

    async def keys(self) -> Iterable[str]:
        """Return the ids of the conversations that are remembered."""
        self._forget_old()
        return list(self._store)

    def _forget_old(self) -> None:
        limit = self._clock() - self._idle_seconds
        while self._store and (len(self._store) > self._conversations or next(iter(self._store.values())).used < limit):
            self._store.popitem(last=False)


def _standing(tracker: DialogueStateTracker) -> list[Event]:
    """Return what must outlive the turns that are forgotten: the guide's answers, and that it is under way."""
    loop = [ActiveLoop(tracker.active_loop.name)] if tracker.active_loop else []
    filled = ((name, slot.value) for name, slot in tracker.slots.items() if name.startswith(GUIDE_SLOT))
    return [*loop, *(SlotSet(name, value) for name, value in filled if value is not None)]


def _last_turns(events: list[Event], turns: int) -> list[Event]:
    """Return the events of the last turns; a turn begins where the assistant listens."""
    listens = [
        index
        for index, event in enumerate(events)
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
    ]
    return events[listens[-turns - 1] :] if len(listens) > turns else events


def _forget_text(event: Event) -> None:
    if isinstance(event, UserUttered):
        event.text = None
        event.parse_data = {**event.parse_data, "text": None, "message_id": None}
        event.message_id = None
    elif isinstance(event, BotUttered):
        event.text = None
