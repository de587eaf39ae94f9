"""Execution cases as data, the functions they script, and their runs on the in-process host."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

from activities.names import JOB, START_EXECUTION
from activities.registry import Registry
from activities.router import Router
from interpreter.definition.model import Definition
from interpreter.definition.parse import parse_definition
from interpreter.effects import ActivityFailure, ChildWorkflow, JsonText, Room, TaskCall
from interpreter.execution import FailedWith, Succeeded
from interpreter.frames import JsonObject
from interpreter.history import HistoryEvent, render
from interpreter.hosts.inprocess import CallFailed, InProcessHost
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, Missing, json_text, parse_json, print_kept
from tests.support.nesting import Nesting, invoke_starter, take_id, told

CASES: Final = Path(__file__).parents[1] / "compliance" / "executions"
MACHINE: Final = "compliance"
START_DATE: Final = 1_700_000_000_000
SEED: Final = "5e" * 32
_FEW_BOUNDARIES: Final = 64

Event = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Callback:
    """What becomes of a task token: its envelope is sent before the function returns, or after TaskSubmitted."""

    envelope: JsonValue
    before: bool


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one call of a function does: return `result` (the event itself if MISSING), fail, or never return."""

    result: JsonValue | Missing = MISSING
    failure: ActivityFailure | None = None
    hangs: bool = False
    callback: Callback | None = None

    @classmethod
    def from_json(cls, shown: Mapping[str, JsonValue]) -> Behaviour:
        callback = cast("Mapping[str, JsonValue] | None", shown.get("callback"))
        return cls(
            result=shown.get("result", MISSING),
            failure=_failure(shown),
            hangs=shown.get("hang") is True,
            callback=None if callback is None else Callback(callback["send"], callback.get("when") == "before"),
        )


def _failure(shown: Mapping[str, JsonValue]) -> ActivityFailure | None:
    """`raise` is the exception of a plain worker, `fail` the error and cause that our own workers report."""
    if "raise" in shown:
        raised = cast("Mapping[str, str]", shown["raise"])
        return ActivityFailure("application", raised["type"], raised["message"], (), heartbeat_asked=False)
    if "fail" in shown:
        failed = cast("Mapping[str, str]", shown["fail"])
        cause = failed.get("cause", "")
        return ActivityFailure("application", failed.get("error"), cause, (shown["fail"],), heartbeat_asked=False)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One execution and all that is known of it.

    `machines` are definitions of which Tasks start executions; their names are unique among all cases, as are those of
    the executions. `history` tells each event as `id<previous id Type detail`. With `order` `"chains"` the order of
    events of different branches depends on the host. `time` is `"real"` where something must time out, `"skipped"`
    where it waits for long: the in-process host skips time in every case that is not `"real"`.
    """

    name: str
    definition: JsonValue
    source: str
    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT"]
    history: Sequence[str]
    input: JsonValue = field(default_factory=dict)
    functions: Mapping[str, Sequence[Mapping[str, JsonValue]]] = field(default_factory=dict)
    machines: Mapping[str, JsonValue] = field(default_factory=dict)
    output: JsonValue | Missing = MISSING
    error: str | None = None
    cause: str | None = None
    order: Literal["exact", "chains"] = "exact"
    time: Literal["instant", "skipped", "real"] = "instant"

    @property
    def text(self) -> str:
        """The definition's text."""
        return json_text(self.definition)

    @property
    def input_text(self) -> str:
        """The input as a client sends it."""
        return json_text(self.input)

    @property
    def repeatable(self) -> bool:
        """Whether each function always does the same, so that calls may be made again, and no name is taken by one."""
        return not self.machines and all(len(behaviours) == 1 for behaviours in self.functions.values())


@cache
def all_cases() -> Sequence[Case]:
    """Every case of `tests/compliance/executions`."""
    return [
        Case(**cast("dict[str, Any]", _unfold(shown)))
        for path in sorted(CASES.glob("*.json"))
        for shown in cast("list[JsonValue]", json.loads(path.read_text("utf-8")))
    ]


def _unfold(shown: JsonValue) -> JsonValue:
    """`{"$repeat": text, "times": n}` stands for a long text, as limits need it."""
    match shown:
        case {"$repeat": str(text), "times": int(times)}:
            return text * times
        case dict():
            return {name: _unfold(member) for name, member in shown.items()}
        case list():
            return [_unfold(member) for member in shown]
        case _:
            return shown


