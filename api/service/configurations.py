"""The logging, tracing and encryption of a state machine, and its tags: checked, and completed with AWS's defaults.

Logs go where the installation's setting `log_groups` says. There is no X-Ray and no KMS here: tracing is
OpenTelemetry's (`api.service.traces`), and keys of the user's are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from api.service.config import ServiceConfig
from api.service.conversion import from_json
from api.service.errors import (
    InvalidEncryptionConfiguration,
    InvalidLoggingConfiguration,
    TooManyTags,
    ValidationException,
)
from api.service.shapes import EncryptionConfiguration, LogDestination, LoggingConfiguration, Tag, TracingConfiguration
from api.storage.store import Revision
from interpreter.event_log import Logging, LogLevel
from interpreter.values import JsonValue

_LOG_GROUP: Final = re.compile(r"arn:(aws[a-z-]*):logs:([a-z0-9-]+):([0-9]{12}):log-group:([A-Za-z0-9_./#-]{1,512}):\*")
_KMS_KEY: Final = re.compile(r"[\w:/.+=@-]+", re.ASCII)
_TAG_TEXT: Final = re.compile(r"[\w \u00a0_.:/=+@-]*")
_MOST_TAGS: Final = 50


def complete_logging(given: LoggingConfiguration | None, config: ServiceConfig) -> LoggingConfiguration:
    """The configuration with its defaults.

    Raises:
        InvalidLoggingConfiguration: logging is on without exactly one destination, there are two in any case, or a
            destination is no log group of this installation.
    """
    completed = replace(given or LoggingConfiguration())
    level, destinations = completed.level or "OFF", completed.destinations or ()
    if len(destinations) > 1 or (level != "OFF" and not destinations):
        raise InvalidLoggingConfiguration("Must specify exactly one Log Destination.")
    if not all(_log_group(destination, config) for destination in destinations):
        raise InvalidLoggingConfiguration("Log Destination not found.")
    return replace(completed, level=level, include_execution_data=completed.include_execution_data or False)


def _log_group(destination: LogDestination, config: ServiceConfig) -> str | None:
    """The name of a log group of this installation."""
    group = destination.cloud_watch_logs_log_group
    found = None if group is None else _LOG_GROUP.fullmatch(group.log_group_arn or "")
    if found is None or found.groups()[:3] != (config.partition, config.region, config.account_id):
        return None
    name = found.group(4)
    return name if config.log_groups.has(name) else None


def logging_of(revision: Revision, config: ServiceConfig) -> JsonValue:
    """What of an execution of a revision is logged, as of `interpreter.event_log.Logging`; None for nothing.

    A log group that was taken out of the setting since is logged to no more.
    """
    logging = from_json(LoggingConfiguration, revision.logging)
    if logging.level in (None, "OFF") or not logging.destinations:
        return None
    group = _log_group(logging.destinations[0], config)
    if group is None:
        return None
    return Logging(cast(LogLevel, logging.level), bool(logging.include_execution_data), group).to_json()


def complete_tracing(given: TracingConfiguration | None) -> TracingConfiguration:
    """The configuration with its default."""
    return TracingConfiguration(enabled=bool(given and given.enabled))


def complete_encryption(given: EncryptionConfiguration | None) -> EncryptionConfiguration:
    """The configuration with its defaults.

    Raises:
        InvalidEncryptionConfiguration: a key is missing, not wanted, or no key's id, ARN or alias; or it is one.
    """
    if given is None:
        return EncryptionConfiguration(type="AWS_OWNED_KEY")
    if given.type == "AWS_OWNED_KEY":
        if given.kms_key_id is not None or given.kms_data_key_reuse_period_seconds is not None:
            raise InvalidEncryptionConfiguration("'type' 'AWS_OWNED_KEY' takes no key")
        return given
    if given.kms_key_id is None:
        raise InvalidEncryptionConfiguration("'kmsKeyId' is required when 'type' is 'CUSTOMER_MANAGED_KMS_KEY'")
    if not _KMS_KEY.fullmatch(given.kms_key_id):
        raise InvalidEncryptionConfiguration("'kmsKeyId' is not a key's id, ARN or alias")
    raise InvalidEncryptionConfiguration(
        "'type' 'CUSTOMER_MANAGED_KMS_KEY' is not available: steploom has no KMS. Use 'AWS_OWNED_KEY', and encrypt "
        "the databases of steploom and of Temporal"
    )


def checked_tags(tags: Sequence[Tag], resource_arn: str) -> dict[str, str]:
    """The tags by key.

    Raises:
        TooManyTags: there are more than 50.
        ValidationException: a key is missing, double or reserved, or a character is not allowed.
    """
    by_key = {tag.key: tag.value or "" for tag in tags if tag.key is not None}
    if len(by_key) != len(tags):
        raise ValidationException("Every tag needs a key of its own.")
    for key, value in by_key.items():
        if key.lower().startswith("aws:"):
            raise ValidationException(f"Tag keys that start with 'aws:' are reserved: '{key}'")
        if not _TAG_TEXT.fullmatch(key) or not _TAG_TEXT.fullmatch(value):
            raise ValidationException(f"The tag '{key}' holds characters that are not allowed")
    if len(by_key) > _MOST_TAGS:
        raise TooManyTags(resource_arn)
    return by_key
