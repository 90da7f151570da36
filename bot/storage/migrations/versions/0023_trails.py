"""Which messages of a chat belong to a tip, sealed, so that they can be deleted from the chat.

Revision: 0023, after 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "telegram_trail",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat", name=op.f("pk_telegram_trail")),
    )
    op.create_index(op.f("ix_telegram_trail_expires_at"), "telegram_trail", ["expires_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_telegram_trail_expires_at"), table_name="telegram_trail")
    op.drop_table("telegram_trail")
