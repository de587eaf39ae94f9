"""What a client of the hammer only reads, or tries in vain."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.resilience.hammer.caller import Caller
from tests.resilience.hammer.ledger import ROLE, TEXT, passing
from tests.resilience.hammer.machines import MachineActions
from tests.resilience.hammer.runs import RunActions


class Reads:
    """Each method is one thing to do."""

    def __init__(self, caller: Caller, machines: MachineActions, runs: RunActions) -> None:
        self._caller = caller
        self._machines = machines
        self._runs = runs

    def all(self) -> list[Callable[[], object]]:
        """What there is to do."""
        reads = [self.describe_machine, self.describe_execution, self.history, self.lists, self.look_ups]
        return [*reads, self.validate, self.test_state, self.tokens, self.map_runs]

    def describe_machine(self) -> None:
        """DescribeStateMachine, which must show what was acknowledged."""
        machine = self._machines.any()
        if machine is None:
            return
        answer = self._caller.call("describe_state_machine", stateMachineArn=machine.arn)
        if answer.ok and machine.is_certain(TEXT) and answer.members["definition"] != machine.text:
            self._caller.findings.violated(f"{machine.arn} has not the definition that was acknowledged")

    def describe_execution(self) -> None:
        """DescribeExecution and DescribeStateMachineForExecution, which is not for EXPRESS ones."""
        execution = self._runs.some()
        if execution is not None:
            self._caller.call("describe_execution", executionArn=execution.arn)
            if ":execution:" in execution.arn:
                self._caller.call("describe_state_machine_for_execution", executionArn=execution.arn)

    def history(self) -> None:
        """GetExecutionHistory."""
        execution = self._runs.some()
        if execution is not None:
            self._caller.call("get_execution_history", executionArn=execution.arn, maxResults=5)

    def lists(self) -> None:
        """ListStateMachines, ListActivities, ListExecutions."""
        self._caller.call("list_state_machines", maxResults=10)
        self._caller.call("list_activities", maxResults=10)
        machine = self._machines.any()
        if machine is not None:
            self._caller.call("list_executions", stateMachineArn=machine.arn, maxResults=10)

    def look_ups(self) -> None:
        """Tags, versions and aliases of a state machine."""
        machine = self._machines.any()
        if machine is not None:
            self._caller.call("list_tags_for_resource", resourceArn=machine.arn)
            self._caller.call("list_state_machine_versions", stateMachineArn=machine.arn)
            self._caller.call("list_state_machine_aliases", stateMachineArn=machine.arn)
            for arn in sorted(machine.aliases)[:1]:
                self._caller.call("describe_state_machine_alias", stateMachineAliasArn=arn)

    def validate(self) -> None:
        """ValidateStateMachineDefinition."""
        self._caller.call("validate_state_machine_definition", definition=passing("v"))

    def test_state(self) -> None:
        """TestState."""
        state = json.dumps({"Type": "Pass", "Result": 1, "End": True})
        self._caller.call("test_state", definition=state, roleArn=ROLE, input="{}")

    def tokens(self) -> None:
        """Tokens that nobody was given."""
        self._caller.call("send_task_success", "InvalidToken", taskToken="none", output="{}")
        self._caller.call("send_task_failure", "InvalidToken", taskToken="none")

    def map_runs(self) -> None:
        """Map runs, of which there are none."""
        arn = f"arn:aws:states:us-east-1:123456789012:mapRun:{self._caller.prefix}/l:x"
        self._caller.call("describe_map_run", "ResourceNotFound", mapRunArn=arn)
        self._caller.call("update_map_run", "ResourceNotFound", mapRunArn=arn, maxConcurrency=1)
        execution = self._runs.some()
        if execution is not None and ":execution:" in execution.arn:
            self._caller.call("list_map_runs", executionArn=execution.arn)
