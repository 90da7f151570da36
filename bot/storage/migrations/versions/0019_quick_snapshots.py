"""Deliveries without a foreign key to their occurrence: checking it a million times was a third of a snapshot.

Revision: 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = "fk_delivery_occurrence_id_occurrence"
_NO_ROW_NUMBERS = {"sqlite_with_rowid": False}
"""SQLite makes the table anew, and does not tell by itself that it had none."""


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("delivery", table_kwargs=_NO_ROW_NUMBERS) as table:
        table.drop_constraint(_KEY, type_="foreignkey")


def downgrade() -> None:
    """Back. Deliveries of nothing, which nothing makes, would be lost."""
    occurrences = sa.table("occurrence", sa.column("id"))
    deliveries = sa.table("delivery", sa.column("occurrence_id"))
    op.execute(sa.delete(deliveries).where(deliveries.c.occurrence_id.not_in(sa.select(occurrences.c.id))))
    with op.batch_alter_table("delivery", table_kwargs=_NO_ROW_NUMBERS) as table:
        table.create_foreign_key(_KEY, "occurrence", ["occurrence_id"], ["id"], ondelete="CASCADE")
