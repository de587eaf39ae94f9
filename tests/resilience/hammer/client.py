"""One client of the hammer: makes any operation at random, and remembers what it was told.

Each has names of its own, so that what it was told is what must be there afterwards. A write whose answer did not come
may have happened or not: what it touched is *uncertain*, and may be found either way.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

ROLE: Final = "arn:aws:iam::123456789012:role/hammer"
_RETRIABLE: Final = frozenset({"ServiceUnavailable", "ThrottlingException"})
_PAUSE_SECONDS: Final = 0.05
_MOST_MACHINES: Final = 3


def definition(mark: str) -> str:
    """A state machine that tells its `mark` apart from others."""
    return json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": mark, "End": True}}})


def activity_definition(activity_arn: str) -> str:
    """A state machine that waits for a worker."""
    state = {"Type": "Task", "Resource": activity_arn, "TimeoutSeconds": 120, "End": True}
    return json.dumps({"StartAt": "T", "States": {"T": state}})


class Unanswered(Exception):
    """The call was not answered, or with an error that says: try again."""


@dataclass(slots=True)
class Machine:
    """What is known of a state machine; `uncertain` has what may be otherwise: `text`, an alias' ARN, a tag's key."""

    arn: str
    text: str
    versions: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Findings:
    """What all clients have seen; guarded by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class HammerClient:
    """Makes calls until it is told to stop.

    Attributes:
        machines: those it has made and not deleted, by name.
        deleted: ARNs of state machines whose deletion was acknowledged.
        executions: those whose start was acknowledged, by ARN; whether they were stopped.
        activities: ARNs of activities it has made.
    """

    def __init__(self, number: int, door: Any, findings: Findings) -> None:
        # Any: boto3's clients are made at run time.
        self._random = random.Random(number)
        self._prefix = f"c{number:02}"
        self._door = door
        self._findings = findings
        self._count = 0
        self.machines: dict[str, Machine] = {}
        self.deleted: set[str] = set()
        self.executions: dict[str, bool] = {}
        self.activities: set[str] = set()
        self._express: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Make calls until `stop` is set."""
        operations = self._operations()
        while not stop.is_set():
            operation = self._random.choice(operations)
            try:
                operation()
            except Unanswered:
                time.sleep(_PAUSE_SECONDS)

    def call(self, operation: str, *expected: str, **params: Any) -> dict[str, Any] | None:
        """Make a call; None where it was refused with one of the `expected` codes.

        Raises:
            Unanswered: it may have happened or not.
        """
        try:
            answer: dict[str, Any] = getattr(self._door, operation)(**params)
        except (HTTPClientError, NoConnection) as error:
            self._count_error(type(error).__name__)
            raise Unanswered from error
        except ClientError as error:
            self._refused(operation, expected, error)
            return None
        with self._findings.lock:
            self._findings.calls[operation] += 1
        return answer

    def _refused(self, operation: str, expected: tuple[str, ...], error: ClientError) -> None:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        self._count_error(code)
        if code in _RETRIABLE and status in (503, 400):
            raise Unanswered from error
        if status >= 500 or code not in expected:
            with self._findings.lock:
                self._findings.violations.append(f"{operation} answered {status} {error}")
            return
        with self._findings.lock:
            self._findings.calls[operation] += 1

    def _count_error(self, code: str) -> None:
        with self._findings.lock:
            self._findings.errors[code] += 1

    def _operations(self) -> list[Callable[[], object]]:
        starts = [self._start] * 4
        reads = [self._describe_machine, self._describe_execution, self._history, self._lists, self._look_ups]
        changes = [self._create, self._update, self._tag, self._untag, self._stop]
        versions = [self._publish, self._publish, self._alias, self._alias]
        removals = [self._delete, self._delete_version, self._delete_alias]
        others = [self._sync, self._validate, self._test_state, self._tokens, self._map_runs, self._redrive]
        return [*starts, *reads, *changes, *versions, *removals, *others, self._activity, self._work]

    def _name(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count}"

    def _any(self) -> Machine | None:
        return self._random.choice(list(self.machines.values())) if self.machines else None

    # ------------------------------------------------------------------ state machines

    def _create(self) -> None:
        if len(self.machines) >= _MOST_MACHINES:
            return
        name = self._name()
        text = definition(name)
        for _ in range(100):  # until it is answered: creating is idempotent
            try:
                answer = self.call("create_state_machine", name=name, definition=text, roleArn=ROLE)
            except Unanswered:
                time.sleep(_PAUSE_SECONDS)
                continue
            if answer is not None:
                self.machines[name] = Machine(answer["stateMachineArn"], text)
            return

    def _changed(self, machine: Machine, what: str, operation: str, *expected: str, **params: Any) -> Any:
        """Make a call that changes `what`, uncertain if it is not answered. Any: see `call`."""
        try:
            answer = self.call(operation, *expected, **params)
        except Unanswered:
            machine.uncertain.add(what)
            raise
        if answer is not None:
            machine.uncertain.discard(what)
        return answer

    def _update(self) -> None:
        machine = self._any()
        if machine is not None:
            text = definition(self._name())
            params = {"stateMachineArn": machine.arn, "definition": text}
            if self._changed(machine, "text", "update_state_machine", "ConflictException", **params):
                machine.text = text

    def _publish(self) -> None:
        machine = self._any()
        if machine is not None and len(machine.versions) < 5:
            arn = {"stateMachineArn": machine.arn}
            answer = self._changed(machine, "versions", "publish_state_machine_version", "ConflictException", **arn)
            if answer:
                machine.versions.add(answer["stateMachineVersionArn"])

    def _delete_version(self) -> None:
        machine = self._any()
        if machine is not None and machine.versions - set(machine.aliases.values()):
            version = sorted(machine.versions - set(machine.aliases.values()))[0]
            machine.versions.discard(version)  # gone, or about to be
            self.call("delete_state_machine_version", "ConflictException", stateMachineVersionArn=version)

    def _alias(self) -> None:
        machine = self._any()
        if machine is None or not machine.versions:
            return
        name, version = self._random.choice("ab"), self._random.choice(sorted(machine.versions))
        routes = [{"stateMachineVersionArn": version, "weight": 100}]
        arn = f"{machine.arn}:{name}"
        if arn in machine.aliases:
            params: dict[str, Any] = {"stateMachineAliasArn": arn, "routingConfiguration": routes}
            operation, expected = "update_state_machine_alias", ("ResourceNotFound", "ValidationException")
        else:
            params = {"name": name, "routingConfiguration": routes}
            operation, expected = "create_state_machine_alias", ("ConflictException", "ResourceNotFound")
        if self._changed(machine, arn, operation, *expected, **params) is not None:
            machine.aliases[arn] = version

    def _delete_alias(self) -> None:
        machine = self._any()
        if machine is not None and machine.aliases:
            arn = self._random.choice(sorted(machine.aliases))
            expected = ("ResourceNotFound",)
            machine.aliases.pop(arn)
            self._changed(machine, arn, "delete_state_machine_alias", *expected, stateMachineAliasArn=arn)

    def _tag(self) -> None:
        machine = self._any()
        if machine is not None:
            key, value = self._random.choice("xyz"), self._name()
            tags = [{"key": key, "value": value}]
            if self._changed(machine, key, "tag_resource", resourceArn=machine.arn, tags=tags) is not None:
                machine.tags[key] = value

    def _untag(self) -> None:
        machine = self._any()
        if machine is not None and machine.tags:
            key = self._random.choice(sorted(machine.tags))
            machine.tags.pop(key)
            self._changed(machine, key, "untag_resource", resourceArn=machine.arn, tagKeys=[key])

    def _delete(self) -> None:
        if len(self.machines) < _MOST_MACHINES:
            return
        name = self._random.choice(sorted(self.machines))
        machine = self.machines.pop(name)  # whatever becomes of the call: nothing more is expected of it
        for execution in [arn for arn in self.executions if arn.split(":")[6] == name]:
            self.executions[execution] = True  # may be stopped, or gone with its machine's ARN
        if self.call("delete_state_machine", stateMachineArn=machine.arn) is not None:
            self.deleted.add(machine.arn)

    # ------------------------------------------------------------------ executions

    def _start(self) -> None:
        machine = self._any()
        if machine is None:
            return
        answer = self.call("start_execution", stateMachineArn=machine.arn, name=self._name(), input='{"a": 1}')
        if answer is not None:
            self.executions[answer["executionArn"]] = False

    def _an_execution(self) -> str | None:
        return self._random.choice(list(self.executions)) if self.executions else None

    def _stop(self) -> None:
        arn = self._an_execution()
        if arn is not None:
            self.executions[arn] = True
            self.call("stop_execution", executionArn=arn, error="Stopped", cause="by the hammer")

    def _describe_execution(self) -> None:
        arn = self._an_execution()
        if arn is not None:
            self.call("describe_execution", executionArn=arn)
            self.call("describe_state_machine_for_execution", executionArn=arn)

    def _history(self) -> None:
        arn = self._an_execution()
        if arn is not None:
            self.call("get_execution_history", executionArn=arn, maxResults=5)

    def _redrive(self) -> None:
        arn = self._an_execution()
        if arn is not None and not self.executions[arn]:
            self.call("redrive_execution", "ExecutionNotRedrivable", "ExecutionLimitExceeded", executionArn=arn)

    def _sync(self) -> None:
        if self._express is None:
            name = f"{self._prefix}-express"
            answer = self.call(
                "create_state_machine", name=name, definition=definition("sync"), roleArn=ROLE, type="EXPRESS"
            )
            self._express = None if answer is None else answer["stateMachineArn"]
        if self._express is not None:
            answer = self.call("start_sync_execution", stateMachineArn=self._express)
            if answer is not None and answer["output"] != '"sync"':
                self._findings.violations.append(f"StartSyncExecution answered {answer}")
            self.call("start_execution", stateMachineArn=self._express)

    # ------------------------------------------------------------------ activities

    def _activity(self) -> None:
        name = f"{self._prefix}-a{self._random.randrange(3)}"
        answer = self.call("create_activity", name=name)
        if answer is not None:
            self.activities.add(answer["activityArn"])
            self.call("describe_activity", activityArn=answer["activityArn"])
        if self._random.random() < 0.1:
            other = self.call("create_activity", name=f"{self._prefix}-gone")
            if other is not None:
                self.call("delete_activity", activityArn=other["activityArn"])

    def _work(self) -> None:
        """An execution that waits for a worker, which is this client."""
        if self._random.random() > 0.1 or not self.activities:
            return
        activity = self._random.choice(sorted(self.activities))
        name = self._name()
        text = activity_definition(activity)
        created = self.call("create_state_machine", name=name, definition=text, roleArn=ROLE)
        if created is None:
            return
        started = self.call("start_execution", stateMachineArn=created["stateMachineArn"], name=name)
        if started is None:
            return
        self.executions[started["executionArn"]] = True  # until the worker has answered
        task = self.call("get_activity_task", activityArn=activity, workerName=self._prefix)
        if task is not None and task.get("taskToken"):
            gone = ("TaskTimedOut", "TaskDoesNotExist")
            self.call("send_task_heartbeat", *gone, taskToken=task["taskToken"])
            self.call("send_task_success", *gone, taskToken=task["taskToken"], output='"done"')

    # ------------------------------------------------------------------ what only reads

    def _describe_machine(self) -> None:
        machine = self._any()
        if machine is None:
            return
        answer = self.call("describe_state_machine", stateMachineArn=machine.arn)
        if answer is not None and "text" not in machine.uncertain and answer["definition"] != machine.text:
            self._findings.violations.append(f"{machine.arn} has not the definition that was acknowledged")

    def _look_ups(self) -> None:
        machine = self._any()
        if machine is not None:
            self.call("list_tags_for_resource", resourceArn=machine.arn)
            self.call("list_state_machine_versions", stateMachineArn=machine.arn)
            self.call("list_state_machine_aliases", stateMachineArn=machine.arn)
            for arn in sorted(machine.aliases)[:1]:
                self.call("describe_state_machine_alias", "ResourceNotFound", stateMachineAliasArn=arn)

    def _lists(self) -> None:
        self.call("list_state_machines", maxResults=10)
        self.call("list_activities", maxResults=10)
        machine = self._any()
        if machine is not None:
            self.call("list_executions", stateMachineArn=machine.arn, maxResults=10)

    def _validate(self) -> None:
        self.call("validate_state_machine_definition", definition=definition("v"))

    def _test_state(self) -> None:
        state = json.dumps({"Type": "Pass", "Result": 1, "End": True})
        self.call("test_state", definition=state, roleArn=ROLE, input="{}")

    def _tokens(self) -> None:
        refused = ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist")
        self.call("send_task_success", *refused, taskToken="none", output="{}")
        self.call("send_task_failure", *refused, taskToken="none")

    def _map_runs(self) -> None:
        arn, execution = f"arn:aws:states:us-east-1:123456789012:mapRun:{self._prefix}/l:x", self._an_execution()
        self.call("describe_map_run", "ResourceNotFound", mapRunArn=arn)
        self.call("update_map_run", "ResourceNotFound", mapRunArn=arn, maxConcurrency=1)
        if execution is not None:
            self.call("list_map_runs", executionArn=execution)
