"""A turn of the dialogue: from what a person sent to what is said, whether Rasa is there or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.catalog import ALTERNATIVES, CITY_NOTE, CITY_TOPIC, Catalog, Language
from bot.desk.service import CHAT, FREE_TEXT
from bot.guide import BACK, GUIDE_ANSWER, GUIDE_RULES, GUIDE_TOPIC, LEAVE
from bot.language import Decision, LanguageDecider
from bot.personal_data import Masker
from bot.render import SIMPLER, Renderer, Reply
from bot.search import Search
from bot.text import clean
from bot.web.conversations import Conversation, Conversations
from bot.web.problems import ProblemError
from bot.web.rasa import Context, Rasa, RasaDown, Understanding

NEXT = 4
# After this many messages in a row that were not understood, a person is offered first.
MISSES_BEFORE_PERSON = 2


# What is said to whoever comes.
INTRODUCTION = "greet"
CHANGE_LANGUAGE = "change_language"
NOT_MEANT = "not_what_i_meant"
# Whoever writes a language that we lack is told so in these.
WIDELY_READ = ("en", "sv")
# Buttons of the guide: this, the question, and the option or what else can be done there.
GUIDE_TARGET = "guide:"
# The button that goes on in a language: this, and its code.
LANGUAGE_TARGET = "language:"


@dataclass(frozen=True)
class Speaker:
    """Who speaks: the token of their conversation, the language they chose, what their browser accepts.

    `easy`: answers in easy words wherever there are any.
    """

    token: str | None = None
    language: str | None = None
    accept_language: str | None = None
    easy: bool = False


@dataclass(frozen=True)
class Button:
    """A choice that continues the conversation; the fields are those of the public API."""

    id: str
    title: str
    topic: str


@dataclass(frozen=True)
class Switch:
    """The button that goes on in another language; the fields are those of the public API.

    `title` is in the language spoken, `own_title` in that other one, whose code and direction are `lang` and `dir`.
    """

    id: str
    title: str
    own_title: str
    lang: str
    dir: str


@dataclass
class Turn:
    """What is said in one turn. `notices` are interface texts, `foreign_notices` each in a language of its own.

    `switch` goes on in another language that may be wanted.
    """

    conversation: Conversation
    language: Language
    outcome: str
    replies: list[Reply] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    foreign_notices: list[Reply] = field(default_factory=list)
    switch: Switch | None = None


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
        is_off: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`is_off` tells whether free text or the chat is switched off."""
        self._is_off = is_off
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

    async def say(self, text: str, speaker: Speaker) -> Turn:
        """Answer free text. Raises ProblemError for text that is empty or too long."""
        if len(text) > self._max_chars:
            raise ProblemError("too_long")
        message = clean(text)
        if not message:
            raise ProblemError("empty")
        message, masked = self._masker.mask(message)
        conversation, expired = self._conversation(speaker)
        async with conversation.lock:
            before = conversation.language
            decision = self._decide(conversation, speaker, message)
            spoken = self._remember_language(conversation, speaker.language, decision.language)
            turn = Turn(conversation, spoken, "unavailable")
            turn.notices += ["expired"] * expired + ["masked"] * masked
            if decision.lacking:
                told_in = (self._catalog.languages[code] for code in WIDELY_READ if code in self._catalog.languages)
                turn.foreign_notices = [self._renderer.language_unavailable(decision.lacking, one) for one in told_in]
            if self._is_off(CHAT) or self._is_off(FREE_TEXT):
                self._tell_off(turn)
                return turn
            named = None
            # Whoever chose another language to be answered in is understood in the one they write.
            written = decision.heard.language or spoken.code
            try:
                understood = await self._hear(conversation, message, written)
            except RasaDown:
                self._without_rasa(turn, message, written)
            else:
                if understood.topics == ("affirm",) and len(conversation.offered) == 1:
                    understood = await self._understand_topic(turn, conversation.offered[0])
                named = self._decider.named(message) if CHANGE_LANGUAGE in understood.topics else None
                if named:
                    turn.language = self._remember_language(conversation, named, named)
                if decision.lacking:
                    # Guesses at a language that the model never learnt would only confuse.
                    understood = _without_guesses(understood)
                self._carry_out(turn, understood)
            if not decision.lacking and not named:
                settled = spoken.code if conversation.chosen_language else before
                turn.switch = self._switch_to(self._decider.other(decision.heard, spoken.code, settled), turn)
            return turn

    async def _hear(self, conversation: Conversation, message: str, language: str) -> Understanding:
        """Return what Rasa makes of free text. Raises RasaDown."""
        try:
            return await self._rasa.ask(message, _context(conversation, language))
        except RasaDown:
            if conversation.question is None:
                raise
        # In the guide every message needs the action server. Without it, people are heard outside the guide.
        before = conversation.sender, conversation.question
        conversation.leave_guide()
        try:
            return await self._rasa.ask(message, _context(conversation, language))
        except RasaDown:
            # Rasa itself is down; the guide goes on when it is back.
            conversation.sender, conversation.question = before
            raise

    async def press(self, button: str, speaker: Speaker) -> Turn:
        """Answer a button. Raises ProblemError if this conversation never offered it."""
        conversation, expired = self._conversation(speaker)
        async with conversation.lock:
            spoken = self._remember_language(
                conversation, speaker.language, self._decide(conversation, speaker).language
            )
            turn = Turn(conversation, spoken, "answered", notices=["expired"] * expired)
            if self._is_off(CHAT):
                self._tell_off(turn)
                return turn
            target = conversation.buttons.get(button) or self._menu.get(button)
            if target is None and not expired:
                raise ProblemError("unknown_button")
            if target is None:
                self._carry_out(turn, Understanding("answered", ("start_over",)))
            elif target.startswith(GUIDE_TARGET):
                await self._answer_guide(turn, target)
            elif target.startswith(LANGUAGE_TARGET):
                await self._switch(turn, target)
            else:
                self._carry_out(turn, await self._understand_topic(turn, target))
            return turn

    def begin(self, topic: str) -> str:
        """Open a conversation with someone who has read the page of a topic, and return its token."""
        conversation = self._conversations.open()
        conversation.topic = topic if topic in self._catalog.topics else None
        return conversation.token

    def show(self, topic: str, speaker: Speaker) -> Turn:
        """Give the answer to a topic once more, without a question. Raises ProblemError if unknown."""
        if topic not in self._catalog.topics:
            raise ProblemError("invalid")
        conversation, _ = self._conversation(speaker)
        spoken = self._remember_language(conversation, speaker.language, self._decide(conversation, speaker).language)
        turn = Turn(conversation, spoken, "answered")
        self._carry_out(turn, Understanding("answered", (topic,), question=conversation.question))
        return turn

    def _tell_off(self, turn: Turn) -> None:
        """Say what is switched off; without free text, topics are left to choose."""
        turn.outcome = "unavailable"
        chat_off = self._is_off(CHAT)
        turn.replies = [self._renderer.notice("chat_off" if chat_off else "free_text_off", turn.language)]
        if not chat_off:
            self._offer(turn, self._main_topics())

    async def _understand_topic(self, turn: Turn, topic: str) -> Understanding:
        try:
            return await self._rasa.ask(f"/{topic}", _context(turn.conversation, turn.language.code))
        except RasaDown:
            # The guide is still open in Rasa: an old button must not answer its question.
            return Understanding("answered", (topic,), question=turn.conversation.question)

    async def _answer_guide(self, turn: Turn, target: str) -> None:
        """Pass an answer to the guide on. An old button does not answer the question that is open now."""
        conversation = turn.conversation
        question, option = target.removeprefix(GUIDE_TARGET).split(":")
        if conversation.question and question != conversation.question:
            self._carry_out(turn, Understanding("guide", question=conversation.question))
            return
        message = f"/{GUIDE_ANSWER}{json.dumps({'guide_option': option})}"
        try:
            understood = await self._rasa.ask(message, _context(conversation, turn.language.code))
        except RasaDown:
            turn.outcome = "unavailable"
            turn.replies = [self._renderer.notice("unavailable", turn.language)]
            self._offer(turn, self._main_topics())
        else:
            self._carry_out(turn, understood)

    def _switch_to(self, code: str | None, turn: Turn) -> Switch | None:
        """Return the button that goes on in another language: nobody is left in one that they did not want."""
        if code is None:
            return None
        other, spoken = self._catalog.languages[code], turn.language
        title, own_title = spoken.titles[CHANGE_LANGUAGE], other.titles[CHANGE_LANGUAGE]
        ((id, _),) = turn.conversation.offer([f"{LANGUAGE_TARGET}{code}"])
        return Switch(
            id, f"{title}: {spoken.called(code) or other.name}", f"{own_title}: {other.name}", code, other.direction
        )

    async def _switch(self, turn: Turn, target: str) -> None:
        """Go on in a language, and say again in it what was said last."""
        conversation, wanted = turn.conversation, self._decider.ours(target.removeprefix(LANGUAGE_TARGET))
        if wanted is None:
            # It was switched off meanwhile.
            raise ProblemError("unknown_button")
        turn.language = self._remember_language(conversation, wanted, wanted)
        question = conversation.question
        if conversation.offered:
            again = _choices_again(Understanding("clarify", question=question), conversation)
        elif conversation.topic and not conversation.misses:
            again = await self._understand_topic(turn, conversation.topic)
        elif question:
            again = Understanding("guide", question=question)
        else:
            again = await self._understand_topic(turn, INTRODUCTION)
        self._carry_out(turn, again)

    def _conversation(self, speaker: Speaker) -> tuple[Conversation, bool]:
        """Return the conversation of `speaker`, or a new one and whether the old one had ended."""
        found = self._conversations.find(speaker.token)
        conversation = found or self._conversations.open()
        conversation.easy = speaker.easy
        return conversation, bool(speaker.token) and not found

    def _decide(self, conversation: Conversation, speaker: Speaker, message: str | None = None) -> Decision:
        chosen = speaker.language or conversation.chosen_language
        return self._decider.decide(message, chosen, conversation.language, speaker.accept_language)

    def _remember_language(self, conversation: Conversation, chosen: str | None, decided: str) -> Language:
        conversation.chosen_language = self._decider.ours(chosen) or conversation.chosen_language
        conversation.language = decided
        return self._catalog.language(decided)

    def _carry_out(self, turn: Turn, understood: Understanding) -> None:
        conversation, language = turn.conversation, turn.language
        understood = _in_context(understood, conversation)
        if understood.topics == ("start_over",):
            conversation.leave_guide()
            understood = replace(understood, question=None, answers=None, left=False)
        turn.outcome = understood.outcome
        nearest = [topic for topic in understood.nearest if topic in self._catalog.topics]
        if understood.outcome == "answered":
            conversation.misses = 0
            easy = conversation.easy or understood.topics[0] == SIMPLER
            turn.replies = [
                self._renderer.answer(topic, language, understood.facts, easy and topic != SIMPLER)
                for topic in understood.topics
            ]
            self._after_answer(turn, understood.topics, nearest)
        elif understood.outcome == "guide":
            conversation.misses = 0
        else:
            conversation.misses += 1
            self._ask_back(turn, understood, nearest)
        conversation.nearest = tuple(nearest)
        conversation.offered = tuple(turn.alternatives)
        # What the guide took for an answer of its own was no call for help.
        if understood.safety_note in self._catalog.topics and understood.outcome != "guide":
            note = self._renderer.notice("safety_note", language)
            turn.replies.append(replace(note, topic=understood.safety_note))
        if len(understood.topics) > 1 and understood.topics[0] not in ("repeat", SIMPLER, CHANGE_LANGUAGE):
            turn.notices.append("two_questions")
        self._go_on_with_guide(turn, understood)

    def _ask_back(self, turn: Turn, understood: Understanding, nearest: list[str]) -> None:
        """Offer what may have been meant, taken from `nearest`; a person too after several misses in a row."""
        often = turn.conversation.misses >= MISSES_BEFORE_PERSON
        plausible = understood.outcome == "clarify" and len(nearest) > 1
        if plausible or often:
            choices = [topic for topic in understood.choices if topic in self._catalog.topics]
            # Whoever may be in danger finds help first.
            turn.alternatives = sorted(choices or nearest[:ALTERNATIVES], key=self._is_not_urgent)
            nearest[:] = [topic for topic in nearest if topic not in turn.alternatives]
        person = ["talk_to_human"] * often
        if plausible:
            turn.replies = [self._renderer.notice("clarify", turn.language)]
            if CITY_TOPIC in turn.alternatives:
                note = replace(self._renderer.notice(CITY_NOTE, turn.language), topic=CITY_TOPIC)
                # Money is not the first thing to say to somebody who may be in danger.
                turn.replies.insert(0 if self._is_not_urgent(turn.alternatives[0]) else 1, note)
            self._offer(turn, dict.fromkeys([*turn.alternatives, NOT_MEANT, *person]))
        else:
            turn.outcome = "not_understood"
            notice = "not_understood_again" if often else "not_understood"
            turn.replies = [self._renderer.notice(notice, turn.language)]
            self._offer(turn, dict.fromkeys([*turn.alternatives, *person, *self._main_topics()]))

    def _go_on_with_guide(self, turn: Turn, understood: Understanding) -> None:
        """Say the guide's next question or its outcome, after the answer that started or interrupted it."""
        conversation, language = turn.conversation, turn.language
        conversation.question = understood.question
        if understood.question:
            turn.replies.append(self._renderer.guide_question(understood.question, language))
            if turn.outcome == "answered" and understood.topics == (GUIDE_TOPIC,):
                turn.outcome = "guide"
            chosen = [*self._catalog.guide.options(understood.question), BACK, LEAVE]
            first = next(iter(self._catalog.guide.questions)) == understood.question
            targets = [f"{GUIDE_TARGET}{understood.question}:{one}" for one in chosen if not (first and one == BACK)]
            # Choices in doubt stay before those of the guide.
            turn.buttons = [*(turn.buttons if turn.alternatives else []), *self._buttons(turn, targets)]
        elif understood.answers is not None:
            turn.replies.append(self._renderer.guide_outcome(understood.answers, language))
            pointers = self._catalog.guide.outcome(understood.answers).against
            instead = [pointer.instead for pointer in pointers if pointer.instead]
            rules = [pointer.topic for pointer in pointers] or [GUIDE_RULES, "apply_how"]
            self._offer(turn, list(dict.fromkeys([*instead, *rules, "contact_migrationsverket"]))[:NEXT])
            conversation.topic = GUIDE_TOPIC
        elif understood.left:
            turn.replies.append(self._renderer.notice("guide_left", language))
            self._offer(turn, [GUIDE_TOPIC, GUIDE_RULES, "contact_migrationsverket"])

    def _offer(self, turn: Turn, targets: Iterable[str]) -> None:
        turn.buttons = self._buttons(turn, targets)

    def _buttons(self, turn: Turn, targets: Iterable[str]) -> list[Button]:
        return [
            Button(id, self._title(target, turn.language), self._topic(target))
            for id, target in turn.conversation.offer(targets)
        ]

    @staticmethod
    def _topic(target: str) -> str:
        return GUIDE_TOPIC if target.startswith(GUIDE_TARGET) else target

    def _title(self, target: str, language: Language) -> str:
        if not target.startswith(GUIDE_TARGET):
            return language.titles[target]
        question, option = target.removeprefix(GUIDE_TARGET).split(":")
        return language.guide.options[question].get(option) or self._renderer.ui(f"guide_{option}", language)

    def _after_answer(self, turn: Turn, topics: tuple[str, ...], nearest: list[str]) -> None:
        conversation = turn.conversation
        answered = self._catalog.topics[topics[-1]]
        if topics[0] == NOT_MEANT:
            # The topics that came nearest to the message before, without the one that was wrong.
            nearest[:] = [id for id in conversation.nearest if id != conversation.topic]
            turn.alternatives = nearest[:ALTERNATIVES]
            others = [id for id in self._main_topics() if id != conversation.topic]
            self._offer(turn, turn.alternatives or others)
            del nearest[:ALTERNATIVES]
            return
        following = answered.next[:NEXT] or self._main_topics()
        self._offer(turn, [*following, *[NOT_MEANT] * bool(answered.facts)])
        if answered.facts and answered.id != SIMPLER:
            conversation.topic = answered.id
        elif answered.id == "start_over":
            conversation.topic = None

    def _without_rasa(self, turn: Turn, message: str, written: str) -> None:
        turn.outcome = "unavailable"
        turn.replies = [self._renderer.notice("unavailable", turn.language)]
        turn.alternatives = self._searches[written].find(message, ALTERNATIVES)
        self._offer(turn, turn.alternatives or self._main_topics())
        turn.conversation.nearest, turn.conversation.offered = (), tuple(turn.alternatives)

    def _is_not_urgent(self, topic: str) -> bool:
        return self._catalog.topics[topic].group != "safety"

    def _main_topics(self) -> list[str]:
        return [topics[0].id for _, topics in self._catalog.menu()]


