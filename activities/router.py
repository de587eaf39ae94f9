"""Where tasks go: from a Task's resource and arguments to a Temporal activity, and back to what the state sees.

Pure functions of their arguments (`interpreter.effects.TaskRouter`): replays and projections call them again. Shapes
and wording follow "Invoke Lambda with Step Functions"; `temporal:activity` is our own resource.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Literal

from activities import jobs, kubernetes_keys, nested_executions, temporal_workflows
from activities.aws_calls import AwsCall, error_prefix, has_job, is_aws_call, job_of, shown_arguments
from activities.connector_secrets import without_secrets
from activities.connectors import ConnectorCall, find_connector, is_connector
from activities.failures import client_error, recorded_error, service_error, unusable_arguments
from activities.function_calls import INVOKE_FIELDS, FunctionCall, invoke_result, request_id_of
from activities.function_names import LATEST, FunctionName, parse_function_name
from activities.function_routes import (
    RESERVED_QUEUES,
    FunctionRoute,
    LambdaRoute,
    TemporalRoute,
    UrlRoute,
    function_route,
    parse_functions,
)
from activities.names import (
    ACTIVITY_EXISTS,
    AWS_CALL,
    CONNECTOR_CALL,
    INVOKE_LAMBDA,
    INVOKE_URL,
    WORKFLOW_QUEUE,
    is_temporal_name,
)
from interpreter.definition.model import ActivityResource, LambdaFunctionResource, ServiceResource, TaskPattern
from interpreter.effects import ActivityCall, ActivityFailure, ChildWorkflow, Outcome, TaskRequest
from interpreter.errors import StatesError, StatesHeartbeatTimeout, StatesRuntime, StatesTaskFailed, StatesTimeout
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_text, parse_json

__all__ = ["Router", "parse_functions"]

_ACTIVITY_FIELDS: Final = ("ActivityType", "TaskQueue", "Input")
_NAME_PATTERN: Final = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)


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
            case "invoke" | "function":
                call = _function_call(request)
                name = parse_function_name(call.function, call.qualifier)
                return _function_activity(request, call, name, function_route(functions, name))

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
        """What the state sees of the activity's value: only plain workers need `lambda:invoke`'s frame put around."""
        integration = _integration(request)
        if integration == "nested":
            return nested_executions.started(request, value)
        if integration == "workflow":
            return temporal_workflows.started(value)
        if integration != "invoke":
            return value
        target = _target(request, functions)
        if not isinstance(target.route, TemporalRoute):
            return value
        return _framed(request, target.name, value)

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


_Integration = Literal["polled", "activity", "aws", "connector", "nested", "workflow", "invoke", "function"]


def _integration(request: TaskRequest) -> _Integration:
    match request.resource:
        case LambdaFunctionResource():
            return "function"
        case ServiceResource(service="lambda", action="invoke"):
            return "invoke"
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


@dataclass(frozen=True, slots=True)
class _Target:
    name: FunctionName | None
    text: str
    route: FunctionRoute


def _target(request: TaskRequest, functions: JsonValue) -> _Target:
    call = _function_call(request)
    name = parse_function_name(call.function, call.qualifier)
    return _Target(name, call.function, function_route(functions, name))


def _function_call(request: TaskRequest) -> FunctionCall:
    if isinstance(request.resource, LambdaFunctionResource):
        return FunctionCall(function=request.resource.arn, payload=request.arguments, wrapped=False)
    fields = _checked_fields(request, INVOKE_FIELDS)
    payload = fields.get("Payload")
    return FunctionCall(
        function=_required_text(request, fields, "FunctionName"),
        payload=payload,
        has_payload=payload is not None,  # recorded: a Payload of null reaches the function as {}, as does none
        qualifier=_optional_text(request, fields, "Qualifier"),
        invocation_type=_optional_text(request, fields, "InvocationType"),
        log_type=_optional_text(request, fields, "LogType"),
        client_context=_optional_text(request, fields, "ClientContext"),
    )


def _function_activity(
    request: TaskRequest, call: FunctionCall, name: FunctionName | None, route: FunctionRoute
) -> ActivityCall:
    if isinstance(route, LambdaRoute):
        traced = replace(call, trace_header=request.trace_header)
        return ActivityCall(INVOKE_LAMBDA, WORKFLOW_QUEUE, traced.to_json(), "ours", direct=True)
    if name is None:
        raise _invalid_name(request, call.function)
    if not is_temporal_name(name.qualified):
        raise _unusable(request, "The value of the field 'Qualifier' has an invalid format")
    _check_synchronous(request, call, name)
    if isinstance(route, UrlRoute):
        argument = _url_call(request, call, name, route).to_json()
        return ActivityCall(INVOKE_URL, WORKFLOW_QUEUE, argument, "ours", direct=True)
    if call.client_context is not None:
        raise _needs_lambda(request, "ClientContext", name)
    event = call.payload if call.has_payload else {}
    return ActivityCall(name.qualified, route.task_queue, event, route.worker)


def _check_synchronous(request: TaskRequest, call: FunctionCall, name: FunctionName) -> None:
    wanted = (("InvocationType", call.invocation_type, "RequestResponse"), ("LogType", call.log_type, "None"))
    for field, value, only in wanted:
        if value not in (None, only):
            raise _needs_lambda(request, field, name)


def _needs_lambda(request: TaskRequest, field: str, name: FunctionName) -> StatesRuntime:
    return _unusable(
        request,
        f"The value of the field {field!r} needs the Lambda API, and the function {name.name!r} is reached without",
    )


def _url_call(request: TaskRequest, call: FunctionCall, name: FunctionName, route: UrlRoute) -> FunctionCall:
    if name.qualifier is not None and not route.exact:
        raise _unusable(request, f"The functions setting has no URL for the qualifier of {name.qualified!r}")
    return FunctionCall(
        function=name.qualified,
        payload=call.payload,
        has_payload=call.has_payload,
        wrapped=call.wrapped,
        client_context=call.client_context,
        url=route.url,
    )


def _temporal_activity(request: TaskRequest) -> ActivityCall:
    fields = _checked_fields(request, _ACTIVITY_FIELDS)
    activity_type = _required_text(request, fields, "ActivityType")
    task_queue = _required_text(request, fields, "TaskQueue")
    if task_queue in RESERVED_QUEUES:
        raise _unusable(request, f"The task queue {task_queue!r} is reserved")
    for field, text in (("ActivityType", activity_type), ("TaskQueue", task_queue)):
        if not is_temporal_name(text):
            raise _unusable(request, f"The value of the field {field!r} has an invalid format")
    return ActivityCall(activity_type, task_queue, fields.get("Input", {}), "foreign")


def _aws_call(request: TaskRequest) -> ActivityCall:
    """Whether the arguments fit the API is found out where its model is at hand: by the activity."""
    if not isinstance(request.resource, ServiceResource):
        raise TypeError(f"{request.resource} is not a service")
    if not isinstance(request.arguments, dict):
        raise _unusable(request, "The value is not a JSON object")
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


def _checked_fields(request: TaskRequest, known: Collection[str]) -> dict[str, JsonValue]:
    if not isinstance(request.arguments, dict):
        raise _unusable(request, "The value is not a JSON object")
    for field in request.arguments:
        if field not in known:
            raise _unusable(request, f"The field {field!r} is not supported by Step Functions")
    return request.arguments


def _required_text(request: TaskRequest, fields: dict[str, JsonValue], name: str) -> str:
    value = fields.get(name)
    if value is None:
        raise _unusable(request, f"The field {name!r} is required but was missing")
    if not isinstance(value, str) or not value:
        raise _unusable(request, f"The value of the field {name!r} has an invalid format")
    return value


def _optional_text(request: TaskRequest, fields: dict[str, JsonValue], name: str) -> str | None:
    return None if fields.get(name) is None else _required_text(request, fields, name)


def _unusable(request: TaskRequest, reason: str) -> StatesRuntime:
    return unusable_arguments(request.arguments, reason)


def _invalid_name(request: TaskRequest, text: str) -> StatesError:
    message = (
        f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
    )
    request_id = request_id_of(request.operation_id)
    return service_error("ValidationException", message, status=400, request_id=request_id, modelled=False)


def _framed(request: TaskRequest, name: FunctionName | None, payload: JsonValue) -> JsonValue:
    qualifier = name.qualifier if name else None
    version = qualifier if qualifier is not None and qualifier.isdecimal() else LATEST
    request_id = request_id_of(request.operation_id)
    headers = {
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": version,
        "x-amzn-RequestId": request_id,
    }
    return invoke_result(payload, request_id=request_id, headers=headers, executed_version=version)


def _raised(request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
    integration = _integration(request)
    if integration in ("activity", "polled"):
        return StatesError(failure.type or StatesTaskFailed.NAME, failure.message)
    if integration in ("aws", "connector", "nested"):
        return _reported(request, functions, failure)
    route = _target(request, functions).route
    foreign = isinstance(route, TemporalRoute) and route.worker == "foreign"
    error = None if foreign else recorded_error(failure.details)
    if error is None:
        if not isinstance(route, TemporalRoute):  # a fault of ours: our integrations report all that they expect
            return _unanswered(request, functions, f"{failure.type}: {failure.message}")
        error = _plain_worker_error(failure)
    if integration == "function" or error.cause is None:
        return error
    return StatesError(error.name, _compact(error.cause))


def _reported(request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
    error = recorded_error(failure.details)
    if error is None:  # a fault of ours: the activity reports all that it expects
        return _unanswered(request, functions, f"{failure.type}: {failure.message}")
    return StatesRuntime(error.cause) if error.name == StatesRuntime.NAME else error


def _plain_worker_error(failure: ActivityFailure) -> StatesError:
    """The failure of a worker that knows nothing of Lambda, told in the words of Lambda's Python runtime."""
    error_type = failure.type or "Error"
    body = {"errorMessage": failure.message, "errorType": error_type, "stackTrace": []}
    return StatesError(error_type, json.dumps(body, ensure_ascii=False))


def _compact(cause: str) -> str:
    """`cause` as `lambda:invoke` shows it: JSON loses the runtime's spacing (recorded), other text is kept."""
    try:
        body = parse_json(cause)
    except ValueError:
        return cause
    return json_text(body) if isinstance(body, dict) else cause


def _unanswered(request: TaskRequest, functions: JsonValue, reason: str) -> StatesError:
    if _integration(request) in ("activity", "polled"):
        return StatesTaskFailed(f"The Temporal activity of state {request.state_name!r} did not end: {reason}")
    connector = find_connector(request.resource)
    if connector is not None:
        return StatesError(connector.unanswered, f"{connector.name} of state {request.state_name!r}: {reason}")
    if isinstance(request.resource, ServiceResource) and request.resource.service != "lambda":
        resource = request.resource
        prefix = error_prefix(resource.service)
        return client_error(f"{resource.service}:{resource.action}: {reason}", prefix=prefix)
    target = _target(request, functions)
    match target.route:
        case TemporalRoute(task_queue=queue):
            place = f"task queue {queue!r}"
        case LambdaRoute():
            place = "Lambda API"
        case UrlRoute(url=url):
            place = url
    return client_error(f"function {target.text!r} ({place}): {reason}")
