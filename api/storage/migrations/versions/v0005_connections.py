"""Connections of HTTP Tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NAME = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "connections",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("description", sa.String(512), nullable=True),
        sa.Column("authorization_type", sa.String(32), nullable=False),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("modified", sa.BigInteger, nullable=False),
        sa.Column("authorized", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_connections"),
    )
