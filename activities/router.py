"""Where tasks go: from a Task's resource and arguments to a Temporal activity, and back to what the state sees.

Pure functions of their arguments (`interpreter.effects.TaskRouter`): replays and projections call them again. What is
particular to one kind of resource is in a module of its own.
"""

from __future__ import annotations

from typing import Final, Literal

from activities import function_tasks, jobs, kubernetes_keys, nested_executions, temporal_workflows
from activities.aws_calls import AwsCall, error_prefix, has_job, is_aws_call, job_of, shown_arguments
from activities.connector_secrets import without_secrets
from activities.connectors import ConnectorCall, find_connector, is_connector
from activities.failures import client_error, recorded_error, unusable_arguments
from activities.names import ACTIVITY_EXISTS, AWS_CALL, CONNECTOR_CALL, WORKFLOW_QUEUE
from activities.task_arguments import checked_fields, required_text, temporal_fault, unusable
from interpreter.definition.model import ActivityResource, LambdaFunctionResource, ServiceResource, TaskPattern
from interpreter.effects import ActivityCall, ActivityFailure, ChildWorkflow, Outcome, TaskRequest
from interpreter.errors import StatesError, StatesHeartbeatTimeout, StatesRuntime, StatesTaskFailed, StatesTimeout
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

_ACTIVITY_FIELDS: Final = ("ActivityType", "TaskQueue", "Input")


