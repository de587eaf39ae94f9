"""One call of an AWS API: the argument of `steploom:aws-call`, and which resources it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activities.integrations import aws_sdk
from activities.integrations.athena import ATHENA
from activities.integrations.batch import BATCH
from activities.integrations.bedrock import BEDROCK
from activities.integrations.codebuild import CODEBUILD
from activities.integrations.databrew import DATABREW
from activities.integrations.dynamodb import DYNAMODB
from activities.integrations.ecs import ECS
from activities.integrations.eks import EKS
from activities.integrations.elasticmapreduce import ELASTICMAPREDUCE
from activities.integrations.emr_containers import EMR_CONTAINERS
from activities.integrations.emr_serverless import EMR_SERVERLESS
from activities.integrations.events import EVENTS
from activities.integrations.glue import GLUE
from activities.integrations.mediaconvert import MEDIACONVERT
from activities.integrations.optimized import Optimized
from activities.integrations.sagemaker import SAGEMAKER
from activities.integrations.sns import SNS
from activities.integrations.sqs import SQS
from activities.integrations.states import STATES
from activities.jobs import Job
from interpreter.values import JsonValue

OPTIMIZED: Final[Mapping[str, Optimized]] = {
    "athena": ATHENA,
    "batch": BATCH,
    "bedrock": BEDROCK,
    "codebuild": CODEBUILD,
    "databrew": DATABREW,
    "dynamodb": DYNAMODB,
    "ecs": ECS,
    "eks": EKS,
    "elasticmapreduce": ELASTICMAPREDUCE,
    "emr-containers": EMR_CONTAINERS,
    "emr-serverless": EMR_SERVERLESS,
    "events": EVENTS,
    "glue": GLUE,
    "mediaconvert": MEDIACONVERT,
    "sagemaker": SAGEMAKER,
    "sns": SNS,
    "sqs": SQS,
}
"""The optimized services that are calls of an AWS API, by the resource's segment."""

_WATCHED: Final[Mapping[str, Optimized]] = {**OPTIMIZED, "states": STATES}


def optimized_service(service: str) -> Optimized | None:
    """The optimized service of a segment, nested executions included."""
    return _WATCHED.get(service)


def has_job(service: str, action: str) -> bool:
    """Whether an action submits a job that can be waited for."""
    return service in _WATCHED and action in _WATCHED[service].jobs


def job_of(service: str, action: str) -> Job:
    """The job that an action submits."""
    return _WATCHED[service].jobs[action]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCall:
    """The argument of `steploom:aws-call`. New members get defaults: old runs load.

    Attributes:
        service: the resource's segment, such as `sqs` or `aws-sdk:sqs`.
        action: the API's action in camelCase.
        arguments: the state's Parameters or Arguments, evaluated.
        waits: whether the state waits for the job that the call submits, or for a token.
        trace_header: the X-Ray trace header that the call carries.
    """

    service: str
    action: str
    arguments: dict[str, JsonValue]
    waits: bool = False
    trace_header: str | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name; those that have their default are left out."""
        more: dict[str, JsonValue] = {"waits": True} if self.waits else {}
        if self.trace_header is not None:
            more["traceHeader"] = self.trace_header
        return {"service": self.service, "action": self.action, "arguments": self.arguments, **more}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AwsCall:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        return cls(
            service=value["service"],
            action=value["action"],
            arguments=value["arguments"],
            waits=value.get("waits", False),
            trace_header=value.get("traceHeader"),
        )


def shown_arguments(service: str, arguments: dict[str, JsonValue], *, waits: bool) -> dict[str, JsonValue]:
    """The arguments that a history shows of those of a state, which `waits` for a job or does not."""
    optimized = OPTIMIZED.get(service)
    if optimized is None:
        return arguments
    if optimized.known is not None:
        arguments = {name: value for name, value in arguments.items() if name in optimized.known}
    return dict(optimized.submitted(arguments)) if waits else arguments


def is_aws_call(service: str) -> bool:
    """Whether the resources of a segment are run as calls of an AWS API."""
    return service in OPTIMIZED or service.startswith(aws_sdk.SEGMENT)


def error_prefix(service: str) -> str:
    """What the error names of such a resource begin with."""
    optimized = optimized_service(service)
    return optimized.prefix if optimized else aws_sdk.error_prefix(service.removeprefix(aws_sdk.SEGMENT))
