"""People of the staff: what each role may do, and who has signed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.desk.tables import PEOPLE

# What each role implies.
ROLES: Mapping[str, frozenset[str]] = {
    "reader": frozenset({"reader"}),
    "editor": frozenset({"reader", "editor"}),
    "reviewer": frozenset({"reader", "reviewer"}),
    "admin": frozenset({"reader", "editor", "reviewer", "admin"}),
}
# Whoever has not signed in for so long does not count as somebody who could look at a proposal.
PRESENT_FOR = timedelta(days=30)
# The subject of the administrator without an account, who is nobody else to those with one, and is alone otherwise.
LOCAL = "local"


@dataclass(frozen=True)
class Person:
    """Somebody of the staff. `subject` is who they are to the sign-in service; what `roles` imply is not in them."""

    subject: str
    name: str
    roles: frozenset[str]

    def may(self, role: str) -> bool:
        """Return whether one of the person's roles implies `role`."""
        return any(role in ROLES[own] for own in self.roles)


def at_terminal(name: str) -> Person:
    """Return whoever runs a command: without a role at the desk, and in its audit trail all the same."""
    return Person(f"terminal:{name}", name, frozenset())


def known_roles(names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` that are roles here."""
    return frozenset(name for name in names if name in ROLES)


def note_sign_in(connection: Connection, person: Person, now: datetime) -> None:
    """Remember who signed in, and in which roles."""
    row = {"name": person.name, "roles": " ".join(sorted(person.roles)), "seen_at": now}
    known = connection.execute(update(PEOPLE).where(PEOPLE.c.subject == person.subject).values(**row))
    if not known.rowcount:
        connection.execute(insert(PEOPLE).values(subject=person.subject, **row))


def has_another(connection: Connection, person: Person, role: str, now: datetime) -> bool:
    """Return whether somebody else with `role` has signed in lately: somebody with an account."""
    absent = PEOPLE.c.subject.in_([person.subject, LOCAL])
    others = select(PEOPLE).where(~absent, PEOPLE.c.seen_at > now - PRESENT_FOR)
    rows = connection.execute(others).mappings()
    return any(Person(row["subject"], row["name"], known_roles(row["roles"].split())).may(role) for row in rows)
