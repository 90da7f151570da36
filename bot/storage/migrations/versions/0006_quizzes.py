"""Quizzes of campaigns with their counts, sources, and the episodes of a series.

Revision: 0006, after 0005b.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("campaign", sa.Column("sources", sa.Text(), server_default="[]", nullable=False))
    op.add_column("campaign", sa.Column("right_answer", sa.Integer(), nullable=True))
    op.add_column("campaign", sa.Column("series", sa.String(length=16), nullable=True))
    op.add_column("campaign", sa.Column("episode", sa.Integer(), nullable=True))
    op.add_column("campaign_text", sa.Column("quiz", sa.Text(), nullable=True))
    op.create_table(
        "quiz_count",
        sa.Column("occurrence_id", _id(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_quiz_count_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "language", "answer", name=op.f("pk_quiz_count")),
    )
    op.create_table(
        "quiz_mark",
        sa.Column("occurrence_id", _id(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_quiz_mark_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "mark", name=op.f("pk_quiz_mark")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("quiz_mark")
    op.drop_table("quiz_count")
    op.drop_column("campaign_text", "quiz")
    for column in ("episode", "series", "right_answer", "sources"):
        op.drop_column("campaign", column)


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
