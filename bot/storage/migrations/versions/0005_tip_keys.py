"""Which key a tip is sealed to, and the city's recovery key.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("tip_grant", sa.Column("key_id", sa.String(length=16), server_default="", nullable=False))
    op.create_table(
        "tip_recovery_key",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_recovery_key")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("tip_recovery_key")
    op.drop_column("tip_grant", "key_id")
