"""Trials: a campaign's second text, and what decides between the two.

Revision: 0013b, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013b"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("campaign", sa.Column("metric", sa.String(length=10), nullable=True))
    op.add_column("campaign_text", sa.Column("second", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("campaign_text", "second")
    op.drop_column("campaign", "metric")
