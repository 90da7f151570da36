"""What moderators do with a tip among themselves: assignment, notes, labels, links, holds, deletions.

Revision: 0005b, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005b"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    for column in (
        sa.Column("assignee", sa.String(length=32), nullable=True),
        sa.Column("waiting_since", _MOMENT, nullable=True),
        sa.Column("first_answer_at", _MOMENT, nullable=True),
        sa.Column("hold_until", _MOMENT, nullable=True),
        sa.Column("hold_reason", sa.LargeBinary(), nullable=True),
        sa.Column("holds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deletion_asked_by", sa.String(length=32), nullable=True),
    ):
        op.add_column("tip", column)
    op.execute("UPDATE tip SET waiting_since = updated_at WHERE status = 'new'")
    op.create_table(
        "tip_note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _of_tip("tip_note", "tip_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_note")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_note_tip_id", "tip_note", ["tip_id"], unique=False)
    op.create_table(
        "tip_label",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _of_tip("tip_label", "tip_id"),
        sa.PrimaryKeyConstraint("tip_id", "code", name=op.f("pk_tip_label")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_label_code", "tip_label", ["code"], unique=False)
    op.create_table(
        "tip_likeness",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(length=8), nullable=False),
        _of_tip("tip_likeness", "tip_id"),
        sa.PrimaryKeyConstraint("tip_id", "band", name=op.f("pk_tip_likeness")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_likeness_band_value", "tip_likeness", ["band", "value"], unique=False)
    op.create_table(
        "tip_link",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        _of_tip("tip_link", "tip_id"),
        _of_tip("tip_link", "other_id"),
        sa.PrimaryKeyConstraint("tip_id", "other_id", name=op.f("pk_tip_link")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tip_deletion",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_deletion")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_deletion_deleted_on", "tip_deletion", ["deleted_on"], unique=False)


def downgrade() -> None:
    """Back."""
    for table in ("tip_deletion", "tip_link", "tip_likeness", "tip_label", "tip_note"):
        op.drop_table(table)
    for column in ("deletion_asked_by", "holds", "hold_reason", "hold_until", "first_answer_at", "waiting_since", "assignee"):
        op.drop_column("tip", column)


def _of_tip(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["tip.id"], name=op.f(f"fk_{table}_{column}_tip"), ondelete="CASCADE")
