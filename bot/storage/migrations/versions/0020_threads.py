"""Threads: how a series goes on after an episode, and where each person stands in it.

Revision: 0020, after 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("campaign", sa.Column("onward", sa.Text(), nullable=True))
    op.create_table(
        "thread_walk",
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=True),
        sa.Column("next", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pseudonym", "topic"],
            ["subscription.pseudonym", "subscription.topic"],
            name=op.f("fk_thread_walk_pseudonym_topic_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pseudonym", "series", name=op.f("pk_thread_walk")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_thread_walk_series_due_at"), "thread_walk", ["series", "due_at"])
    op.create_index(op.f("ix_thread_walk_occurrence_id"), "thread_walk", ["occurrence_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("thread_walk")
    op.drop_column("campaign", "onward")
