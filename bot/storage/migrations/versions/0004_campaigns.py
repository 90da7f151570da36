"""What recipients wish, who paused a campaign, whom it is for.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("recipient", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recipient", sa.Column("evening", sa.Integer(), nullable=True))
    op.add_column("recipient", sa.Column("morning", sa.Integer(), nullable=True))
    op.add_column("recipient", sa.Column("age_band", sa.String(length=8), nullable=True))
    op.add_column("recipient", sa.Column("district", sa.String(length=32), nullable=True))
    op.add_column("campaign", sa.Column("paused_by", sa.String(length=64), nullable=True))
    op.add_column("campaign", sa.Column("audience", sa.Text(), server_default="{}", nullable=False))
    op.create_index(op.f("ix_occurrence_expires_at"), "occurrence", ["expires_at"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_occurrence_expires_at"), table_name="occurrence")
    for column in ("audience", "paused_by"):
        op.drop_column("campaign", column)
    for column in ("district", "age_band", "morning", "evening", "paused_until"):
        op.drop_column("recipient", column)