def _context(conversation: Conversation, language: str) -> Context:
    """Return what Rasa is told of a conversation."""
    return Context(conversation.sender, language, conversation.topic, answered=conversation.misses == 0)


def _in_context(understood: Understanding, conversation: Conversation) -> Understanding:
    """Return what a message means after the turn before: yes or no to choices, an answer again in another language."""
    asked = understood.topics
    if asked == ("affirm",) and conversation.offered:
        # Yes to several choices.
        return _choices_again(understood, conversation)
    if asked == ("deny",) and conversation.offered:
        return replace(understood, topics=(NOT_MEANT,))
    if asked == (CHANGE_LANGUAGE,) and conversation.topic:
        return replace(understood, topics=(CHANGE_LANGUAGE, conversation.topic))
    return understood


def _choices_again(understood: Understanding, conversation: Conversation) -> Understanding:
    """Return what shows the choices of the turn before once more."""
    nearest = tuple(dict.fromkeys((*conversation.offered, *conversation.nearest)))
    return replace(understood, outcome="clarify", topics=(), nearest=nearest, choices=conversation.offered)


def _without_guesses(understood: Understanding) -> Understanding:
    outcome = "not_understood" if understood.outcome == "clarify" else understood.outcome
    return replace(understood, outcome=outcome, safety_note=None)
