"""Conversations in memory: language, last topic, offered buttons. Never what anybody wrote."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

BUTTONS_KEPT = 100


@dataclass
class Conversation:
    """What the gateway remembers. `sender` is its name to Rasa, `token` its name to the browser."""

    token: str
    sender: str
    created: float
    used: float
    language: str | None = None
    chosen_language: str | None = None
    # Whether answers come in easy words.
    easy: bool = False
    topic: str | None = None
    nearest: tuple[str, ...] = ()
    # The choices offered in the turn before, to which a bare yes or no may belong.
    offered: tuple[str, ...] = ()
    misses: int = 0
    # Whether it has been counted.
    counted: bool = False
    # The ids of the questions that may be kept: they are erased with it.
    kept: list[str] = field(default_factory=list)
    # The guide's question that is open.
    question: str | None = None
    buttons: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def leave_guide(self) -> None:
        """Forget the guide: Rasa knows its answers under the sender's name, and meets a new sender from now on."""
        self.question = None
        self.sender = secrets.token_urlsafe(24)

    def offer(self, targets: Iterable[str]) -> list[tuple[str, str]]:
        """Return (opaque id, target) for buttons, and remember them until newer ones crowd them out.

        A target is a topic, or an answer in the guide.
        """
        offered = [(secrets.token_urlsafe(9), target) for target in targets]
        self.buttons.update(offered)
        while len(self.buttons) > BUTTONS_KEPT:
            self.buttons.popitem(last=False)
        return offered


class Conversations:
    """Opens, finds and erases conversations; old ones vanish by themselves."""

    def __init__(self, idle: float, longest: float, at_most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`idle` and `longest` are seconds; beyond `at_most` the least recently used one goes."""
        self._idle = idle
        self._longest = longest
        self._at_most = at_most
        self._clock = clock
        self._by_token: OrderedDict[str, Conversation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_token)

    def open(self) -> Conversation:
        """Return a new conversation."""
        now = self._clock()
        conversation = Conversation(secrets.token_urlsafe(24), secrets.token_urlsafe(24), now, now)
        self._by_token[conversation.token] = conversation
        self._drop_old()
        return conversation

    def find(self, token: str | None) -> Conversation | None:
        """Return a living conversation and count this as use, or None."""
        self._drop_old()
        conversation = self._by_token.get(token or "")
        if conversation is None:
            return None
        now = self._clock()
        if now - conversation.created > self._longest:
            del self._by_token[conversation.token]
            return None
        conversation.used = now
        self._by_token.move_to_end(conversation.token)
        return conversation

    def erase(self, token: str) -> bool:
        """Forget a conversation. Returns whether there was one."""
        return self._by_token.pop(token, None) is not None

    def _drop_old(self) -> None:
        now = self._clock()
        while self._by_token:
            oldest = next(iter(self._by_token.values()))
            if len(self._by_token) <= self._at_most and now - oldest.used <= self._idle:
                return
            self._by_token.popitem(last=False)
