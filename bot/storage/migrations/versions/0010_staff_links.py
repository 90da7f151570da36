"""A member's own chat, linked to the account.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "staff_link",
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("linked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("code_until", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["staff_member.id"], name=op.f("fk_staff_link_member_id_staff_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_staff_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_link_code_hash")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("staff_link")
