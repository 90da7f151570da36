"""Single dates of a campaign that repeats are moved or left out; the ledger keeps their original date as the key.

Revision: 0022, after 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "campaign_date_change",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("original", sa.String(length=16), nullable=False),
        sa.Column("reach", sa.String(length=10), nullable=False),
        sa.Column("moved_to", sa.String(length=16), nullable=True),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_date_change_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "original", "reach", name=op.f("pk_campaign_date_change")),
    )
    op.add_column("occurrence", sa.Column("moved_to", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("occurrence", "moved_to")
    op.drop_table("campaign_date_change")
