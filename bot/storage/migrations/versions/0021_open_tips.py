"""The queue finds open tips of one category by an index of their own.

Revision: 0021, after 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_COLUMNS = ["status", "category", "urgent", "created_at", "id"]
_OPEN = sa.text("status = 'new' OR status = 'in_review' OR status = 'waiting'")


def upgrade() -> None:
    """Forward."""
    op.create_index("ix_tip_queue_open", "tip", _COLUMNS, unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_tip_queue_open", table_name="tip")
