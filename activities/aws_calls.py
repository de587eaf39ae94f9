"""One call of an AWS API: the argument of `steploom:aws-call`, and which resources it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activities.integrations import aws_sdk
from activities.integrations.dynamodb import DYNAMODB
from activities.integrations.events import EVENTS
from activities.integrations.optimized import Optimized
from activities.integrations.sns import SNS
from activities.integrations.sqs import SQS
from interpreter.values import JsonValue

OPTIMIZED: Final[Mapping[str, Optimized]] = {"dynamodb": DYNAMODB, "events": EVENTS, "sns": SNS, "sqs": SQS}
"""The optimized services that are one call, by the resource's segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCall:
    """The argument of `steploom:aws-call`. New members get defaults: old runs load.

    Attributes:
        service: the resource's segment, such as `sqs` or `aws-sdk:sqs`.
        action: the API's action in camelCase.
        arguments: the state's Parameters or Arguments, evaluated.
    """

    service: str
    action: str
    arguments: dict[str, JsonValue]

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name."""
        return {"service": self.service, "action": self.action, "arguments": self.arguments}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AwsCall:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        return cls(service=value["service"], action=value["action"], arguments=value["arguments"])


def is_aws_call(service: str) -> bool:
    """Whether the resources of a segment are run as calls of an AWS API."""
    return service in OPTIMIZED or service.startswith(aws_sdk.SEGMENT)


def error_prefix(service: str) -> str:
    """What the error names of such a resource begin with."""
    optimized = OPTIMIZED.get(service)
    return optimized.prefix if optimized else aws_sdk.error_prefix(service.removeprefix(aws_sdk.SEGMENT))
