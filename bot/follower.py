"""A thread that does the same every few seconds, whatever becomes of the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

_log = logging.getLogger(__name__)


class Follower:
    """Carries out `act` in a thread of its own. That the database fails is logged once, and tried again."""

    def __init__(self, act: Callable[[], None], every: float, name: str, failing: str) -> None:
        """`every`: seconds between two times; `name` is the thread's; `failing` says what cannot be done."""
        self._act = act
        self._every = every
        self._failing = failing
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=name, daemon=True)
        self.works = True

    def act(self) -> None:
        """Do it now. `works` tells afterwards whether the database let it."""
        try:
            self._act()
        except SQLAlchemyError as error:
            if self.works:
                _log.error("%s: %s", self._failing, type(error).__name__)
            self.works = False
        else:
            self.works = True

    def start(self) -> None:
        """Go on doing it."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, when what is being done is done."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        while not self._stop.wait(self._every):
            self.act()
