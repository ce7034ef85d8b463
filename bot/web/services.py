"""Everything the routes need, put together in one place."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx
from fastapi import Request

from bot.catalog import Catalog, Language
from bot.facts.book import FactBook
from bot.facts.kinds import dial
from bot.facts.store import FactStore
from bot.language import LanguageDecider
from bot.personal_data import Masker
from bot.render import Renderer
from bot.search import Search
from bot.web.conversations import Conversations
from bot.web.dialogue import Dialogue, Speaker, Turn
from bot.web.limits import Limiter
from bot.web.metrics import Metrics
from bot.web.problems import ProblemError, Problems
from bot.web.rasa import Rasa
from bot.web.schemas import MessageIn
from bot.web.settings import Settings


@dataclass(frozen=True)
class Services:
    """The parts of the gateway, alive as long as the process."""

    catalog: Catalog
    book: FactBook
    store: FactStore | None
    renderer: Renderer
    rasa: Rasa
    conversations: Conversations
    dialogue: Dialogue
    decider: LanguageDecider
    searches: dict[str, Search]
    limiter: Limiter
    metrics: Metrics
    problems: Problems

    def client(self, request: Request) -> str | None:
        """Return the address that counts for rate limits; uvicorn has believed trusted proxies only."""
        return request.client.host if request.client else None

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
        self.metrics.messages.labels(turn.language.code, turn.outcome, turn.replies[0].topic or "").inc()
        self.metrics.seconds.observe(time.perf_counter() - started)
        self.metrics.conversations.set(len(self.conversations))
        return turn

    def count_feedback(self, topic: str, language: str, helpful: bool, reason: str | None) -> None:
        """Count whether an answer helped. Raises ProblemError for a topic or language that is none."""
        if topic not in self.catalog.topics or language not in self.catalog.languages:
            raise ProblemError("invalid")
        self.metrics.feedback.labels(language, topic, str(helpful).lower(), reason or "").inc()


def make_services(
    settings: Settings, catalog: Catalog, client: httpx.AsyncClient, book: FactBook, store: FactStore | None
) -> Services:
    """Wire the gateway. `client` talks to Rasa; `book` and `store` tell how the facts stand."""
    renderer = Renderer(catalog, book)
    rasa = Rasa(client, catalog.topics, catalog.guide.questions)
    conversations = Conversations(settings.conversation_idle, settings.conversation_longest, settings.conversations_max)
    values = ((fact.type, fact.value or fact.candidate) for fact in catalog.ledger.facts.values())
    phones = [dial(value) for kind, value in values if kind == "phone" and value]
    # Nobody looks for small talk, nor for what is outside.
    informing = {topic.id for topic in catalog.topics.values() if topic.facts}
    searches = {code: Search(language, informing) for code, language in catalog.languages.items()}
    decider = LanguageDecider(catalog.languages)
    dialogue = Dialogue(
        catalog, renderer, rasa, conversations, Masker(phones), decider, searches, settings.message_max_chars
    )
    limiter = Limiter(settings.client_rate, settings.conversation_rate)
    problems = Problems(renderer, settings.message_max_chars)
    return Services(
        catalog, book, store, renderer, rasa, conversations, dialogue, decider, searches, limiter, Metrics(), problems
    )
