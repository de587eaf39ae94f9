"""What a client of the hammer does to executions, and as the worker of its activities."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tests.resilience.hammer.caller import Caller, Unanswered
from tests.resilience.hammer.ledger import (
    ROLE,
    RUNNING,
    End,
    Execution,
    Ledger,
    failing,
    passing,
    waiting,
    working,
)
from tests.resilience.hammer.machines import MachineActions

_GONE: Final = ("TaskTimedOut",)


class RunActions:
    """Each method is one thing to do; state machines that it needs are made once and stay."""

    def __init__(self, caller: Caller, ledger: Ledger, machines: MachineActions) -> None:
        self._caller = caller
        self._ledger = ledger
        self._machines = machines
        self._random = caller.random
        self._own: dict[str, str] = {}

    def all(self) -> list[Callable[[], object]]:
        """What there is to do, as often as it is to be done among others."""
        starts = [self.start] * 3
        return [
            *starts,
            self.wait,
            self.stop,
            self.stop,
            self.fail,
            self.redrive,
            self.express,
            self.work,
            self.activity,
        ]

    def some(self) -> Execution | None:
        """One of the executions, if there is one."""
        executions = list(self._ledger.executions.values())
        return self._random.choice(executions) if executions else None

    def start(self) -> None:
        """StartExecution of what ends by itself; not answered, it is made again until it is known to have happened."""
        machine = self._machines.any()
        if machine is not None:
            self._started(machine.arn, End("SUCCEEDED"))

    def wait(self) -> None:
        """StartExecution of what ends only if it is stopped."""
        self._started(self._machine("waiting", waiting()), RUNNING)

    def fail(self) -> None:
        """StartExecution of what fails."""
        self._started(self._machine("failing", failing()), End("FAILED", error="Never"))

    def _started(self, machine: str, *ends: End) -> Execution:
        name = self._caller.name()
        params = {"stateMachineArn": machine, "name": name, "input": '{"a": 1}'}
        self._caller.insist("start_execution", "ExecutionAlreadyExists", **params)
        arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
        self._ledger.executions[arn] = execution = Execution(arn, [*ends])
        return execution

    def _machine(self, name: str, text: str, type_: str = "STANDARD") -> str:
        """The ARN of a state machine that this client keeps."""
        if name not in self._own:
            full = f"{self._caller.prefix}-{name}"
            answer = self._caller.insist("create_state_machine", name=full, definition=text, roleArn=ROLE, type=type_)
            self._own[name] = answer.members["stateMachineArn"]
        return self._own[name]

    def stop(self) -> None:
        """StopExecution of what would not end otherwise."""
        machine = f"{self._caller.prefix}-waiting"
        running = [each for each in self._ledger.executions.values() if RUNNING in each.ends]
        stoppable = [each for each in running if each.arn.split(":")[6] == machine]
        if not stoppable:
            return
        execution = self._random.choice(stoppable)
        error = self._caller.name()
        execution.stops.append(error)
        stopped = [End("ABORTED", error=each) for each in execution.stops]
        try:
            answer = self._caller.call("stop_execution", executionArn=execution.arn, error=error, cause="by the hammer")
        except Unanswered:
            execution.ends = [RUNNING, *stopped]
            raise
        if answer.ok:
            execution.ends = stopped

    def redrive(self) -> None:
        """RedriveExecution of what has failed, and will again."""
        failed = [each for each in self._ledger.executions.values() if End("FAILED", error="Never") in each.ends]
        if not failed:
            return
        execution = self._random.choice(failed)
        token = self._caller.name()
        try:
            answer = self._caller.call(
                "redrive_execution", "ExecutionNotRedrivable", executionArn=execution.arn, clientToken=token
            )
        except Unanswered:
            execution.perhaps_redriven += 1
            raise
        execution.redrives += answer.ok

    def express(self) -> None:
        """StartSyncExecution, and StartExecution of an EXPRESS state machine."""
        machine = self._machine("express", passing("express"), "EXPRESS")
        synchronous = self._caller.call("start_sync_execution", stateMachineArn=machine)
        if synchronous.ok:
            self._express(synchronous.members)
            if synchronous.members.get("output") != '"express"':
                self._caller.findings.violated(f"StartSyncExecution answered {synchronous.members}")
        asynchronous = self._caller.call("start_execution", stateMachineArn=machine)
        if asynchronous.ok:
            self._express(asynchronous.members)

    def _express(self, answer: dict[str, Any]) -> None:
        arn = answer["executionArn"]
        self._ledger.executions[arn] = Execution(arn, [End("SUCCEEDED", output='"express"')])

    # ------------------------------------------------------------------ activities

    def activity(self) -> None:
        """CreateActivity and DeleteActivity, which may be repeated."""
        created = self._caller.insist("create_activity", name=f"{self._caller.prefix}-a{self._random.randrange(3)}")
        if created.ok:
            self._ledger.activities.add(created.members["activityArn"])
            self._caller.call("describe_activity", activityArn=created.members["activityArn"])
        if self._random.random() < 0.2:
            other = self._caller.insist("create_activity", name=self._caller.name())
            if other.ok and self._caller.insist("delete_activity", activityArn=other.members["activityArn"]).ok:
                self._ledger.deleted_activities.add(other.members["activityArn"])

    def work(self) -> None:
        """An execution that waits for a worker, which is this client."""
        activity = self._caller.insist("create_activity", name=f"{self._caller.prefix}-work").members["activityArn"]
        self._started(self._machine("working", working(activity)), RUNNING)
        task = self._caller.call("get_activity_task", activityArn=activity, workerName=self._caller.prefix)
        token = task.members.get("taskToken")
        if token:  # of this execution, or of one whose task was not handed out before
            self._caller.call("send_task_heartbeat", taskToken=token)
            execution = self._ledger.executions.get(json.loads(task.members["input"])["execution"])
            if execution is not None:  # else its start was never answered
                self._answer(token, execution)

    def _answer(self, token: str, execution: Execution) -> None:
        """SendTaskSuccess or SendTaskFailure, until it is answered: a second time it is over."""
        mark = self._caller.name()
        if self._random.random() < 0.5:
            end = End("SUCCEEDED", output=json.dumps(mark))
            operation, params = "send_task_success", {"output": json.dumps(mark)}
        else:
            end = End("FAILED", error=mark)
            operation, params = "send_task_failure", {"error": mark}
        execution.ends.append(end)
        self._caller.insist(operation, *_GONE, taskToken=token, **params)
        execution.ends = [end]
