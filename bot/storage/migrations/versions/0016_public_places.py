"""Public places, and the ledger of what is posted in them.

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("state IN ('pending', 'sending')")


def upgrade() -> None:
    """Forward."""
    op.add_column("campaign", sa.Column("places", sa.Text(), nullable=False, server_default="[]"))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "place",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("username", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stood_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("chat", name=op.f("uq_place_chat")),
    )
    _create_post(number)


def _create_post(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "post",
        sa.Column("occurrence_id", number, autoincrement=False, nullable=False),
        sa.Column("place_id", number, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("chat", sa.String(length=32), nullable=True),
        sa.Column("messages", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("link", sa.String(length=120), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_post_occurrence_id_occurrence"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_post_place_id_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occurrence_id", "place_id", name=op.f("pk_post")),
    )
    op.create_index("ix_post_under_way", "post", ["state", "not_before"], sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY)
    op.create_index(op.f("ix_post_place_id"), "post", ["place_id"])


def downgrade() -> None:
    """Back. What was posted stays where it is."""
    op.drop_table("post")
    op.drop_table("place")
    op.drop_column("campaign", "places")
