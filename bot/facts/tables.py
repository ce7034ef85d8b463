"""The tables of the fact store."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, Integer, String, Table, Text

from bot.database import METADATA, UtcDateTime

# How each fact stands, as far as checks and people have moved it away from the ledger.
STANDINGS = Table(
    "fact_standings",
    METADATA,
    Column("fact", String(64), primary_key=True),
    # JSON, by the fact's type; null: the ledger's own value.
    Column("value", Text),
    # The ledger's value when this was decided.
    Column("base", Text),
    Column("checked_at", UtcDateTime),
    Column("moved_at", UtcDateTime),
    Column("withheld", Boolean, nullable=False),
    Column("doubted", Boolean, nullable=False),
    # Hash of the source's page when the fact was last confirmed or first seen there.
    Column("page_hash", String(64)),
    # What the source said otherwise, as JSON {verdict, values, since}; null: nothing.
    Column("pending", Text),
    # Values that people have replaced, as JSON: a page that still says them is an old page.
    Column("superseded", Text, nullable=False),
    Column("before", Text),
    Column("since", Date),
    # Value and state as they were last written into the history.
    Column("recorded_value", Text),
    Column("recorded_state", String(16), nullable=False),
)

# Every change of a fact's value or state.
CHANGES = Table(
    "fact_changes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("fact", String(64), nullable=False, index=True),
    Column("old_value", Text),
    Column("new_value", Text),
    Column("old_state", String(16)),
    Column("new_state", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("cause", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
)

# The last page read from each source, and when it is due again.
PAGES = Table(
    "fact_pages",
    METADATA,
    Column("source", String(64), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("url", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("hash", String(64)),
    Column("page", Text),
    # The page before its words changed, and when that was last read.
    Column("previous", Text),
    Column("previous_at", UtcDateTime),
)

# Every attempt to read a source.
CHECKS = Table(
    "fact_checks",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("reason", Text),
    Column("url", Text),
    Column("hash", String(64)),
    # JSON {fact: {verdict, values}}
    Column("readings", Text, nullable=False),
)

# Who may fetch from a site until when, so that two watchers never ask the same site at once.
LEASES = Table(
    "fact_leases",
    METADATA,
    Column("site", String(255), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
