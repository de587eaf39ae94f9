"""What Task states need of the API to start executions (`activities.integrations.nested_start.ExecutionStarter`)."""

from __future__ import annotations

from activities.execution_workflows import keyword_attributes, task_queue, workflow_id, workflow_memo
from activities.integrations.nested_start import NestedStart, StartRefused
from api.service.clock import epoch_milliseconds
from api.service.errors import ServiceError
from api.service.executions import Executions, timeout_seconds
from api.service.shapes import StartExecutionRequest, StateMachineType
from api.service.starting import Starting
from interpreter.values import JsonValue


class NestedExecutions:
    """Prepares child workflows, and starts executions that cannot be children."""

    def __init__(self, starting: Starting, executions: Executions) -> None:
        self._starting = starting
        self._executions = executions

    async def prepare(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """The start of an execution, its workflow's type and id, its timeout, memo and search attributes.

        Raises:
            StartRefused: it cannot be started.
        """
        only: StateMachineType | None = "STANDARD" if wanted.waits else None  # the end of EXPRESS ones is not told
        try:
            prepared = await self._starting.prepare(
                wanted.state_machine_arn, wanted.name, wanted.input, wanted.trace_header, only=only
            )
        except ServiceError as error:
            raise StartRefused(error.code, error.message) from error
        start, machine = prepared.start, prepared.target.machine.name
        timeout = timeout_seconds(prepared)
        return {
            "start": start.to_json(),
            "type": machine,
            "id": workflow_id(machine, start.key),
            "taskQueue": task_queue(start),
            "timeoutSeconds": timeout,
            "memo": workflow_memo(start, prepared.input, timeout),
            "attributes": dict(keyword_attributes(start)),
        }

    async def start(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """StartExecution: ARN and start of the execution that runs now.

        Raises:
            StartRefused: it cannot be started, or there is another one of that name.
        """
        request = StartExecutionRequest(
            state_machine_arn=wanted.state_machine_arn,
            name=wanted.name,
            input=wanted.input,
            trace_header=wanted.trace_header,
        )
        try:
            started = await self._executions.start(request)
        except ServiceError as error:
            raise StartRefused(error.code, error.message) from error
        milliseconds = epoch_milliseconds(started.start_date)
        return {"start": {"execution_arn": started.execution_arn, "start_date": milliseconds}}