class Router:
    """The one `TaskRouter`: functions by the execution's setting, `temporal:activity` by its arguments, AWS's APIs."""

    def route(self, request: TaskRequest, functions: JsonValue) -> ActivityCall:
        """The Temporal activity that runs `request`.

        Raises:
            StatesError: the arguments cannot be used to start the task.
        """
        match _integration(request):
            case "polled":
                arn = request.resource.arn
                return ActivityCall(arn, arn, request.arguments, "polled")
            case "activity":
                return _temporal_activity(request)
            case "aws":
                return _aws_call(request)
            case "connector":
                return _connector_call(request)
            case "nested":
                return nested_executions.prepare_call(request)
            case "workflow":
                return temporal_workflows.plan(request)
            case "function":
                return function_tasks.plan_call(request, functions)

    def shown(self, request: TaskRequest) -> JsonValue:
        """The arguments that TaskScheduled shows (recorded: ECS is told who started a task, SQS not what it drops)."""
        resource, arguments = request.resource, request.arguments
        if not isinstance(resource, ServiceResource) or not isinstance(arguments, dict):
            return arguments
        return shown_arguments(resource.service, arguments, waits=resource.pattern is TaskPattern.SYNC)

    def look_up(self, request: TaskRequest) -> ActivityCall | None:
        """For activities: whether there is one of that ARN; a task that no worker may poll for would wait for ever."""
        if isinstance(request.resource, ActivityResource):
            return ActivityCall(ACTIVITY_EXISTS, WORKFLOW_QUEUE, {"arn": request.resource.arn}, "ours", repeated=True)
        return None

    def result(self, request: TaskRequest, functions: JsonValue, value: JsonValue) -> JsonValue:
        """What the state sees of the activity's value."""
        match _integration(request):
            case "nested":
                return nested_executions.started(request, value)
            case "workflow":
                return temporal_workflows.started(value)
            case "function":
                return function_tasks.result(request, functions, value)
            case _:
                return value

    def child(self, request: TaskRequest, value: JsonValue, *, has_token: bool) -> ChildWorkflow:
        """The nested execution that was prepared, or another workflow."""
        if _integration(request) == "workflow":
            return temporal_workflows.child(request, value)
        return nested_executions.child(request, value, has_token=has_token)

    def taken(self, request: TaskRequest, value: JsonValue) -> ActivityCall:
        """StartExecution itself, which is idempotent, or says why not.

        Raises:
            StatesError: a workflow that is no execution has the id.
        """
        if _integration(request) == "workflow":
            raise temporal_workflows.taken(value)
        return nested_executions.start_call(request)

    def watch(self, request: TaskRequest, value: JsonValue, start: ExecutionStart) -> ChildWorkflow:
        """The watch over a job, or over an execution that is not a child of this one."""
        return jobs.watch(request, _watched(request, self.result(request, None, value)), start)

    def ended(self, request: TaskRequest, value: JsonValue, outcome: Outcome, now: int) -> JsonValue:
        """The result from the end of a nested execution, or of the watch over a job.

        Raises:
            StatesError: it failed.
        """
        integration = _integration(request)
        if integration == "workflow":
            return temporal_workflows.ended(value, outcome)
        if integration != "nested":
            return jobs.result_of(outcome)
        if nested_executions.is_child(value):
            return nested_executions.ended(request, value, outcome, now)
        return nested_executions.as_seen(request, jobs.result_of(outcome))

    def failure(self, request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
        """The error name and cause that the state sees.

        A worker's death (a missed heartbeat that the state did not ask for) and whatever else kept the call from being
        answered is `SdkClientException` of the service for functions and AWS APIs, which the Retry that AWS recommends
        covers, and `States.TaskFailed` for `temporal:activity`.
        """
        match failure.kind:
            case "timeout":
                return StatesTimeout()
            case "heartbeat" if failure.heartbeat_asked:
                return StatesHeartbeatTimeout()
            case "application":
                return _raised(request, functions, failure)
            case "heartbeat":
                return _unanswered(request, functions, "the worker died in the middle of the call")
            case "other":
                return _unanswered(request, functions, failure.message or "the call was not answered")


_Integration = Literal["polled", "activity", "aws", "connector", "nested", "workflow", "function"]


def _integration(request: TaskRequest) -> _Integration:
    match request.resource:
        case LambdaFunctionResource() | ServiceResource(service="lambda", action="invoke"):
            return "function"
        case ServiceResource(service="temporal", action="activity"):
            return "activity"
        case ActivityResource():
            return "polled"
        case ServiceResource() as resource if nested_executions.is_nested(resource):
            return "nested"
        case ServiceResource() as resource if temporal_workflows.is_workflow(resource):
            return "workflow"
        case ServiceResource(service=service, action=action) if is_connector(service, action):
            return "connector"
        case ServiceResource(service=service) if is_aws_call(service):
            return "aws"
        case ServiceResource(arn=arn):
            raise ValueError(f"{arn} is not routed: the definition should have been refused")


def _temporal_activity(request: TaskRequest) -> ActivityCall:
    fields = checked_fields(request, _ACTIVITY_FIELDS)
    activity_type = required_text(request, fields, "ActivityType")
    task_queue = required_text(request, fields, "TaskQueue")
    fault = temporal_fault({"ActivityType": activity_type, "TaskQueue": task_queue})
    if fault is not None:
        raise unusable(request, fault)
    return ActivityCall(activity_type, task_queue, fields.get("Input", {}), "foreign")


def _aws_call(request: TaskRequest) -> ActivityCall:
    """Whether the arguments fit the API is found out where its model is at hand: by the activity."""
    if not isinstance(request.resource, ServiceResource):
        raise TypeError(f"{request.resource} is not a service")
    if not isinstance(request.arguments, dict):
        raise unusable(request, "The value is not a JSON object")
    resource = request.resource
    waits = resource.pattern is not TaskPattern.REQUEST_RESPONSE and has_job(resource.service, resource.action)
    call = AwsCall(
        service=resource.service,
        action=resource.action,
        arguments=request.arguments,
        waits=waits,
        trace_header=request.trace_header,
    )
    return ActivityCall(AWS_CALL, WORKFLOW_QUEUE, call.to_json(), "ours", direct=True)


def _connector_call(request: TaskRequest) -> ActivityCall:
    connector, arguments = find_connector(request.resource), request.arguments
    if connector is None:
        raise TypeError(f"{request.resource} is not a connector")
    fault = connector.fault(arguments)
    if fault is not None or not isinstance(arguments, dict):
        raise unusable_arguments(without_secrets(arguments), fault or "The value is not a JSON object")
    call = ConnectorCall(
        service=connector.service,
        action=connector.action,
        state=request.state_name,
        arguments=arguments,
        waits=isinstance(request.resource, ServiceResource) and request.resource.pattern is TaskPattern.SYNC,
    )
    return ActivityCall(CONNECTOR_CALL, WORKFLOW_QUEUE, call.to_json(), "ours", direct=True)


def _watched(request: TaskRequest, answer: JsonValue) -> jobs.WatchedJob:
    if not isinstance(request.resource, ServiceResource) or not isinstance(request.arguments, dict):
        raise TypeError(f"{request.resource} submits no job")
    service, action = request.resource.service, request.resource.action
    if is_connector(service, action):
        return kubernetes_keys.watched(service, action, request.arguments, answer)
    job = job_of(service, action)
    last = answer if job.gone is not None else None
    return jobs.WatchedJob(service=service, action=action, key=job.key_of(request.arguments, answer), answer=last)


def _raised(request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
    integration = _integration(request)
    if integration in ("activity", "polled"):
        return StatesError(failure.type or StatesTaskFailed.NAME, failure.message)
    if integration == "function":
        return function_tasks.failed(request, functions, failure)
    error = recorded_error(failure.details)
    if error is None:  # a fault of ours: the activity reports all that it expects
        return _unanswered(request, functions, f"{failure.type}: {failure.message}")
    return StatesRuntime(error.cause) if error.name == StatesRuntime.NAME else error


def _unanswered(request: TaskRequest, functions: JsonValue, reason: str) -> StatesError:
    integration, resource = _integration(request), request.resource
    if integration in ("activity", "polled"):
        return StatesTaskFailed(f"The Temporal activity of state {request.state_name!r} did not end: {reason}")
    connector = find_connector(resource)
    if connector is not None:
        return StatesError(connector.unanswered, f"{connector.name} of state {request.state_name!r}: {reason}")
    if integration == "function" or not isinstance(resource, ServiceResource):
        return function_tasks.unanswered(request, functions, reason)
    return client_error(f"{resource.service}:{resource.action}: {reason}", prefix=error_prefix(resource.service))