@cache
def parsed(text: str) -> Definition:
    """The definition of a text."""
    return parse_definition(text, Registry())


def execution_start(case: Case, definition: str = "0" * 64) -> ExecutionStart:
    """The same start on every host, so that histories can be compared to the last digit."""
    name = slug(case.name)
    return ExecutionStart(
        definition=definition,
        execution_arn=f"arn:aws:states:us-east-1:123456789012:execution:{MACHINE}:{name}",
        state_machine_arn=f"arn:aws:states:us-east-1:123456789012:stateMachine:{MACHINE}",
        name=name,
        role_arn="arn:aws:iam::123456789012:role/states",
        start_date=time.time_ns() // 1_000_000 if case.time == "real" else START_DATE,
        seed=SEED,
    )


class Script:
    """The functions of one execution. Each call takes the next behaviour of its function; the last one repeats."""

    def __init__(self, case: Case, calls: Mapping[str, int] | None = None) -> None:
        self._behaviours = {
            name: [Behaviour.from_json(shown) for shown in behaviours] for name, behaviours in case.functions.items()
        }
        self.calls: Counter[str] = Counter(calls or {})

    def next(self, function: str) -> Behaviour:
        behaviours = self._behaviours[function]
        number = self.calls[function]
        self.calls[function] += 1
        return behaviours[min(number, len(behaviours) - 1)]


@dataclass(frozen=True, slots=True)
class Run:
    """How an execution ended, and its history as GetExecutionHistory shows it, without timestamps."""

    status: str
    output: JsonValue | Missing
    error: str | None
    cause: str | None
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Boundary:
    """A state boundary: the checkpoint as text, and what the world looked like."""

    checkpoint: str
    now: int
    calls: Mapping[str, int]
    events: int


class _ReachedBoundary(BaseException):
    """Leaves a run where it is; nothing in the interpreter catches it."""


