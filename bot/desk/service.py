"""The state of the service: what is told on every public page, and what is switched off."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.database import is_absent, reading, writing
from bot.desk.audit import Audit
from bot.desk.people import Person
from bot.desk.tables import NOTICES, SWITCHES
from bot.facts.book import REFRESH_SECONDS, Clock
from bot.follower import Follower

FREE_TEXT, CHAT = "free_text", "chat"


def topic_part(topic: str) -> str:
    """Return the name of a topic as a part that can be switched off."""
    return f"topic:{topic}"


def language_part(code: str) -> str:
    """Return the name of a language as a part that can be switched off."""
    return f"language:{code}"


@dataclass(frozen=True)
class Notice:
    """What is told until its end: `texts` by language."""

    id: str
    texts: Mapping[str, str]
    until: datetime
    name: str
    at: datetime


@dataclass(frozen=True)
class Switch:
    """A part that is switched off, by whom, when and why."""

    part: str
    reason: str
    name: str
    at: datetime


@dataclass(frozen=True)
class ServiceState:
    """The notices, oldest first, and the parts that are off."""

    notices: tuple[Notice, ...] = ()
    switches: tuple[Switch, ...] = ()

    def is_off(self, part: str) -> bool:
        """Return whether a part is switched off."""
        return any(switch.part == part for switch in self.switches)


class ServiceStore:
    """Reads the state of the service, and changes it. Whoever changes it gives a reason; ValueError without one."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine = engine
        self._audit = audit

    def read(self) -> ServiceState:
        """Return the state now."""
        if is_absent(self._engine):
            return ServiceState()
        with reading(self._engine) as connection:
            notices = connection.execute(select(NOTICES).order_by(NOTICES.c.at)).mappings().all()
            switches = connection.execute(select(SWITCHES).order_by(SWITCHES.c.at)).mappings().all()
        return ServiceState(
            tuple(Notice(**{**row, "texts": json.loads(row["texts"])}) for row in notices),
            tuple(Switch(**row) for row in switches),
        )

    def tell(self, person: Person, texts: Mapping[str, str], until: datetime, reason: str, now: datetime) -> None:
        """Tell something until `until`. Notices that are over are forgotten."""
        id = secrets.token_hex(8)
        told = {"texts": dict(texts), "until": until.isoformat()}
        row = {"texts": json.dumps(told["texts"], ensure_ascii=False), "until": until, "name": person.name, "at": now}
        with writing(self._engine) as connection:
            connection.execute(delete(NOTICES).where(NOTICES.c.until <= now))
            connection.execute(insert(NOTICES).values(id=id, **row))
            self._audit.record(connection, person, "notice.tell", id, None, told, reason, now)

    def untell(self, person: Person, id: str, reason: str, now: datetime) -> None:
        """Take a notice away before its end. Nothing happens if it is gone."""
        with writing(self._engine) as connection:
            row = connection.execute(select(NOTICES).where(NOTICES.c.id == id)).mappings().first()
            if row is None:
                return
            before = {"texts": json.loads(row["texts"]), "until": row["until"].isoformat()}
            connection.execute(delete(NOTICES).where(NOTICES.c.id == id))
            self._audit.record(connection, person, "notice.untell", id, before, None, reason, now)

    def switch_off(self, person: Person, part: str, reason: str, now: datetime) -> None:
        """Switch a part off. Nothing happens if it is off."""
        row = {"part": part, "reason": reason.strip(), "name": person.name, "at": now}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(SWITCHES).values(**row))
                self._audit.record(connection, person, "switch.off", part, "on", "off", reason, now)
        except IntegrityError:
            return

    def switch_on(self, person: Person, part: str, reason: str, now: datetime) -> None:
        """Switch a part on again. Nothing happens if it is on."""
        with writing(self._engine) as connection:
            switched = connection.execute(delete(SWITCHES).where(SWITCHES.c.part == part))
            if switched.rowcount:
                self._audit.record(connection, person, "switch.on", part, "off", "on", reason, now)


class ServiceBook:
    """Holds the state of the service in memory. Readers never wait: a thread follows the store, if there is one."""

    def __init__(self, store: ServiceStore | None, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._state = ServiceState()
        self._follower = Follower(self._read, REFRESH_SECONDS, "service", "The state of the service cannot be read")

    @property
    def notices(self) -> list[Notice]:
        """What is told now."""
        now = self._clock()
        return [notice for notice in self._state.notices if notice.until > now]

    def is_off(self, part: str) -> bool:
        """Return whether a part is switched off now."""
        return self._state.is_off(part)

    def refresh(self) -> None:
        """Read the store now. If it cannot be read, what was read last stays."""
        if self._store is not None:
            self._follower.act()

    def start(self) -> None:
        """Read the store, and go on following it."""
        self.refresh()
        if self._store is not None:
            self._follower.start()

    def stop(self) -> None:
        """Stop following the store."""
        self._follower.stop()

    def _read(self) -> None:
        assert self._store is not None
        self._state = self._store.read()
