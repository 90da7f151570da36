"""Broadcasts in an emergency.

Revision: 0014, after 0013b.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "emergency",
        sa.Column("campaign_id", number, nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("blanks", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("follows", number, nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_emergency_campaign_id_campaign"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["follows"], ["campaign.id"], name=op.f("fk_emergency_follows_campaign"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_emergency")),
    )


def downgrade() -> None:
    """Back. What was sent is left as it stands in the ledger, without why."""
    op.drop_table("emergency")
