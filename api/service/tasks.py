"""The operations on task tokens."""

from __future__ import annotations

from collections.abc import Awaitable

from api.service.errors import InvalidOutput, InvalidToken, TaskTimedOut
from api.service.gateway import ExecutionGateway, MalformedToken, NoSuchTask
from api.service.shapes import (
    SendTaskFailureRequest,
    SendTaskFailureResponse,
    SendTaskHeartbeatRequest,
    SendTaskHeartbeatResponse,
    SendTaskSuccessRequest,
    SendTaskSuccessResponse,
)
from interpreter.definition.json_source import jackson_error
from interpreter.values import parse_json


class Tasks:
    """Completes, fails and keeps alive the tasks that tokens stand for."""

    def __init__(self, gateway: ExecutionGateway) -> None:
        self._gateway = gateway

    async def succeed(self, request: SendTaskSuccessRequest) -> SendTaskSuccessResponse:
        """SendTaskSuccess; of a bad token and a bad output the token is told (recorded)."""
        try:
            self._gateway.check_token(request.task_token)
        except MalformedToken:
            raise InvalidToken from None
        fault = jackson_error(request.output)
        if fault is not None:
            raise InvalidOutput(fault)
        await _answered(self._gateway.complete_task(request.task_token, parse_json(request.output)))
        return SendTaskSuccessResponse()

    async def fail(self, request: SendTaskFailureRequest) -> SendTaskFailureResponse:
        """SendTaskFailure."""
        await _answered(self._gateway.fail_task(request.task_token, request.error, request.cause))
        return SendTaskFailureResponse()

    async def heartbeat(self, request: SendTaskHeartbeatRequest) -> SendTaskHeartbeatResponse:
        """SendTaskHeartbeat."""
        await _answered(self._gateway.heartbeat_task(request.task_token))
        return SendTaskHeartbeatResponse()


async def _answered(call: Awaitable[None]) -> None:
    try:
        await call
    except MalformedToken:
        raise InvalidToken from None
    except NoSuchTask:
        raise TaskTimedOut from None
