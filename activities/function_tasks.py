"""Tasks that call functions, by a function's ARN or `lambda:invoke`: which activity runs them, and what a state sees.

Shapes and wording follow "Invoke Lambda with Step Functions". Pure functions, called again by replays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from activities.connector_secrets import shown_url
from activities.failures import client_error, recorded_error, service_error
from activities.function_calls import INVOKE_FIELDS, FunctionCall, invoke_result, request_id_of
from activities.function_names import LATEST, FunctionName, parse_function_name
from activities.function_routes import FunctionRoute, LambdaRoute, TemporalRoute, UrlRoute, function_route
from activities.names import INVOKE_LAMBDA, INVOKE_URL, WORKFLOW_QUEUE, is_temporal_name
from activities.task_arguments import checked_fields, optional_text, required_text, unusable
from interpreter.definition.model import LambdaFunctionResource
from interpreter.effects import ActivityCall, ActivityFailure, TaskRequest
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue, json_text, parse_json

_NAME_PATTERN: Final = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)


def plan_call(request: TaskRequest, functions: JsonValue) -> ActivityCall:
    """The activity that calls the function, by the execution's setting `functions`.

    Raises:
        StatesError: the arguments cannot be used to start the task.
    """
    target = _target(request, functions)
    call, name, route = target.call, target.name, target.route
    if isinstance(route, LambdaRoute):
        traced = replace(call, trace_header=request.trace_header)
        return ActivityCall(INVOKE_LAMBDA, WORKFLOW_QUEUE, traced.to_json(), "ours", direct=True)
    if name is None:
        raise _invalid_name(request, call.function)
    if not is_temporal_name(name.qualified):
        raise unusable(request, "The value of the field 'Qualifier' has an invalid format")
    _check_synchronous(request, call, name)
    if isinstance(route, UrlRoute):
        argument = _url_call(request, call, name, route).to_json()
        return ActivityCall(INVOKE_URL, WORKFLOW_QUEUE, argument, "ours", direct=True)
    if call.client_context is not None:
        raise _needs_lambda(request, "ClientContext", name)
    event = call.payload if call.has_payload else {}
    return ActivityCall(name.qualified, route.task_queue, event, route.worker)


def result(request: TaskRequest, functions: JsonValue, value: JsonValue) -> JsonValue:
    """What the state sees of the activity's value: only plain workers need `lambda:invoke`'s frame put around."""
    if _is_plain(request):
        return value
    target = _target(request, functions)
    return _framed(request, target.name, value) if isinstance(target.route, TemporalRoute) else value


def failed(request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
    """The error of a call whose activity has failed: the function's own, or one of Lambda's."""
    route = _target(request, functions).route
    foreign = isinstance(route, TemporalRoute) and route.worker == "foreign"
    error = None if foreign else recorded_error(failure.details)
    if error is None:
        if not isinstance(route, TemporalRoute):  # a fault of ours: our integrations report all that they expect
            return unanswered(request, functions, f"{failure.type}: {failure.message}")
        error = _plain_worker_error(failure)
    if _is_plain(request) or error.cause is None:
        return error
    return StatesError(error.name, _compact(error.cause))


def unanswered(request: TaskRequest, functions: JsonValue, reason: str) -> StatesError:
    """The error of a call that got no answer; says where it went."""
    target = _target(request, functions)
    match target.route:
        case TemporalRoute(task_queue=queue):
            place = f"task queue {queue!r}"
        case LambdaRoute():
            place = "Lambda API"
        case UrlRoute(url=url):
            place = shown_url(url)
    return client_error(f"function {target.call.function!r} ({place}): {reason}")


@dataclass(frozen=True, slots=True)
class _Target:
    """Which function is called, and how it is reached; `name` is None for one that Lambda would refuse."""

    call: FunctionCall
    name: FunctionName | None
    route: FunctionRoute


def _target(request: TaskRequest, functions: JsonValue) -> _Target:
    call = _function_call(request)
    name = parse_function_name(call.function, call.qualifier)
    return _Target(call, name, function_route(functions, name))


def _is_plain(request: TaskRequest) -> bool:
    """Whether the resource is the function itself: its input is the event, its result the payload."""
    return isinstance(request.resource, LambdaFunctionResource)


def _function_call(request: TaskRequest) -> FunctionCall:
    if _is_plain(request):
        return FunctionCall(function=request.resource.arn, payload=request.arguments, wrapped=False)
    fields = checked_fields(request, INVOKE_FIELDS)
    payload = fields.get("Payload")
    return FunctionCall(
        function=required_text(request, fields, "FunctionName"),
        payload=payload,
        has_payload=payload is not None,  # recorded: a Payload of null reaches the function as {}, as does none
        qualifier=optional_text(request, fields, "Qualifier"),
        invocation_type=optional_text(request, fields, "InvocationType"),
        log_type=optional_text(request, fields, "LogType"),
        client_context=optional_text(request, fields, "ClientContext"),
    )


def _check_synchronous(request: TaskRequest, call: FunctionCall, name: FunctionName) -> None:
    wanted = (("InvocationType", call.invocation_type, "RequestResponse"), ("LogType", call.log_type, "None"))
    for field, value, only in wanted:
        if value not in (None, only):
            raise _needs_lambda(request, field, name)


def _needs_lambda(request: TaskRequest, field: str, name: FunctionName) -> StatesRuntime:
    return unusable(
        request,
        f"The value of the field {field!r} needs the Lambda API, and the function {name.name!r} is reached without",
    )


def _url_call(request: TaskRequest, call: FunctionCall, name: FunctionName, route: UrlRoute) -> FunctionCall:
    if name.qualifier is not None and not route.exact:
        raise unusable(request, f"The functions setting has no URL for the qualifier of {name.qualified!r}")
    return FunctionCall(
        function=name.qualified,
        payload=call.payload,
        has_payload=call.has_payload,
        wrapped=call.wrapped,
        client_context=call.client_context,
        url=route.url,
    )


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
