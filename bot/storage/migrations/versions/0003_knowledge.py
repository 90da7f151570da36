"""Articles that officers write, vectors of passages, questions that nobody could answer.

Revision: 0003, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "article",
        sa.Column("slug", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_article")),
    )
    op.create_table(
        "article_version",
        sa.Column("slug", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=48), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["article.slug"], name=op.f("fk_article_version_slug_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", "version", name=op.f("pk_article_version")),
    )
    op.create_table(
        "article_text",
        sa.Column("slug", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slug", "version"],
            ["article_version.slug", "article_version.version"],
            name=op.f("fk_article_text_slug_version_article_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", "version", "language", name=op.f("pk_article_text")),
    )
    op.create_table(
        "article_deed",
        sa.Column("slug", sa.String(length=48), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["article.slug"], name=op.f("fk_article_deed_slug_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", "number", name=op.f("pk_article_deed")),
    )
    op.create_table(
        "knowledge_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_revision")),
    )
    op.create_table(
        "passage_vector",
        sa.Column("encoder", sa.String(length=120), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "hash", name=op.f("pk_passage_vector")),
    )
    op.create_table(
        "unanswered_question",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered_question")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_unanswered_question_asked_on"), "unanswered_question", ["asked_on"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_unanswered_question_asked_on"), table_name="unanswered_question")
    for table in (
        "unanswered_question",
        "passage_vector",
        "knowledge_revision",
        "article_deed",
        "article_text",
        "article_version",
        "article",
    ):
        op.drop_table(table)
