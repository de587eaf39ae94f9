"""Versions and aliases of state machines; activities with their tags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NAME = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and count the versions of state machines from 0."""
    op.add_column("state_machines", sa.Column("last_version", sa.Integer, nullable=False, server_default="0"))
    _create_versions()
    _create_aliases()
    _create_activities()


def _create_versions() -> None:
    op.create_table(
        "versions",
        sa.Column("state_machine_name", _NAME, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("revision_id", sa.String(36), nullable=False),
        sa.Column("description", sa.String(256), nullable=True),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state_machine_name", "number", name="pk_versions"),
        sa.ForeignKeyConstraint(
            ["state_machine_name"],
            ["state_machines.name"],
            name="fk_versions_state_machine_name_state_machines",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_versions_revision_id_revisions"),
    )
    op.create_index("ix_versions_revision_id", "versions", ["revision_id"])


def _create_aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("state_machine_name", _NAME, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("description", sa.String(256), nullable=True),
        sa.Column("routes", sa.JSON, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state_machine_name", "name", name="pk_aliases"),
        sa.ForeignKeyConstraint(
            ["state_machine_name"],
            ["state_machines.name"],
            name="fk_aliases_state_machine_name_state_machines",
            ondelete="CASCADE",
        ),
    )


def _create_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("encryption", sa.JSON, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_activities"),
    )
    op.create_table(
        "activity_tags",
        sa.Column("activity_name", _NAME, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.String(256), nullable=False),
        sa.PrimaryKeyConstraint("activity_name", "key", name="pk_activity_tags"),
        sa.ForeignKeyConstraint(
            ["activity_name"],
            ["activities.name"],
            name="fk_activity_tags_activity_name_activities",
            ondelete="CASCADE",
        ),
    )
