"""The tables, as queries see them; `api.storage.migrations` makes them.

Times are milliseconds since the epoch. Names sort by their bytes in both databases, as AWS lists them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Name: Final = String(80).with_variant(String(80, collation="C"), "postgresql")
_Hash: Final = String(64)

DEFINITIONS: Final = Table(
    "definitions",
    METADATA,
    Column("hash", _Hash, primary_key=True),
    Column("text", Text, nullable=False),
)

PAYLOADS: Final = Table(
    "payloads",
    METADATA,
    Column("hash", _Hash, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
)

REVISIONS: Final = Table(
    "revisions",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("state_machine_name", _Name, nullable=False),
    Column("initial", Boolean, nullable=False),
    Column("definition_hash", _Hash, ForeignKey("definitions.hash"), nullable=False),
    Column("role_arn", String(256), nullable=False),
    Column("timeout_seconds", BigInteger, nullable=True),
    Column("logging", JSON, nullable=False),
    Column("tracing", JSON, nullable=False),
    Column("encryption", JSON, nullable=False),
    Column("variable_references", JSON, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index(None, "state_machine_name", "created"),
    Index(None, "definition_hash"),
)

STATE_MACHINES: Final = Table(
    "state_machines",
    METADATA,
    Column("name", _Name, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("type", String(8), nullable=False),
    Column("revision_id", String(36), ForeignKey("revisions.id"), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("deleting_since", BigInteger, nullable=True),
    Column("last_version", Integer, nullable=False, server_default="0"),
    Index(None, "deleting_since"),
)

VERSIONS: Final = Table(
    "versions",
    METADATA,
    Column("state_machine_name", _Name, ForeignKey("state_machines.name", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision_id", String(36), ForeignKey("revisions.id"), nullable=False),
    Column("description", String(256), nullable=True),
    Column("created", BigInteger, nullable=False),
    Index(None, "revision_id"),
)

ALIASES: Final = Table(
    "aliases",
    METADATA,
    Column("state_machine_name", _Name, ForeignKey("state_machines.name", ondelete="CASCADE"), primary_key=True),
    Column("name", _Name, primary_key=True),
    Column("description", String(256), nullable=True),
    Column("routes", JSON, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)
"""`routes` is a list of `[version, weight]`."""

REDRIVES: Final = Table(
    "redrives",
    METADATA,
    Column("run_id", String(36), primary_key=True),
    Column("client_token", String(64), primary_key=True),
    Column("state_machine_name", _Name, nullable=False),
    Column("execution_name", _Name, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("redriven", BigInteger, nullable=True),
    Index(None, "state_machine_name", "execution_name"),
)
"""Calls of RedriveExecution, by the run that had ended. `redriven` is set once another run goes on."""

TAGS: Final = Table(
    "tags",
    METADATA,
    Column("state_machine_name", _Name, ForeignKey("state_machines.name", ondelete="CASCADE"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

ACTIVITIES: Final = Table(
    "activities",
    METADATA,
    Column("name", _Name, primary_key=True),
    Column("encryption", JSON, nullable=False),
    Column("created", BigInteger, nullable=False),
)

ACTIVITY_TAGS: Final = Table(
    "activity_tags",
    METADATA,
    Column("activity_name", _Name, ForeignKey("activities.name", ondelete="CASCADE"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

ACCESS_KEYS: Final = Table(
    "access_keys",
    METADATA,
    Column("id", String(20), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("verifier", String(512), nullable=False),
    Column("policy", JSON, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=True),
    Column("disabled", Boolean, nullable=False),
    Index(None, "kind", "verifier", unique=True),
)

CONNECTIONS: Final = Table(
    "connections",
    METADATA,
    Column("name", _Name, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("description", String(512), nullable=True),
    Column("authorization_type", String(32), nullable=False),
    Column("shown", JSON, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("authorized", BigInteger, nullable=True),
)

EXPRESS_RUNS: Final = Table(
    "express_runs",
    METADATA,
    Column("arn", String(300), primary_key=True),
    Column("described", LargeBinary, nullable=False),
    Column("events", LargeBinary, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index(None, "expires"),
)
"""`described` and `events` are JSON, compressed by zlib."""

LEASES: Final = Table(
    "leases",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)

USED_SIGNATURES: Final = Table(
    "used_signatures",
    METADATA,
    Column("expires", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, primary_key=True),
    Column("first_used", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Requests that were accepted. `expires` follows from the signature; it stands first so that new rows come last."""
