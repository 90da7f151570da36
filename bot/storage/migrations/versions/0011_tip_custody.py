"""Files of tips can be sealed off: their keys then stand in a column of their own, sealed to the recovery key.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("tip_attachment", sa.Column("custody", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back. What was sealed off is lost."""
    op.drop_column("tip_attachment", "custody")
