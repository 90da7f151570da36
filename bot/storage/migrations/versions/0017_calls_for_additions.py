"""People are called again for what a tipster adds: a page says for which message.

Revision: 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("tip_page", sa.Column("entry", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Back."""
    op.drop_column("tip_page", "entry")
