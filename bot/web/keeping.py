"""Questions that people let the City keep: each with their consent, masked once more, within some days."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.desk.questions import QuestionStore, QueueFullError
from bot.facts.book import Clock
from bot.personal_data import Masker
from bot.text import clean
from bot.web.conversations import Conversations
from bot.web.problems import ProblemError

# How often questions past their time are deleted; nobody sees them before that either.
_SWEEP_SECONDS = 3600
_log = logging.getLogger(__name__)


class Keeping:
    """Keeps single questions of conversations. A question is never logged, whatever fails."""

    def __init__(
        self, store: QuestionStore, conversations: Conversations, masker: Masker, max_chars: int, clock: Clock
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._masker = masker
        self._max_chars = max_chars
        self._clock = clock
        self._sweeping: asyncio.Task[None] | None = None

    def as_kept(self, text: str) -> str:
        """Return a message as it would be kept, with personal data masked."""
        return self._masker.mask(clean(text))[0]

    async def keep(self, token: str, text: str, language: str, reason: str) -> None:
        """Keep a question of a conversation. Raises ProblemError when it is none, or cannot be kept."""
        conversation = self._conversations.find(token)
        if len(text) > self._max_chars:
            raise ProblemError("too_long")
        message = self.as_kept(text)
        if conversation is None or not message:
            raise ProblemError("invalid")
        async with conversation.lock:
            # It may have been erased while this waited: nobody could erase the question any more.
            if self._conversations.find(token) is None:
                raise ProblemError("invalid")
            try:
                id = await run_in_threadpool(self._store.keep, message, language, reason, self._clock())
            except (SQLAlchemyError, QueueFullError):
                raise ProblemError("not_kept") from None
            conversation.kept.append(id)

    async def erase(self, token: str) -> None:
        """Forget a conversation, and delete what was kept of it. Raises ProblemError when that cannot be done now."""
        conversation = self._conversations.find(token)
        if conversation is None:
            return
        # What is being kept is kept first, and then deleted with the rest.
        async with conversation.lock:
            if conversation.kept:
                try:
                    await run_in_threadpool(self._store.erase, conversation.kept)
                except SQLAlchemyError:
                    raise ProblemError("not_kept") from None
            self._conversations.erase(token)

    def start(self) -> None:
        """Delete what is past its time, now and again and again."""
        self._sweeping = asyncio.create_task(self._sweep())

    def stop(self) -> None:
        """Delete no more."""
        if self._sweeping:
            self._sweeping.cancel()

    async def _sweep(self) -> None:
        while True:
            try:
                await run_in_threadpool(self._store.delete_old, self._clock())
            except SQLAlchemyError as error:
                _log.error("Old questions cannot be deleted: %s", type(error).__name__)
            await asyncio.sleep(_SWEEP_SECONDS)
