"""Rows of the audit trail are only added: the database refuses to change or delete one."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_REFUSAL = "rows of desk_audit are only added"
# SQLite replaces a row without asking the trigger on deletes: whatever is added must be new.
_SQLITE = {
    "desk_audit_update": "BEFORE UPDATE ON desk_audit",
    "desk_audit_delete": "BEFORE DELETE ON desk_audit",
    "desk_audit_replace": "BEFORE INSERT ON desk_audit WHEN EXISTS (SELECT 1 FROM desk_audit WHERE id = NEW.id)",
}


def upgrade() -> None:
    """Guard the trail."""
    if op.get_bind().dialect.name == "sqlite":
        for name, moment in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {moment} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END")
        return
    op.execute(
        "CREATE FUNCTION desk_audit_refuse() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER desk_audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON desk_audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION desk_audit_refuse()"
    )


def downgrade() -> None:
    """Guard it no longer."""
    if op.get_bind().dialect.name == "sqlite":
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP TRIGGER desk_audit_guard ON desk_audit")
    op.execute("DROP FUNCTION desk_audit_refuse()")
