"""One attempt of a Task that goes on after its call has returned: a callback, a job, a nested execution.

What the call answers is TaskSubmitted's output. Then the token's answer or the end of the job decides, whichever comes
first; both may come before the call has returned ("Discover service integration patterns").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from interpreter.effects import (
    TAKEN,
    ActivityFailure,
    CallbackWait,
    ChildWorkflow,
    Done,
    Failed,
    Outcome,
    TaskCall,
    Timer,
)
from interpreter.errors import StatesError, StatesHeartbeatTimeout, StatesTaskFailed, StatesTimeout
from interpreter.frames import Frame
from interpreter.scheduler import Inbox
from interpreter.states.task_events import TaskEvents
from interpreter.values import JsonValue, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_Source: TypeAlias = Literal["call", "begun", "child", "wait", "deadline"]
_NOTHING: Final = Done(None)


class AwaitedTask:
    """The attempt, from its call to the task's result.

    Args:
        execution: the execution.
        frame: the frame whose state the Task is.
        events: the history events of the Task.
        call: the call, which submits the job or hands the token on.
        wait: the wait for the token, where one was handed on.
        job: whether what the call began is waited for (`.sync`).
    """

    def __init__(
        self,
        execution: Execution,
        frame: Frame,
        events: TaskEvents,
        call: TaskCall,
        wait: CallbackWait | None,
        job: bool,
    ) -> None:
        self._execution = execution
        self._frame = frame
        self._events = events
        self._call = call
        self._wait = wait
        self._job = job
        self._inbox: Inbox[tuple[_Source, Outcome]] = Inbox()
        self._numbers: dict[_Source, int] = {}
        self._answer: Outcome | None = None
        self._value: JsonValue = None

    async def run(self) -> JsonValue:
        """The task's result.

        Raises:
            StatesError: the call, the job or the callback failed, or there was no more time.
        """
        request = self._call.request
        if self._wait is not None:  # first: where operations queue, no token may be out before it can be answered
            self._begin("wait", self._wait)
        elif request.timeout_seconds is not None:
            due = self._execution.effects.now() + request.timeout_seconds * 1000
            self._begin("deadline", Timer(due, f"{request.state_name}: TimeoutSeconds"))
        try:
            result = await self._result()
        except StatesError:
            self._give_up()
            raise
        self._give_up()
        return result

    async def _result(self) -> JsonValue:
        submission = await self._submit()
        if self._wait is None and not self._job:
            return submission
        details = self._events.outputting(submission)
        self._execution.record(self._events.submitted, self._frame.chain, self._frame, details)
        return await (self._end() if self._job else self._called_back())

    # ------------------------------------------------------------------ the call

    async def _submit(self) -> JsonValue:
        execution, request = self._execution, self._call.request
        self._value = await self._called(self._call) if self._call.call.made else self._call.call.argument
        if not self._call.call.prepares:
            return execution.router.result(request, execution.start.functions, self._value)
        child = execution.router.child(request, self._value, has_token=self._wait is not None)
        self._begin("child", child)
        source, outcome = await self._next("begun", "child")
        if source == "child":
            if not _is_taken(outcome):  # it could not be started
                raise _not_begun(outcome)
            del self._numbers["child"]
            asking = replace(request, operation_id=execution.chance.operation_id(request.state_name))
            self._value = await self._called(TaskCall(asking, execution.router.taken(request, self._value)))
        elif not self._job:
            self._release("child")
        return execution.router.result(request, execution.start.functions, self._value)

    async def _called(self, call: TaskCall) -> JsonValue:
        self._begin("call", call)
        _, outcome = await self._next("call")
        if isinstance(outcome, Failed):
            raise self._execution.router.failure(call.request, self._execution.start.functions, outcome.failure)
        return outcome.value

    # ------------------------------------------------------------------ the end

    async def _called_back(self) -> JsonValue:
        while self._answer is None:
            await self._next("wait")
        return answer_of(self._answer)

    async def _end(self) -> JsonValue:
        """The end of the job; a token that its definition handed on can come before it (recorded)."""
        execution, request = self._execution, self._call.request
        if "child" not in self._numbers:
            self._begin("child", execution.router.watch(request, self._value, execution.start))
        while self._answer is None:
            source, outcome = await self._next("child", "wait")
            if source == "child":
                return execution.router.ended(request, self._value, outcome, execution.effects.now())
        self._release("child")
        return answer_of(self._answer)

    # ------------------------------------------------------------------ operations

    def _begin(self, source: _Source, operation: TaskCall | CallbackWait | ChildWorkflow | Timer) -> None:
        begun = (lambda: self._inbox.post(("begun", _NOTHING))) if isinstance(operation, ChildWorkflow) else None
        self._numbers[source] = self._execution.begin_operation(
            self._frame, operation, lambda outcome: self._inbox.post((source, outcome)), begun
        )

    async def _next(self, *sources: _Source) -> tuple[_Source, Outcome]:
        """The next message from one of `sources`; an answer to the token is kept, and the time's end is the task's."""
        while True:
            source, outcome = await self._inbox.receive()
            await self._execution.breathe()
            if source == "deadline":
                raise StatesTimeout
            if source == "wait":
                if isinstance(outcome, Failed):
                    raise wait_error(outcome.failure)
                self._answer = outcome
            if source in sources:
                return source, outcome

    def _release(self, source: _Source) -> None:
        self._execution.release_operation(self._frame, self._numbers.pop(source))

    def _give_up(self) -> None:
        for number in self._numbers.values():
            self._execution.cancel_operation(self._frame, number)


def answer_of(outcome: Outcome) -> JsonValue:
    """The result in a callback's envelope; a value completed by an operator, without envelope, counts as it is.

    Raises:
        StatesError: the answer is a failure, or there was none in time.
    """
    if isinstance(outcome, Failed):
        raise wait_error(outcome.failure)
    envelope = outcome.value
    if isinstance(envelope, dict):
        if "output" in envelope:
            return envelope["output"]
        if envelope.keys() <= {"error", "cause"}:
            raise StatesError(_text(envelope.get("error")), _text(envelope.get("cause")))
    return envelope


def wait_error(failure: ActivityFailure) -> StatesError:
    """What the failure of a wait means to the state."""
    match failure.kind:
        case "timeout":
            return StatesTimeout()
        case "heartbeat":
            return StatesHeartbeatTimeout()
        case "application" | "other":
            return StatesError(failure.type, failure.message)


def _not_begun(outcome: Outcome) -> StatesError:
    reason = outcome.failure.message if isinstance(outcome, Failed) else "it ended before it began"
    return StatesTaskFailed(f"The child workflow was not started: {reason}")


def _is_taken(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.failure.type == TAKEN


def _text(value: JsonValue) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)
