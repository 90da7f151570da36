"""Results of campaigns by group of people, in sums.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("occurrence", sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "campaign_group_count",
        sa.Column("occurrence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dimension", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_campaign_group_count_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "dimension", "key", "event", name=op.f("pk_campaign_group_count")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back. The counts are lost."""
    op.drop_table("campaign_group_count")
    op.drop_column("occurrence", "counted_at")
