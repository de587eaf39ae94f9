"""The operations on task tokens."""

from __future__ import annotations

from collections.abc import Awaitable

from api.service.config import ServiceConfig
from api.service.documents import read_document
from api.service.errors import InvalidOutput, InvalidToken, TaskTimedOut, ValidationException
from api.service.gateway import ExecutionGateway, MalformedToken, NoSuchTask
from api.service.modes import AWS_PAYLOAD_BYTES, Mode, is_over_quota, mode_of
from api.service.shapes import (
    SendTaskFailureRequest,
    SendTaskFailureResponse,
    SendTaskHeartbeatRequest,
    SendTaskHeartbeatResponse,
    SendTaskSuccessRequest,
    SendTaskSuccessResponse,
)
from api.storage.store import Store


class Tasks:
    """Completes, fails and keeps alive the tasks that tokens stand for."""

    def __init__(self, gateway: ExecutionGateway, store: Store, config: ServiceConfig) -> None:
        self._gateway = gateway
        self._store = store
        self._config = config

    async def succeed(self, request: SendTaskSuccessRequest) -> SendTaskSuccessResponse:
        """SendTaskSuccess; of a bad token and a bad output the token is told (recorded)."""
        try:
            machine = self._gateway.check_token(request.task_token)
        except MalformedToken:
            raise InvalidToken from None
        if is_over_quota(request.output) and await self._mode(machine) == "aws":
            raise ValidationException.over_quota("output", AWS_PAYLOAD_BYTES)
        output = read_document(request.output, InvalidOutput)
        await _answered(self._gateway.complete_task(request.task_token, output))
        return SendTaskSuccessResponse()

    async def fail(self, request: SendTaskFailureRequest) -> SendTaskFailureResponse:
        """SendTaskFailure."""
        await _answered(self._gateway.fail_task(request.task_token, request.error, request.cause))
        return SendTaskFailureResponse()

    async def heartbeat(self, request: SendTaskHeartbeatRequest) -> SendTaskHeartbeatResponse:
        """SendTaskHeartbeat."""
        await _answered(self._gateway.heartbeat_task(request.task_token))
        return SendTaskHeartbeatResponse()

    async def _mode(self, state_machine_name: str | None) -> Mode:
        """The mode that a task's state machine has now; the installation's where no state machine is known."""
        machine = None if state_machine_name is None else await self._store.get_state_machine(state_machine_name)
        return self._config.mode if machine is None else mode_of(machine, self._config.mode)


async def _answered(call: Awaitable[None]) -> None:
    try:
        await call
    except MalformedToken:
        raise InvalidToken from None
    except NoSuchTask:
        raise TaskTimedOut from None
