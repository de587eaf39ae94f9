"""The effects port: everything the interpreter asks of the world, and the requests and answers that cross it.

The core never waits by itself. It hands operations to its host (`start`, `cancel`) and is told their outcomes by
operation number; between two outcomes it runs on a scheduler of its own. Hosts: `interpreter.hosts.temporal`
(Temporal), `interpreter.hosts.inprocess` (asyncio) and `interpreter.hosts.projection` (a recorded Temporal history).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias

from interpreter.definition.model import TaskResource
from interpreter.errors import StatesError
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """One attempt of a Task: call the resource once.

    Attributes:
        resource: the parsed Resource.
        arguments: the input of the call, after InputPath and Parameters.
        state_name: the Task's name.
        operation_id: unique in the execution and unguessable, `<state name>-<uuid>`: the Temporal activity id and
            the idempotency key of the call.
        timeout_seconds: TimeoutSeconds of the state, None where it has none; for a callback the wait has it too.
        heartbeat_seconds: HeartbeatSeconds of the state, None where it has none (never set on a callback's call).
        trace_header: the X-Ray trace header that the execution's caller gave.
    """

    resource: TaskResource
    arguments: JsonValue
    state_name: str
    operation_id: str
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    trace_header: str | None = None


@dataclass(frozen=True, slots=True)
class ActivityCall:
    """How a `TaskRequest` is run as a Temporal activity.

    Attributes:
        activity_type: the Temporal activity type.
        task_queue: the Temporal task queue.
        argument: the activity's one argument, JSON.
        worker: `"ours"` where a steploom worker serves the queue and heartbeats by itself; `"polled"` where clients
            take tasks with GetActivityTask: time counts from the scheduling, and a task that reached nobody is offered
            again; `"foreign"` otherwise.
        repeated: whether the call is a look-up, made again until it is answered.
        direct: whether a process that hosts executions can make the call itself, without a task queue.
        prepares: whether it only prepares a child workflow, which `TaskRouter.child` makes of its answer.
        made: whether there is a call to make; else nothing has to be asked, and the argument is the answer.
    """

    activity_type: str
    task_queue: str
    argument: JsonValue
    worker: Literal["ours", "foreign", "polled"]
    repeated: bool = False
    direct: bool = False
    prepares: bool = False
    made: bool = True


FailureKind: TypeAlias = Literal["application", "timeout", "heartbeat", "other"]


@dataclass(frozen=True, slots=True)
class ActivityFailure:
    """How a Temporal activity ended badly, without Temporal's types.

    Attributes:
        kind: `"application"` (the activity raised), `"timeout"` (start-to-close or schedule-to-close),
            `"heartbeat"`, or `"other"`.
        type: the failure's type, as an exception's class name; None where it has none.
        message: the failure's message.
        details: the failure's details, JSON; our own integrations put `{"error"?: str, "cause"?: str}` first.
        heartbeat_asked: whether the state itself has HeartbeatSeconds (else a missed heartbeat is a dead worker).
        started: whether a worker had begun with it; False only for timeouts.
    """

    kind: FailureKind
    type: str | None
    message: str
    details: tuple[JsonValue, ...]
    heartbeat_asked: bool
    started: bool = True


@dataclass(frozen=True, slots=True)
class TaskCall:
    """Make one attempt of a Task: run `call`, which the router made from `request`.

    `local` is set by durable hosts alone, where the worker makes the call inside the workflow task.
    """

    request: TaskRequest
    call: ActivityCall
    local: bool = False


@dataclass(frozen=True, slots=True)
class CallbackWait:
    """Wait for SendTaskSuccess or SendTaskFailure on the token made from `operation_id`.

    The outcome's value is the envelope `{"output": <JSON>}` or `{"error"?: str, "cause"?: str}`.
    """

    state_name: str
    operation_id: str
    timeout_seconds: int | None
    heartbeat_seconds: int | None


@dataclass(frozen=True, slots=True)
class JsonText:
    """An argument of a child workflow that is handed on as the text it is."""

    text: str


@dataclass(frozen=True, slots=True)
class ForeignJson:
    """An argument of a child workflow whose worker may not be ours."""

    value: JsonValue


ChildArgument: TypeAlias = ExecutionStart | JsonText | ForeignJson | dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildWorkflow:
    """Run a workflow as a child of this one: a nested execution, or the watch over a job.

    That it has begun is told by `Begun`; where its id is taken, the operation fails with the type `TAKEN` instead. The
    outcome is `Done` with its result, or `Failed` of the kind `"application"`, `"timeout"` or `"other"` (it was
    cancelled or terminated).

    Attributes:
        state_name: the Task's name.
        workflow_type: the Temporal workflow type.
        workflow_id: the Temporal workflow id.
        task_queue: its task queue; None for that of executions.
        arguments: the workflow's arguments.
        timeout_seconds: the workflow's execution timeout; None for none.
        bound: whether the child is cancelled when this execution ends or gives the operation up; else it runs on.
        stop: for a child that is not bound: what stops it when the operation is given up, the argument of a watch over
            a job.
        memo: the workflow's memo.
        attributes: its keyword search attributes.
        summary: what the Temporal UI shows of it.
        details: further text for the Temporal UI.
    """

    state_name: str
    workflow_type: str
    workflow_id: str
    arguments: tuple[ChildArgument, ...]
    task_queue: str | None = None
    timeout_seconds: int | None = None
    bound: bool = True
    stop: dict[str, JsonValue] | None = None
    memo: Mapping[str, JsonValue] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    summary: str | None = None
    details: str | None = None


TAKEN: Final = "steploom:taken"
"""Type of the failure of a `ChildWorkflow` whose id another workflow has, or had."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Sleep until `due`, in milliseconds since the epoch. `purpose` says for people what is waited for."""

    due: int
    purpose: str


Operation: TypeAlias = TaskCall | CallbackWait | ChildWorkflow | Timer


@dataclass(frozen=True, slots=True)
class Done:
    """An operation succeeded; a timer's value is None.

    `worker_name` is that of GetActivityTask; only a projection knows it.
    """

    value: JsonValue
    worker_name: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A task call or a callback wait ended badly; `worker_name` as in `Done`."""

    failure: ActivityFailure
    worker_name: str | None = None


Outcome: TypeAlias = Done | Failed


@dataclass(frozen=True, slots=True)
class Begun:
    """A child workflow has begun; its outcome comes later, under the same number."""


Room: TypeAlias = Literal["plenty", "little", "none"]
"""What a host can still record of a run. With `"little"` an execution is to go on in a new run as soon as it can; with
`"none"` what cannot must end."""


class Effects(Protocol):
    """What a host does for the core. Nothing here blocks."""

    def now(self) -> int:
        """Milliseconds since the epoch; constant while the core runs between two batches of outcomes."""
        ...

    def start(self, number: int, operation: Operation) -> None:
        """Begin an operation; its outcome, and before it `Begun`, are told to the core under `number`."""
        ...

    def cancel(self, number: int, operation: Operation) -> None:
        """Give an operation up; its outcome, if any comes, is ignored."""
        ...

    def task_token(self, operation_id: str) -> str:
        """The task token that completes the `CallbackWait` with this operation id."""
        ...


class TaskRouter(Protocol):
    """Where tasks go; implemented by `activities.router` and handed to the hosts at start-up.

    Every method is a pure function of its arguments: replays and projections call them again.
    """

    def route(self, request: TaskRequest, functions: JsonValue) -> ActivityCall:
        """The Temporal activity that runs `request`.

        `functions` is the execution's own choice of how functions are reached, recorded when it started.

        Raises:
            StatesError: the arguments cannot be used to start the task.
        """
        ...

    def shown(self, request: TaskRequest) -> JsonValue:
        """The arguments as TaskScheduled shows them: what the integration adds is there, what it drops is not."""
        ...

    def look_up(self, request: TaskRequest) -> ActivityCall | None:
        """A call to be made before the task is scheduled; it answers false where the resource does not exist."""
        ...

    def result(self, request: TaskRequest, functions: JsonValue, value: JsonValue) -> JsonValue:
        """The task's result as the state sees it, from what the activity returned; for a job, what TaskSubmitted shows.

        For a call that `prepares`, it is the result once the child has begun.
        """
        ...

    def child(self, request: TaskRequest, value: JsonValue, *, has_token: bool) -> ChildWorkflow:
        """The child workflow of a call that `prepares` and answered `value`.

        `has_token` says whether the child was given a token that can end the task before the child ends.
        """
        ...

    def taken(self, request: TaskRequest, value: JsonValue) -> ActivityCall:
        """A look-up, where the id of `child` is taken: whether the other workflow will do; it answers like the call."""
        ...

    def watch(self, request: TaskRequest, value: JsonValue, start: ExecutionStart) -> ChildWorkflow:
        """What waits for the job that a call submitted, or for the execution that was there already.

        `value` is what the activity returned.
        """
        ...

    def ended(self, request: TaskRequest, value: JsonValue, outcome: Outcome, now: int) -> JsonValue:
        """The task's result from the outcome of a child or of a watch; `value` is what the call returned.

        Raises:
            StatesError: it failed.
        """
        ...

    def failure(self, request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
        """The error name and cause that the state sees."""
        ...