@dataclass(slots=True)
class InProcessRun:
    """One run of a case on the in-process host, from its start, from a boundary, or as `start` says, at `now`.

    Boundaries are kept, as `boundaries`, where `keeps` says so: of a long execution they are hundreds of megabytes.
    `one` is the last, where there are not so many that it would take long to know it.
    """

    case: Case
    boundary: Boundary | None = None
    start: ExecutionStart | None = None
    now: int | None = None
    keeps: Literal["none", "one", "all"] = "none"
    passed: int = 0
    boundaries: list[Boundary] = field(default_factory=list)
    late: list[Callable[[], object]] = field(default_factory=list)

    async def run(self, checkpoint: JsonObject | None = None) -> Run:
        """Run to the end; a redriven execution, which begins with a checkpoint of its own, is given it."""
        host, script = self._prepared()
        if self.keeps != "none":
            host.execution.on_boundary = lambda: self._keep(host, script)
        ended = await host.run(checkpoint or self._checkpoint())
        result = ended.result
        return Run(
            ended.status,
            result.output if isinstance(result, Succeeded) else MISSING,
            result.error.name if isinstance(result, FailedWith) else None,
            result.error.cause if isinstance(result, FailedWith) else None,
            without_time(host.events),
        )

    def _keep(self, host: InProcessHost, script: Script) -> None:
        self.passed += 1
        if self.keeps == "one":
            if self.passed > _FEW_BOUNDARIES and self.passed % _FEW_BOUNDARIES:
                return
            self.boundaries.clear()
        checkpoint = print_kept(host.execution.checkpoint()).decode("utf-8", "surrogatepass")
        self.boundaries.append(Boundary(checkpoint, host.now(), dict(script.calls), len(host.events)))

    async def next_checkpoint(self) -> JsonObject:
        """Run from the boundary to the next one only, and return the checkpoint there."""
        host, _ = self._prepared()
        passed = 0

        def stop_at_the_second() -> None:  # the first is the boundary that was resumed from
            nonlocal passed
            passed += 1
            if passed == 2:
                raise _ReachedBoundary

        host.execution.on_boundary = stop_at_the_second
        with contextlib.suppress(_ReachedBoundary):
            await host.run(self._checkpoint())
        assert passed == 2, "the execution ended before it came to another state boundary"
        return host.execution.checkpoint()

    def _checkpoint(self) -> JsonObject | None:
        return None if self.boundary is None else cast(JsonObject, json.loads(self.boundary.checkpoint))

    def _prepared(self) -> tuple[InProcessHost, Script]:
        script = Script(self.case, None if self.boundary is None else self.boundary.calls)
        return self.host(script), script

    def host(self, script: Script) -> InProcessHost:
        """The host of the run, whose functions are those of `script`."""
        nesting = Nesting(self.case.machines)
        case = self.case
        boundary_now = None if self.boundary is None or case.time == "real" else self.boundary.now
        host = InProcessHost(
            parsed(case.text),
            self.start or execution_start(case),
            parse_json(case.input_text),
            Router(),
            lambda call: self._invoke(script, nesting, host, call),
            skip_time=case.time != "real",
            now=self.now if self.now is not None else boundary_now,
            children=lambda child, begun: self._run_child(script, nesting, host, child, begun),
        )
        self._answer_after_submission(host)
        return host

    async def _run_child(
        self, script: Script, nesting: Nesting, root: InProcessHost, child: ChildWorkflow, begun: Callable[[], None]
    ) -> JsonValue:
        take_id(child, script.calls)
        begun()
        if child.workflow_type == JOB:
            envelope = script.next(JOB).result
            assert not isinstance(envelope, Missing)
            return envelope
        start, input_ = child.arguments
        assert isinstance(start, ExecutionStart)
        assert isinstance(input_, JsonText)
        host = InProcessHost(
            parsed(nesting.definition(child.workflow_type)),
            start,
            parse_json(input_.text),
            Router(),
            lambda call: self._invoke(script, nesting, root, call),
            skip_time=self.case.time != "real",
            children=lambda child, begun: self._run_child(script, nesting, root, child, begun),
        )
        result = (await host.run()).result
        if isinstance(result, Succeeded):
            return result.output
        assert isinstance(result, FailedWith)
        raise CallFailed(told(result.error))

    async def _invoke(self, script: Script, nesting: Nesting, host: InProcessHost, call: TaskCall) -> JsonValue:
        if call.call.prepares or call.call.activity_type == START_EXECUTION:
            return await invoke_starter(nesting, call)
        return await self._play(script, host, call)

    async def _play(self, script: Script, host: InProcessHost, call: TaskCall) -> JsonValue:
        behaviour = script.next(call.call.activity_type)
        event = call.call.argument
        callback = behaviour.callback
        if callback is not None:
            token = token_in(event)
            if callback.before:
                host.complete(token, callback.envelope)
            else:
                self.late.append(lambda: host.complete(token, callback.envelope))
        if behaviour.hangs:
            await asyncio.Event().wait()
        if behaviour.failure is not None:
            raise CallFailed(behaviour.failure)
        return event if behaviour.result is MISSING else behaviour.result

    def _answer_after_submission(self, host: InProcessHost) -> None:
        """Send what is to come after TaskSubmitted as soon as the core has seen the call return."""
        run = host.execution.run

        def run_and_answer(room: Room = "plenty") -> None:
            run(room)
            answers, self.late = self.late, []
            for answer in answers:
                answer()

        host.execution.run = run_and_answer  # type: ignore[method-assign]  # the one place between two turns


def without_time(events: Sequence[HistoryEvent]) -> list[Event]:
    """The events as GetExecutionHistory shows them, without timestamps."""
    return [{name: value for name, value in shown.items() if name != "timestamp"} for shown in render(events)]


def token_in(event: JsonValue) -> str:
    """The task token that a case hands to its function, as member `token`."""
    assert isinstance(event, dict)
    token = event["token"]
    assert isinstance(token, str)
    return token


def slug(name: str) -> str:
    """An execution name made of a case's name."""
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:80]


async def _digest() -> str:
    """A hash of every case's history and of its last checkpoint, or of a late one where there are many."""
    digest = hashlib.sha256()
    for case in all_cases():
        if case.time != "real":
            run = InProcessRun(case, keeps="one")
            digest.update(json.dumps([*(await run.run()).events, run.boundaries[-1].checkpoint]).encode())
    return digest.hexdigest()


if __name__ == "__main__":  # in a process of its own, with another hash seed
    print(asyncio.run(_digest()))
