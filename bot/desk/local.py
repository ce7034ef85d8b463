"""The administrator of a first run on one's own machine: no account, only passwords on the terminal, each good once."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from bot.desk.people import LOCAL, Person

ADMINISTRATOR = Person(LOCAL, "Lokal administratör", frozenset({"admin"}))


class LocalAdministrator:
    """Says a password, and lets in whoever gives it back. Every password is used once; then the next one is said."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()
        self._hash: str | None = None

    def renew(self) -> None:
        """Say a new password. The one before is good no longer."""
        password = secrets.token_urlsafe(12)
        self._hash = self._hasher.hash(password)
        self._say(f"Password for signing in once at /desk: {password}")

    def check(self, password: str) -> Person | None:
        """Return the administrator if this is the password."""
        with self._lock:
            try:
                if self._hash is None or not self._hasher.verify(self._hash, password):
                    return None
            except Argon2Error:
                return None
            self.renew()
            return ADMINISTRATOR
