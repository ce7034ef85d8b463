"""The tables of the desk's foundation."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from bot.database import METADATA, UtcDateTime

# Whoever has signed in, in which roles, and when last.
PEOPLE = Table(
    "desk_people",
    METADATA,
    Column("subject", String(255), primary_key=True),
    Column("name", Text, nullable=False),
    # Separated by spaces.
    Column("roles", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# Who is signed in now. Of a token only its hash is kept.
SESSIONS = Table(
    "desk_sessions",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("subject", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

# Everything that a person did, each row bound to the one before by its hash. Rows are only added.
AUDIT = Table(
    "desk_audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("person", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    # JSON; null: nothing was there.
    Column("before", Text),
    Column("after", Text),
    Column("reason", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# Amounts that an editor proposed, one of a fact at a time, until another editor accepts or declines.
PROPOSALS = Table(
    "desk_proposals",
    METADATA,
    Column("fact", String(64), primary_key=True),
    # JSON, by the fact's type; `shown` is the value that it is to replace.
    Column("value", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("person", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What is told on every public page until its end.
NOTICES = Table(
    "service_notices",
    METADATA,
    Column("id", String(32), primary_key=True),
    # JSON {language: text}
    Column("texts", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What is switched off: free_text, chat, topic:<id>, language:<code>.
SWITCHES = Table(
    "service_switches",
    METADATA,
    Column("part", String(80), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
