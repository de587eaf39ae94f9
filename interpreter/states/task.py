"""Task: calls a resource, once for each attempt, and for callbacks waits for the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from interpreter.dataflow.flow import arguments, evaluate, take_input
from interpreter.dataflow.jsonata import evaluate_integer, refused
from interpreter.dataflow.jsonpath import select
from interpreter.dataflow.template import unusable_keys
from interpreter.dataflow.view import View
from interpreter.definition.model import (
    ActivityResource,
    LambdaFunctionResource,
    PathFlow,
    Quantity,
    ServiceResource,
    TaskPattern,
    TaskResource,
    TaskState,
)
from interpreter.definition.schema import LONGEST_SECONDS
from interpreter.effects import CallbackWait, Failed, Outcome, TaskCall, TaskRequest
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesError,
    StatesRuntime,
    StatesTimeout,
)
from interpreter.frames import Deadline, Frame
from interpreter.history import Worker
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import Path
from interpreter.states.awaited import AwaitedTask, answer_of, wait_error
from interpreter.states.failure import caught, plan_retry, wait_for_retry
from interpreter.states.outcome import Transition
from interpreter.states.result import completed
from interpreter.states.task_events import TaskEvents, task_events
from interpreter.values import JsonValue, is_integer, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution


async def run_task(execution: Execution, frame: Frame, state: TaskState) -> Transition:
    """Attempt the task until it succeeds, is caught, or fails for good.

    Raises:
        StatesError: no retrier and no catcher took the last error.
    """
    while True:
        await wait_for_retry(execution, frame)
        try:
            result = await _attempt(execution, frame, state)
            if execution.inspection is not None:
                execution.inspection.note("result", result)
            return completed(execution, frame, state, result)
        except StatesRuntime:
            raise
        except StatesError as error:
            if not plan_retry(execution, frame, state, error):
                return caught(execution, frame, state, error)


_ENGINE_THAT_CHECKS_KEYS: Final = 3
_ENGINE_THAT_READS_DIGITS: Final = 3

_DIGITS: Final = re.compile(r"[0-9]{1,9}")

_LARGEST_INLINE: Final = 1_900_000
"""Temporal refuses payloads of 2 MiB and more, which would fail the workflow task for ever."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt, prepared: nothing has been recorded or started."""

    call: TaskCall
    wait: CallbackWait | None
    job: bool
    role_arn: str | None

    @property
    def goes_on(self) -> bool:
        """Whether it lasts longer than the call."""
        return self.wait is not None or self.job or self.call.call.prepares


async def _attempt(execution: Execution, frame: Frame, state: TaskState) -> JsonValue:
    attempt = _prepare(execution, frame, state)
    if execution.inspection is not None and execution.inspection.mock is not None:
        return execution.inspection.mock.result()
    events = task_events(state.resource, execution.start.state_machine_arn.split(":")[3])
    request = attempt.call.request
    timeout, heartbeat = _declared(attempt)
    polled = isinstance(state.resource, ActivityResource) and not execution.mocked
    await _look_up(execution, frame, request)
    shown = execution.router.shown(request)
    execution.record(
        events.scheduled, frame.chain, frame, events.scheduling(shown, timeout, heartbeat, attempt.role_arn)
    )
    if not polled:
        execution.record(events.started, frame.chain, frame, events.starting())
        frame.deadline = _deadline(execution, events, timeout)
    try:
        if polled:
            result = await _wait_for_worker(execution, frame, events, attempt.call)
        elif execution.mocked or not attempt.goes_on:
            outcome = await execution.perform(frame, attempt.call)
            result = _result(execution, request, outcome)
        else:
            result = await AwaitedTask(execution, frame, events, attempt.call, attempt.wait, job=attempt.job).run()
        execution.data.check_size(result, _source(state.resource))
    except StatesError as error:
        type_ = events.timed_out if isinstance(error, StatesTimeout) else events.failed
        execution.record(type_, frame.chain, frame, events.failing(error))
        raise
    finally:
        frame.deadline = None
    execution.record(events.succeeded, frame.chain, frame, events.outputting(result))
    return result


def _prepare(execution: Execution, frame: Frame, state: TaskState) -> _Attempt:
    """Evaluate everything that the attempt needs; the service is not called before all of it is known to be good."""
    pattern = state.resource.pattern if isinstance(state.resource, ServiceResource) else TaskPattern.REQUEST_RESPONSE
    waits, job = pattern is TaskPattern.WAIT_FOR_TASK_TOKEN, pattern in (TaskPattern.SYNC, TaskPattern.SYNC_2)
    wait_id = execution.chance.operation_id(state.name) if waits or job else None
    token = None if wait_id is None else execution.effects.task_token(wait_id)
    view = execution.view(frame, retries=True, token=token)
    take_input(state.flow, view)
    timeout = _seconds(state.timeout_seconds, "TimeoutSeconds", view)
    heartbeat = _seconds(state.heartbeat_seconds, "HeartbeatSeconds", view)
    role_arn = _role_arn(state, view)
    call_arguments = arguments(state.flow, view)
    execution.data.check_size(call_arguments, _source(state.resource))
    _check_keys(execution, state, call_arguments)
    if execution.observer is not None:
        execution.observer.called(frame, call_arguments)
    waits = waits or (token is not None and token in json_text(call_arguments))
    request = TaskRequest(
        resource=state.resource,
        arguments=call_arguments,
        state_name=state.name,
        operation_id=execution.chance.operation_id(state.name),
        timeout_seconds=timeout,
        heartbeat_seconds=None if waits else heartbeat,
        trace_header=execution.start.trace_header,
    )
    call = TaskCall(request, execution.router.route(request, execution.start.functions))
    _check_inline(execution, call)
    wait = CallbackWait(state.name, wait_id, timeout, heartbeat) if wait_id is not None and waits else None
    return _Attempt(call, wait, job, role_arn)


