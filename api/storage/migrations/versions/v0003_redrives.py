"""Calls of RedriveExecution, and which runs they superseded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NAME = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "redrives",
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("client_token", sa.String(64), nullable=False),
        sa.Column("state_machine_name", _NAME, nullable=False),
        sa.Column("execution_name", _NAME, nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("redriven", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("run_id", "client_token", name="pk_redrives"),
    )
    op.create_index(
        "ix_redrives_state_machine_name_execution_name", "redrives", ["state_machine_name", "execution_name"]
    )
