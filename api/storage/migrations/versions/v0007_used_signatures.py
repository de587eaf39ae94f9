"""Signatures of requests that were accepted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "used_signatures",
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("first_used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("expires", "hash", name="pk_used_signatures"),
        sqlite_with_rowid=False,
    )
