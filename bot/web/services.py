"""Everything the routes need, put together in one place."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx
from fastapi import Request

from bot.catalog import Catalog, Language
from bot.desk.audit import Audit
from bot.desk.counts import CountStore, Tally
from bot.desk.questions import QuestionStore
from bot.desk.service import CHAT, FREE_TEXT, ServiceBook, ServiceStore, language_part, topic_part
from bot.facts.book import Clock, FactBook
from bot.facts.kinds import dial
from bot.facts.store import FactStore
from bot.language import LanguageDecider
from bot.personal_data import Masker
from bot.render import Renderer
from bot.search import Search
from bot.web.conversations import Conversations
from bot.web.dialogue import Dialogue, Speaker, Turn
from bot.web.keeping import Keeping
from bot.web.limits import Limiter
from bot.web.metrics import Metrics
from bot.web.problems import ProblemError, Problems
from bot.web.rasa import Rasa
from bot.web.schemas import MessageIn, QuestionIn
from bot.web.settings import Settings

# What is said when a part is switched off, the most important first.
_TOLD_OFF = {CHAT: "chat_off", FREE_TEXT: "free_text_off"}


@dataclass(frozen=True)
class Told:
    """What every page tells, as plain text; the fields are those of the public API."""

    text: str
    lang: str
    dir: str


@dataclass(frozen=True)
class Services:
    """The parts of the gateway, alive as long as the process.

    Without a store nothing is counted for the desk, and no question is kept. `asks_consent`: people are asked whether
    one may be.
    """

    catalog: Catalog
    book: FactBook
    store: FactStore | None
    service: ServiceBook
    renderer: Renderer
    rasa: Rasa
    conversations: Conversations
    dialogue: Dialogue
    decider: LanguageDecider
    masker: Masker
    searches: dict[str, Search]
    limiter: Limiter
    metrics: Metrics
    problems: Problems
    tally: Tally | None
    keeping: Keeping | None
    asks_consent: bool

    def start(self) -> None:
        """Begin what goes on beside the requests: counts are written, questions past their time deleted.

        What is switched off is followed too.
        """
        self.service.start()
        if self.tally:
            self.tally.start()
        if self.keeping:
            self.keeping.start()

    def stop(self) -> None:
        """End that; what was counted is written."""
        if self.keeping:
            self.keeping.stop()
        if self.tally:
            self.tally.stop()
        self.service.stop()

    def client(self, request: Request) -> str | None:
        """Return the address that counts for rate limits; uvicorn has believed trusted proxies only."""
        return request.client.host if request.client else None

    def language(self, tag: str | None) -> Language:
        """Return the language that a BCP 47 tag means; Swedish for one that we lack, or that is switched off."""
        return self.catalog.language(self.decider.ours(tag))

    def told(self, language: Language) -> list[Told]:
        """Return what every page tells in `language`, or in Swedish where a notice is not in it."""
        off = next((key for part, key in _TOLD_OFF.items() if self.service.is_off(part)), None)
        told = [Told(self.renderer.ui(off, language), language.code, language.direction)] if off else []
        for notice in self.service.notices:
            spoken = language if language.code in notice.texts else self.catalog.language(None)
            told.append(Told(notice.texts[spoken.code], spoken.code, spoken.direction))
        return told

    @property
    def languages(self) -> list[Language]:
        """The languages that are not switched off."""
        return [language for code, language in self.catalog.languages.items() if self.decider.ours(code)]

    def reader_language(self, chosen: str | None, token: str | None, accept_language: str | None) -> Language:
        """Return the language of a reader who has written nothing that tells it."""
        conversation = self.conversations.find(token)
        spoken = conversation.language if conversation else None
        return self.catalog.language(self.decider.decide(None, chosen, spoken, accept_language).language)

    async def turn(self, message: MessageIn, request: Request, accept_language: str | None) -> Turn:
        """Carry out one message within the rate limits, and count it. Raises ProblemError."""
        started = time.perf_counter()
        speaker = Speaker(message.conversation or None, message.language or None, accept_language, message.easy)
        try:
            self.limiter.check(self.client(request), message.conversation)
            if message.button is not None:
                turn = await self.dialogue.press(message.button, speaker)
            else:
                turn = await self.dialogue.say(message.text or "", speaker)
        except ProblemError as error:
            error.language = self.reader_language(message.language, message.conversation, accept_language)
            raise
        self._count_turn(turn)
        self.metrics.seconds.observe(time.perf_counter() - started)
        self.metrics.conversations.set(len(self.conversations))
        return turn

    def count_feedback(self, topic: str, language: str, helpful: bool, reason: str | None) -> None:
        """Count whether an answer helped. Raises ProblemError for a topic or language that is none."""
        if topic not in self.catalog.topics or language not in self.catalog.languages:
            raise ProblemError("invalid")
        self.metrics.feedback.labels(language, topic, str(helpful).lower(), reason or "").inc()
        if self.tally:
            self.tally.count("feedback", language, topic, "yes" if helpful else reason or "no")

    async def keep(self, question: QuestionIn, request: Request) -> None:
        """Keep a question that its author lets the City keep, within the rate limits. Raises ProblemError."""
        self.limiter.check(self.client(request), question.conversation)
        if not self.keeping or not self.asks_consent or question.language not in self.catalog.languages:
            raise ProblemError("invalid")
        await self.keeping.keep(question.conversation, question.text, question.language, question.reason)

    async def erase(self, token: str) -> None:
        """Forget a conversation, and what was kept of it. Raises ProblemError when that cannot be erased now."""
        if self.keeping:
            await self.keeping.erase(token)
        else:
            self.conversations.erase(token)

    def _count_turn(self, turn: Turn) -> None:
        language, topic = turn.language.code, turn.replies[0].topic or ""
        self.metrics.messages.labels(language, turn.outcome, topic).inc()
        if self.tally is None:
            return
        self.tally.count("turn", language, topic, turn.outcome)
        if not turn.conversation.counted:
            turn.conversation.counted = True
            self.tally.count("conversation", language)


def make_services(
    settings: Settings,
    catalog: Catalog,
    client: httpx.AsyncClient,
    book: FactBook,
    store: FactStore | None,
    clock: Clock,
) -> Services:
    """Wire the gateway. `client` talks to Rasa; `book` and `store` tell how the facts stand, and `clock` the time."""
    service = ServiceBook(ServiceStore(store.engine, Audit(store.engine)) if store else None, clock)
    renderer = Renderer(catalog, book, lambda topic: service.is_off(topic_part(topic)))
    rasa = Rasa(client, catalog.topics, catalog.guide.questions)
    conversations = Conversations(settings.conversation_idle, settings.conversation_longest, settings.conversations_max)
    values = ((fact.type, fact.value or fact.candidate) for fact in catalog.ledger.facts.values())
    phones = [dial(value) for kind, value in values if kind == "phone" and value]
    # Nobody looks for small talk, nor for what is outside.
    informing = {topic.id for topic in catalog.topics.values() if topic.facts}
    searches = {code: Search(language, informing) for code, language in catalog.languages.items()}
    decider = LanguageDecider(catalog.languages, lambda code: service.is_off(language_part(code)), catalog.lacking)
    masker, max_chars = Masker(phones), settings.message_max_chars
    dialogue = Dialogue(catalog, renderer, rasa, conversations, masker, decider, searches, max_chars, service.is_off)
    limiter = Limiter(settings.client_rate, settings.conversation_rate)
    keeping = None
    if store:
        questions = QuestionStore(store.engine, settings.questions_days)
        keeping = Keeping(questions, conversations, masker, max_chars, clock)
    return Services(
        catalog,
        book,
        store,
        service,
        renderer,
        rasa,
        conversations,
        dialogue,
        decider,
        masker,
        searches,
        limiter,
        Metrics(),
        Problems(renderer, max_chars),
        Tally(CountStore(store.engine), clock) if store else None,
        keeping,
        bool(keeping and settings.questions_days),
    )
