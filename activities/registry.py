"""Which Task resources there are, and what they take: what validation asks before a definition is accepted.

Services, actions and patterns: Step Functions developer guide, "Integrating optimized services".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from activities.aws_arguments import aws_argument_faults
from activities.connectors import checked_resource
from activities.integrations.aws_sdk import SEGMENT
from activities.sdk_services import sdk_action_exists, sdk_actions, sdk_service_called
from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import (
    ActivityResource,
    LambdaFunctionResource,
    ServiceResource,
    TaskPattern,
    TaskResource,
)


@dataclass(frozen=True, slots=True)
class _Service:
    """An optimized service: its actions, those that can be waited for as jobs, and whether it hands task tokens on."""

    actions: frozenset[str]
    jobs: frozenset[str] = frozenset()
    callbacks: bool = False

    def has(self, action: str, pattern: TaskPattern) -> bool:
        match pattern:
            case TaskPattern.REQUEST_RESPONSE:
                return action in self.actions
            case TaskPattern.WAIT_FOR_TASK_TOKEN:
                return self.callbacks and action in self.actions
            case TaskPattern.SYNC:
                return action in self.jobs
            case TaskPattern.SYNC_2:
                return action == "startExecution" and action in self.jobs


def _service(actions: str = "", *, jobs: str = "", callbacks: bool = False) -> _Service:
    waited = frozenset(jobs.split())
    return _Service(frozenset(actions.split()) | waited, waited, callbacks)


_OPTIMIZED: Final = {
    "apigateway": _service("invoke", callbacks=True),
    "athena": _service("stopQueryExecution getQueryExecution getQueryResults", jobs="startQueryExecution"),
    "batch": _service(jobs="submitJob"),
    "bedrock": _service("invokeModel", jobs="createModelCustomizationJob", callbacks=True),
    "codebuild": _service(
        "stopBuild stopBuildBatch batchDeleteBuilds batchGetReports deleteBuildBatch",
        jobs="startBuild startBuildBatch retryBuildBatch",
    ),
    "databrew": _service(jobs="startJobRun"),
    "dynamodb": _service("getItem putItem updateItem deleteItem"),
    "ecs": _service(jobs="runTask", callbacks=True),
    "eks": _service(
        "call",
        jobs="runJob createCluster deleteCluster createNodegroup deleteNodegroup "
        "createFargateProfile deleteFargateProfile",
        callbacks=True,
    ),
    "elasticmapreduce": _service(
        "cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName",
        jobs="createCluster terminateCluster addStep",
    ),
    "emr-containers": _service("createVirtualCluster", jobs="startJobRun deleteVirtualCluster"),
    "emr-serverless": _service(
        jobs="startJobRun cancelJobRun createApplication startApplication stopApplication deleteApplication"
    ),
    "events": _service("putEvents", callbacks=True),
    "glue": _service(jobs="startJobRun"),
    "http": _service("invoke"),
    "lambda": _service("invoke", callbacks=True),
    "mediaconvert": _service(jobs="createJob"),
    "sagemaker": _service(
        "createEndpoint createEndpointConfig createModel updateEndpoint",
        jobs="createTrainingJob createTransformJob createProcessingJob createHyperParameterTuningJob createLabelingJob",
    ),
    "sns": _service("publish", callbacks=True),
    "sqs": _service("sendMessage", callbacks=True),
    "states": _service(jobs="startExecution", callbacks=True),
    "temporal": _service("activity", jobs="workflow", callbacks=True),
    "grpc": _service("call", callbacks=True),
    "sql": _service("query"),
    "kubernetes": _service(jobs="job"),
}

_OURS: Final = frozenset({"temporal", "grpc", "sql", "kubernetes"})
"""Any Temporal worker, any gRPC service, databases, and any Kubernetes."""

_OPTIMIZED_NAMES: Final = tuple(
    f"{service}:{action}{pattern}"
    for service, entry in _OPTIMIZED.items()
    for action in sorted(entry.actions)
    for pattern in TaskPattern
    if entry.has(action, pattern)
)


class Registry:
    """The catalogue of this release (`interpreter.definition.resources.ResourceCatalog`).

    Args:
        stored: whether it is asked about definitions that are stored already, maybe by a release that knew less of
            arguments, or had another botocore. Their arguments are not looked at, and all of `aws-sdk` is there.
    """

    def __init__(self, *, stored: bool = False) -> None:
        self._stored = stored

    def has(self, resource: TaskResource) -> bool:
        """Whether there is such a resource: all that AWS has can run."""
        match resource:
            case LambdaFunctionResource() | ActivityResource():
                return True
            case ServiceResource(service=service, action=action, pattern=pattern) if service.startswith(SEGMENT):
                waits_for_job = pattern in (TaskPattern.SYNC, TaskPattern.SYNC_2)
                known = self._stored or sdk_action_exists(service.removeprefix(SEGMENT), action)
                return known and not waits_for_job
            case ServiceResource(service=service, action=action, pattern=pattern):
                entry = _OPTIMIZED.get(service)
                return entry is not None and entry.has(action, pattern)

    def requires_arguments(self, resource: TaskResource) -> bool:
        """Whether a Task of the resource must have Parameters or Arguments: AWS's services (reported)."""
        return not self._stored and isinstance(resource, ServiceResource) and resource.service not in _OURS

    def check_arguments(self, resource: TaskResource, arguments: Known) -> Iterable[ArgumentFault]:
        """What is wrong with the arguments of a resource, as far as the definition tells."""
        if self._stored or not isinstance(resource, ServiceResource):
            return ()
        connector = checked_resource(resource)
        if connector is not None:
            return connector.faults(arguments)
        return aws_argument_faults(resource, arguments) if self.has(resource) else ()

    def candidates(self, name: str) -> tuple[str, Collection[str]]:
        """What a misspelt name may have been meant to be: of `aws-sdk`, an action of its service.

        The name itself where only that segment is missing, and all of its service where that is not optimized.
        """
        if not name.startswith(SEGMENT):
            service, _, action = name.partition(":")
            if sdk_action_exists(service, action):
                return SEGMENT, (name,)
            if service not in _OPTIMIZED and (actions := sdk_actions(service)):
                return SEGMENT, [f"{service}:{one}" for one in actions]
            return "", _OPTIMIZED_NAMES
        service = name.removeprefix(SEGMENT).partition(":")[0]
        called = sdk_service_called(service)
        if called is None:
            return f"{SEGMENT}{service}:", sdk_actions(service)
        return SEGMENT, [f"{called}:{action}" for action in sdk_actions(called)]
