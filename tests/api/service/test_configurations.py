"""Tests of `api.service.configurations`: defaults, and what is refused in whose words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from activities.log_groups import LogGroups
from api.service.config import ServiceConfig
from api.service.configurations import checked_tags, complete_encryption, complete_logging
from api.service.conversion import from_json, to_json
from api.service.errors import (
    InvalidEncryptionConfiguration,
    InvalidLoggingConfiguration,
    TooManyTags,
    ValidationException,
)
from api.service.shapes import EncryptionConfiguration, LoggingConfiguration, Tag
from interpreter.values import JsonValue

GROUP: JsonValue = {
    "cloudWatchLogsLogGroup": {
        "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/x:*"
    }
}
OFF: dict[str, JsonValue] = {"level": "OFF", "includeExecutionData": False}
ONE = "Invalid Logging Configuration: Must specify exactly one Log Destination."
CONFIG = ServiceConfig(log_groups=LogGroups({"/aws/vendedlogs/states/x": "stdout", "elsewhere": "none"}))
NOT_FOUND = "Invalid Logging Configuration: Log Destination not found."


@dataclass(frozen=True)
class Case:
    name: str
    given: dict[str, JsonValue]
    result: dict[str, JsonValue] | str


LOGGING = [
    Case("empty", {}, OFF),
    Case("empty list", {"destinations": []}, OFF | {"destinations": []}),
    Case("off with a destination", {"destinations": [GROUP]}, OFF | {"destinations": [GROUP]}),
    Case(
        "all",
        {"level": "ALL", "includeExecutionData": True, "destinations": [GROUP]},
        {"level": "ALL", "includeExecutionData": True, "destinations": [GROUP]},
    ),
    Case("on without a destination", {"level": "ERROR"}, ONE),
    Case("on with an empty list", {"level": "FATAL", "destinations": []}, ONE),
    Case("two destinations", {"destinations": [GROUP, GROUP]}, ONE),
    Case("a destination without a group", {"level": "ALL", "destinations": [{}]}, NOT_FOUND),
    *(
        Case(name, {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]}, NOT_FOUND)
        for name, arn in (
            ("an unknown group", "arn:aws:logs:us-east-1:123456789012:log-group:y:*"),
            ("a group that is switched off", "arn:aws:logs:us-east-1:123456789012:log-group:elsewhere:*"),
            ("another region", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/x:*"),
            ("another account", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/x:*"),
        )
    ),
    Case(
        "a group without its star",
        {
            "destinations": [
                {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:x"}}
            ]
        },
        NOT_FOUND,
    ),
]


@pytest.mark.parametrize("case", LOGGING, ids=lambda case: case.name)
def test_logging(case: Case) -> None:
    try:
        result: dict[str, JsonValue] | str = to_json(
            complete_logging(from_json(LoggingConfiguration, case.given), CONFIG)
        )
    except InvalidLoggingConfiguration as error:
        result = error.message
    assert result == case.result


ENCRYPTION = [
    Case("AWS's key", {"type": "AWS_OWNED_KEY"}, {"type": "AWS_OWNED_KEY"}),
    Case(
        "a key",
        {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/k"},
        "Invalid Encryption Configuration: 'type' 'CUSTOMER_MANAGED_KMS_KEY' is not available: steploom has no KMS. "
        "Use 'AWS_OWNED_KEY', and encrypt the databases of steploom and of Temporal",
    ),
    Case(
        "no key",
        {"type": "CUSTOMER_MANAGED_KMS_KEY"},
        "Invalid Encryption Configuration: 'kmsKeyId' is required when 'type' is 'CUSTOMER_MANAGED_KMS_KEY'",
    ),
    Case(
        "a key too many",
        {"type": "AWS_OWNED_KEY", "kmsKeyId": "k"},
        "Invalid Encryption Configuration: 'type' 'AWS_OWNED_KEY' takes no key",
    ),
    Case(
        "no possible key",
        {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "a\x00b"},
        "Invalid Encryption Configuration: 'kmsKeyId' is not a key's id, ARN or alias",
    ),
]


@pytest.mark.parametrize("case", ENCRYPTION, ids=lambda case: case.name)
def test_encryption(case: Case) -> None:
    try:
        given = from_json(EncryptionConfiguration, case.given)
        result: dict[str, JsonValue] | str = to_json(complete_encryption(given))
    except InvalidEncryptionConfiguration as error:
        result = error.message
    assert result == case.result


def test_tags() -> None:
    tags = [Tag(key="a b_.:/=+-@é", value=""), Tag(key="k")]
    assert checked_tags(tags, "arn") == {"a b_.:/=+-@é": "", "k": ""}


def test_fifty_tags_at_most() -> None:
    tags = [Tag(key=str(number)) for number in range(51)]
    assert len(checked_tags(tags[:50], "arn")) == 50
    with pytest.raises(TooManyTags) as caught:
        checked_tags(tags, "arn")
    assert caught.value.members == {"resourceName": "arn"}


@pytest.mark.parametrize(
    "tags",
    [
        [Tag(value="v")],
        [Tag(key="k"), Tag(key="k")],
        [Tag(key="AWS:x")],
        [Tag(key="a\x00")],
        [Tag(key="a\n")],
        [Tag(key="k", value="<")],
    ],
    ids=["no key", "key twice", "reserved", "NUL in key", "new line", "value"],
)
def test_bad_tags(tags: list[Tag]) -> None:
    with pytest.raises(ValidationException):
        checked_tags(tags, "arn")
