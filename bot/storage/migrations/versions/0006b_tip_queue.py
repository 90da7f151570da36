"""Indexes behind each filter of the queue of tips, and saved views.

Revision: 0006b, after 0006.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006b"
down_revision = "0006"
branch_labels = None
depends_on = None

_ORDER = ["urgent", "created_at", "id"]
_WAITS = sa.text("waiting_since IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    op.create_index("ix_tip_queue_all", "tip", _ORDER, unique=False)
    for column in ("category", "district", "assignee"):
        op.create_index(f"ix_tip_queue_{column}", "tip", [column, *_ORDER], unique=False)
    for name, columns in (("unread", _ORDER), ("waiting", ["urgent", "waiting_since", "id"])):
        op.create_index(f"ix_tip_queue_{name}", "tip", columns, unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS)
    _place_labels()
    op.create_table(
        "tip_view",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_view")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_view_staff_id", "tip_view", ["staff_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("tip_view")
    for name in ("all", "category", "district", "assignee", "unread", "waiting"):
        op.drop_index(f"ix_tip_queue_{name}", table_name="tip")
    op.drop_index("ix_tip_label_queue", table_name="tip_label")
    op.create_index("ix_tip_label_code", "tip_label", ["code"], unique=False)
    op.drop_column("tip_label", "urgent")
    op.drop_column("tip_label", "created_at")


def _place_labels() -> None:
    """Give labels their tip's place in the queue. SQLite changes a column to NOT NULL only by copying the table."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("urgent", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
    )
    for column in columns:
        op.add_column("tip_label", column)
        op.execute(f"UPDATE tip_label SET {column.name} = (SELECT {column.name} FROM tip WHERE tip.id = tip_label.tip_id)")  # noqa: S608
    op.drop_index("ix_tip_label_code", table_name="tip_label")
    with op.batch_alter_table("tip_label", table_kwargs={"sqlite_with_rowid": False}) as table:
        for column in columns:
            table.alter_column(column.name, existing_type=column.type, nullable=False)
    op.create_index("ix_tip_label_queue", "tip_label", ["code", "urgent", "created_at", "tip_id"], unique=False)
