"""The fact store: standings, changes, pages, checks, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fact_standings",
        sa.Column("fact", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text),
        sa.Column("base", sa.Text),
        sa.Column("checked_at", UtcDateTime),
        sa.Column("moved_at", UtcDateTime),
        sa.Column("withheld", sa.Boolean, nullable=False),
        sa.Column("doubted", sa.Boolean, nullable=False),
        sa.Column("page_hash", sa.String(64)),
        sa.Column("pending", sa.Text),
        sa.Column("superseded", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("since", sa.Date),
        sa.Column("recorded_value", sa.Text),
        sa.Column("recorded_state", sa.String(16), nullable=False),
    )
    op.create_table(
        "fact_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("fact", sa.String(64), nullable=False, index=True),
        sa.Column("old_value", sa.Text),
        sa.Column("new_value", sa.Text),
        sa.Column("old_state", sa.String(16)),
        sa.Column("new_state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "fact_pages",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("fetched_at", UtcDateTime),
        sa.Column("url", sa.Text),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("hash", sa.String(64)),
        sa.Column("page", sa.Text),
    )
    op.create_table(
        "fact_checks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(64), nullable=False, index=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("hash", sa.String(64)),
        sa.Column("readings", sa.Text, nullable=False),
    )
    op.create_table(
        "fact_leases",
        sa.Column("site", sa.String(255), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables and what stands in them."""
    for table in ("fact_leases", "fact_checks", "fact_pages", "fact_changes", "fact_standings"):
        op.drop_table(table)
