"""Sessions of the staff, in the database: every process knows them, and signing out ends them everywhere."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.database import reading, writing
from bot.desk.people import Person, known_roles, note_sign_in
from bot.desk.tables import SESSIONS

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
# A session's use is written down at most this often.
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in; `csrf` stands in each of their forms."""

    person: Person
    csrf: str


class Sessions:
    """Begins, finds and ends sessions. A token is known to the browser alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, person: Person, now: datetime) -> str:
        """Sign `person` in, and return the token of the new session. Sessions that are over are forgotten."""
        token = secrets.token_urlsafe(32)
        row = {
            "hash": _hash(token),
            "subject": person.subject,
            "name": person.name,
            "roles": " ".join(sorted(person.roles)),
            "csrf": secrets.token_urlsafe(32),
            "began_at": now,
            "used_at": now,
        }
        over = (SESSIONS.c.used_at <= now - IDLE) | (SESSIONS.c.began_at <= now - LONGEST)
        with writing(self._engine) as connection:
            connection.execute(delete(SESSIONS).where(over))
            connection.execute(insert(SESSIONS).values(**row))
            note_sign_in(connection, person, now)
        return token

    def find(self, token: str, now: datetime, is_use: bool = True) -> Session | None:
        """Return the living session of `token`, or None. Without `is_use` it grows idle all the same."""
        mine = SESSIONS.c.hash == _hash(token)
        with reading(self._engine) as connection:
            row = connection.execute(select(SESSIONS).where(mine)).mappings().first()
        if row is None or now - row["used_at"] >= IDLE or now - row["began_at"] >= LONGEST:
            return None
        if is_use and now - row["used_at"] >= _USE_NOTED_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(SESSIONS).where(mine).values(used_at=now))
        return Session(Person(row["subject"], row["name"], known_roles(row["roles"].split())), row["csrf"])

    def end(self, token: str) -> None:
        """Sign out."""
        with writing(self._engine) as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == _hash(token)))

    def end_all(self, connection: Connection, subject: str) -> int:
        """Sign a person out everywhere, within a transaction, and return how many sessions that were."""
        return int(connection.execute(delete(SESSIONS).where(SESSIONS.c.subject == subject)).rowcount)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
