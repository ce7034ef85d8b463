"""A turn of the dialogue: from what a person sent to what is said, whether Rasa is there or not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.catalog import Catalog, Language
from bot.language import LanguageDecider
from bot.personal_data import Masker
from bot.render import Renderer, Reply
from bot.search import Search
from bot.text import clean
from bot.web.conversations import Conversation, Conversations
from bot.web.problems import ProblemError
from bot.web.rasa import Rasa, RasaDown, Understanding

ALTERNATIVES = 3
NEXT = 4
# After this many messages in a row that were not understood, a person is offered first.
MISSES_BEFORE_PERSON = 2


@dataclass
class Turn:
    """What is said in one turn. `buttons` are (opaque id, topic); `notices` are interface texts."""

    conversation: Conversation
    language: Language
    outcome: str
    replies: list[Reply] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


class Dialogue:
    """Leads conversations: Rasa decides what was meant, the catalog holds what is said."""

    def __init__(
        self,
        catalog: Catalog,
        renderer: Renderer,
        rasa: Rasa,
        conversations: Conversations,
        masker: Masker,
        decider: LanguageDecider,
        searches: Mapping[str, Search],
        max_chars: int,
    ) -> None:
        self._catalog = catalog
        self._renderer = renderer
        self._rasa = rasa
        self._conversations = conversations
        self._masker = masker
        self._decider = decider
        self._searches = searches
        self._max_chars = max_chars
        self._menu = {self.menu_button(topic): topic for topic in catalog.topics}

    @staticmethod
    def menu_button(topic: str) -> str:
        """Return the id of a topic's button in the menu: the same in every conversation and process."""
        return hashlib.sha256(f"menu:{topic}".encode()).hexdigest()[:16]

    async def say(self, text: str, token: str | None, language: str | None, accept_language: str | None) -> Turn:
        """Answer free text. Raises ProblemError for text that is empty or too long."""
        if len(text) > self._max_chars:
            raise ProblemError("too_long")
        message = clean(text)
        if not message:
            raise ProblemError("empty")
        message, masked = self._masker.mask(message)
        conversation, expired = self._conversation(token)
        async with conversation.lock:
            decision = self._decider.decide(
                message, language or conversation.chosen_language, conversation.language, accept_language
            )
            spoken = self._remember_language(conversation, language, decision.language)
            turn = Turn(conversation, spoken, "unavailable")
            turn.notices += ["expired"] * expired + ["masked"] * masked
            turn.notices += ["language_unavailable"] * bool(decision.lacking)
            try:
                understood = await self._rasa.ask(conversation.sender, message, spoken.code, conversation.topic)
            except RasaDown:
                self._without_rasa(turn, message)
            else:
                if decision.lacking and understood.outcome == "clarify":
                    # Guesses at a language that the model never learnt would only confuse.
                    understood = replace(understood, outcome="not_understood")
                self._carry_out(turn, understood)
            return turn

    async def press(self, button: str, token: str | None, language: str | None, accept_language: str | None) -> Turn:
        """Answer a button. Raises ProblemError if this conversation never offered it."""
        conversation, expired = self._conversation(token)
        async with conversation.lock:
            decision = self._decider.decide(
                None, language or conversation.chosen_language, conversation.language, accept_language
            )
            spoken = self._remember_language(conversation, language, decision.language)
            turn = Turn(conversation, spoken, "answered", notices=["expired"] * expired)
            topic = conversation.buttons.get(button) or self._menu.get(button)
            if topic is None and not expired:
                raise ProblemError("unknown_button")
            if topic is None:
                self._carry_out(turn, Understanding("answered", ("start_over",)))
            else:
                self._carry_out(turn, await self._understand_topic(turn, topic))
            return turn

    async def open_topic(self, topic: str, language: str | None, accept_language: str | None) -> Turn:
        """Begin a conversation at a topic, as a link to it does. Raises ProblemError if unknown."""
        if topic not in self._catalog.topics:
            raise ProblemError("not_found")
        conversation = self._conversations.open()
        decision = self._decider.decide(None, language, None, accept_language)
        spoken = self._remember_language(conversation, language, decision.language)
        turn = Turn(conversation, spoken, "answered")
        self._carry_out(turn, await self._understand_topic(turn, topic))
        return turn

    async def _understand_topic(self, turn: Turn, topic: str) -> Understanding:
        try:
            return await self._rasa.ask(
                turn.conversation.sender, f"/{topic}", turn.language.code, turn.conversation.topic
            )
        except RasaDown:
            return Understanding("answered", (topic,))

    def _conversation(self, token: str | None) -> tuple[Conversation, bool]:
        """Return the conversation of `token`, or a new one and whether the old one had ended."""
        found = self._conversations.find(token)
        return (found, False) if found else (self._conversations.open(), bool(token))

    def _remember_language(self, conversation: Conversation, chosen: str | None, decided: str) -> Language:
        conversation.chosen_language = self._decider.ours(chosen) or conversation.chosen_language
        conversation.language = decided
        return self._catalog.language(decided)

    def _carry_out(self, turn: Turn, understood: Understanding) -> None:
        conversation, language = turn.conversation, turn.language
        turn.outcome = understood.outcome
        nearest = [topic for topic in understood.nearest if topic in self._catalog.topics]
        if understood.outcome == "answered":
            conversation.misses = 0
            turn.replies = [self._renderer.answer(topic, language, understood.facts) for topic in understood.topics]
            self._after_answer(turn, understood.topics, nearest)
        elif understood.outcome == "clarify" and len(nearest) > 1:
            conversation.misses += 1
            turn.replies = [self._renderer.notice("clarify", language)]
            # Whoever may be in danger finds help first.
            turn.alternatives = sorted(nearest[:ALTERNATIVES], key=self._is_not_urgent)
            turn.buttons = conversation.offer([*turn.alternatives, "not_what_i_meant"])
            del nearest[:ALTERNATIVES]
        else:
            turn.outcome = "not_understood"
            conversation.misses += 1
            often = conversation.misses >= MISSES_BEFORE_PERSON
            turn.replies = [self._renderer.notice("not_understood_again" if often else "not_understood", language)]
            turn.buttons = conversation.offer(self._main_topics())
        conversation.nearest = tuple(nearest)

    def _after_answer(self, turn: Turn, topics: tuple[str, ...], nearest: list[str]) -> None:
        conversation = turn.conversation
        answered = self._catalog.topics[topics[-1]]
        if topics[0] == "not_what_i_meant":
            # The topics that came nearest to the message before, without the one that was wrong.
            nearest[:] = [id for id in conversation.nearest if id != conversation.topic]
            turn.alternatives = nearest[:ALTERNATIVES]
            others = [id for id in self._main_topics() if id != conversation.topic]
            turn.buttons = conversation.offer(turn.alternatives or others)
            del nearest[:ALTERNATIVES]
            return
        turn.buttons = conversation.offer(answered.next[:NEXT] or self._main_topics())
        if answered.facts:
            conversation.topic = answered.id
        elif answered.id == "start_over":
            conversation.topic = None

    def _without_rasa(self, turn: Turn, message: str) -> None:
        turn.outcome = "unavailable"
        turn.replies = [self._renderer.notice("unavailable", turn.language)]
        turn.alternatives = self._searches[turn.language.code].find(message, ALTERNATIVES)
        turn.buttons = turn.conversation.offer(turn.alternatives or self._main_topics())

    def _is_not_urgent(self, topic: str) -> bool:
        return self._catalog.topics[topic].group != "safety"

    def _main_topics(self) -> list[str]:
        return [topics[0].id for _, topics in self._catalog.menu()]