def _check_keys(execution: Execution, state: TaskState, call_arguments: JsonValue) -> None:
    """Refuse parameters of a service in which data has keys that only templates may have (reported of AWS).

    Raises:
        StatesRuntime: there is such a key.
    """
    if execution.start.engine < _ENGINE_THAT_CHECKS_KEYS or not isinstance(state.resource, ServiceResource):
        return
    if not isinstance(state.flow, PathFlow) or b'.$":' not in execution.measure.encoded(call_arguments):
        return
    for key in unusable_keys(call_arguments):
        raise StatesRuntime(
            f"The Parameters '{json_text(call_arguments)}' could not be used to start the Task: "
            f"[The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call]"
        )


def _check_inline(execution: Execution, call: TaskCall) -> None:
    """Refuse an argument that could not travel: a worker that is not ours gets it inside the history.

    Raises:
        StatesDataLimitExceeded: the argument is too large; only in `native` mode, as AWS's limit is smaller.
    """
    if execution.limits.payload_bytes is None and call.call.worker == "foreign":
        size = execution.measure.size(call.call.argument)
        if size > _LARGEST_INLINE:
            raise StatesDataLimitExceeded(
                f"The argument of the task '{call.request.state_name}' has {size} bytes; a worker that is not "
                f"steploom's own can be handed {_LARGEST_INLINE} at most."
            )


def _declared(attempt: _Attempt) -> tuple[int | None, int | None]:
    request = attempt.call.request
    return request.timeout_seconds, (request if attempt.wait is None else attempt.wait).heartbeat_seconds


def _deadline(execution: Execution, events: TaskEvents, timeout: int | None) -> Deadline | None:
    if timeout is None:
        return None
    return Deadline(execution.effects.now() + timeout * 1000, events.timed_out, events.failing(StatesTimeout()))


async def _look_up(execution: Execution, frame: Frame, request: TaskRequest) -> None:
    """Refuse a resource that does not exist. Each attempt asks anew: activities come and go while executions run.

    Raises:
        StatesRuntime: there is no such activity (recorded).
    """
    call = execution.router.look_up(request)
    if call is None:
        return
    id_ = execution.chance.operation_id(request.state_name)
    asking = replace(request, operation_id=id_, timeout_seconds=None, heartbeat_seconds=None)
    outcome = await execution.perform(frame, TaskCall(asking, call))
    if isinstance(outcome, Failed):
        raise wait_error(outcome.failure)
    if outcome.value is False:
        raise StatesRuntime(f"The activity {_source(request.resource)} does not exist.")


async def _wait_for_worker(execution: Execution, frame: Frame, events: TaskEvents, call: TaskCall) -> JsonValue:
    """Wait for the answer of a worker that polls.

    That it took the task is known only now: until it ends, a started activity leaves no event with Temporal.
    """
    outcome = await execution.perform(frame, call)
    if not isinstance(outcome, Failed) or outcome.failure.started:
        execution.record(events.started, frame.chain, frame, Worker(outcome.worker_name))
    return answer_of(outcome)


def _result(execution: Execution, request: TaskRequest, outcome: Outcome) -> JsonValue:
    functions = execution.start.functions
    if isinstance(outcome, Failed):
        raise execution.router.failure(request, functions, outcome.failure)
    return execution.router.result(request, functions, outcome.value)


def _source(resource: TaskResource) -> str:
    """How the data limit's cause names where a value came from (recorded for Lambda)."""
    match resource:
        case LambdaFunctionResource(arn) | ActivityResource(arn):
            return arn
        case ServiceResource(service=service):
            return service


def _seconds(quantity: Quantity | None, field: str, view: View) -> int | None:
    match quantity:
        case Path():
            return _seconds_at(quantity, f"{field}Path", view)
        case Expression():
            return evaluate_integer(quantity, field, view, minimum=1, maximum=LONGEST_SECONDS)
        case _:
            return quantity


def _seconds_at(path: Path, field: str, view: View) -> int:
    """A number of seconds, or its digits as text (recorded for Map's fields, whose words these are)."""
    value = select(path, view)
    if view.execution.start.engine >= _ENGINE_THAT_READS_DIGITS and isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if not is_integer(value):
        shown = value if isinstance(value, str) else json_text(value)
        raise StatesRuntime(f'The {field} field refers to value "{shown}" which is not a valid integer: {path.text}')
    if not 0 < value <= LONGEST_SECONDS:
        raise StatesRuntime(
            f"The {field} field refers to value {value} which is not between 1 and {LONGEST_SECONDS}: {path.text}"
        )
    return value


def _role_arn(state: TaskState, view: View) -> str | None:
    if state.credentials is None:
        return None
    credentials = evaluate(state.credentials, view)
    role_arn = credentials.get("RoleArn") if isinstance(credentials, dict) else None
    if isinstance(role_arn, str):
        return role_arn
    cause = f"The field 'RoleArn' of Credentials must be a string but was: {json_text(role_arn)}"
    if isinstance(state.credentials, JsonataTemplate):
        raise refused(view, "Credentials/RoleArn", cause)
    raise StatesRuntime(cause)
