"""The escrow of tips, and the key that a renewal set aside.

Revision: 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("staff_member", sa.Column("former_key", sa.LargeBinary(), nullable=True))
    op.create_table(
        "tip_escrow",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_escrow")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tip_escrow_share",
        sa.Column("escrow_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["escrow_id"], ["tip_escrow.id"], name=op.f("fk_tip_escrow_share_escrow_id_tip_escrow"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("escrow_id", "number", name=op.f("pk_tip_escrow_share")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tip_escrow_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.String(length=32), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_escrow_request")),
        sa.UniqueConstraint("slot", name=op.f("uq_tip_escrow_request_slot")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("tip_escrow_request")
    op.drop_table("tip_escrow_share")
    op.drop_table("tip_escrow")
    op.drop_column("staff_member", "former_key")
