"""Calling people for urgent tips: why a tip is urgent, who was called, the duty roster, and how members are reached.

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("tip", sa.Column("urgency", sa.String(length=80), server_default="", nullable=False))
    _tips()
    _staff()


def _tips() -> None:
    op.create_table(
        "tip_page",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("unstaffed", sa.Boolean(), nullable=False),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_page_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_tip_page")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tip_page_state_due_at", "tip_page", ["state", "due_at"])
    op.create_table(
        "tip_call",
        sa.Column("tip_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_call_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", "member_id", name=op.f("pk_tip_call")),
        sa.UniqueConstraint("token", name=op.f("uq_tip_call_token")),
        sqlite_with_rowid=False,
    )


def _staff() -> None:
    op.create_table(
        "staff_reach",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.Boolean(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_reach_member_id_staff_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_staff_reach")),
    )
    op.create_table(
        "staff_shift",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_shift_member_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_shift")),
    )


def downgrade() -> None:
    """Back."""
    for table in ("staff_shift", "staff_reach", "tip_call", "tip_page"):
        op.drop_table(table)
    with op.batch_alter_table("tip") as batch:
        batch.drop_column("urgency")
