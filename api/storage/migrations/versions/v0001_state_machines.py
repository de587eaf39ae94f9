"""State machines with their revisions and tags, definitions by content, payloads by content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NAME = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "definitions",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_definitions"),
    )
    op.create_table(
        "payloads",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_payloads"),
    )
    _create_revisions()
    _create_state_machines()


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("state_machine_name", _NAME, nullable=False),
        sa.Column("initial", sa.Boolean, nullable=False),
        sa.Column("definition_hash", sa.String(64), nullable=False),
        sa.Column("role_arn", sa.String(256), nullable=False),
        sa.Column("timeout_seconds", sa.BigInteger, nullable=True),
        sa.Column("logging", sa.JSON, nullable=False),
        sa.Column("tracing", sa.JSON, nullable=False),
        sa.Column("encryption", sa.JSON, nullable=False),
        sa.Column("variable_references", sa.JSON, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.ForeignKeyConstraint(
            ["definition_hash"], ["definitions.hash"], name="fk_revisions_definition_hash_definitions"
        ),
    )
    op.create_index("ix_revisions_state_machine_name_created", "revisions", ["state_machine_name", "created"])
    op.create_index("ix_revisions_definition_hash", "revisions", ["definition_hash"])


def _create_state_machines() -> None:
    op.create_table(
        "state_machines",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("revision_id", sa.String(36), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("deleting_since", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_state_machines"),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_state_machines_revision_id_revisions"),
    )
    op.create_index("ix_state_machines_deleting_since", "state_machines", ["deleting_since"])
    op.create_table(
        "tags",
        sa.Column("state_machine_name", _NAME, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.String(256), nullable=False),
        sa.PrimaryKeyConstraint("state_machine_name", "key", name="pk_tags"),
        sa.ForeignKeyConstraint(
            ["state_machine_name"],
            ["state_machines.name"],
            name="fk_tags_state_machine_name_state_machines",
            ondelete="CASCADE",
        ),
    )
