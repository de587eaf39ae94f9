"""An application service that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from api.service.errors import ServiceError
from api.service.gateway import ExecutionStatus
from api.service.model import operation_names
from api.service.shapes import DescribeExecutionResponse
from interpreter.values import JsonValue

DATE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:m:e"
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
SUCCEEDED = DescribeExecutionResponse(
    execution_arn=ARN,
    state_machine_arn=MACHINE_ARN,
    status=ExecutionStatus.SUCCEEDED,
    start_date=DATE,
    output='{"a": 1}',
)

OPERATIONS = frozenset(map(xform_name, operation_names()))


def event(number: int) -> dict[str, Any]:
    """An event of a history."""
    return {
        "id": number,
        "previousEventId": number - 1,
        "timestamp": 1.5,
        "type": "PassStateEntered",
        "stateEnteredEventDetails": {"name": f"S{number}"},
    }


class ScriptedService:
    """Answers an operation with its entry in `answers`, or with `answer`; events and ends are those in the queues."""

    def __init__(self) -> None:
        self.answer: object = None
        self.answers: dict[type[object], object] = {}
        self.requests: list[Any] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.called = asyncio.Event()
        self.events: asyncio.Queue[Mapping[str, JsonValue] | ServiceError | None] = asyncio.Queue()
        self.ended: asyncio.Queue[DescribeExecutionResponse] = asyncio.Queue()
        self.left = asyncio.Event()

    def __getattr__(self, operation: str) -> Any:
        if operation not in OPERATIONS:
            raise AttributeError(operation)
        return self._answer

    async def _answer(self, request: object) -> object:
        self.requests.append(request)
        self.called.set()
        await self.go_on.wait()
        answer = self.answers.get(type(request), self.answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def watch_execution(self, execution_arn: str) -> AsyncIterator[Mapping[str, JsonValue]]:
        self.requests.append(execution_arn)
        self.called.set()
        try:
            while (event := await self.events.get()) is not None:
                if isinstance(event, ServiceError):
                    raise event
                yield event
        finally:
            self.left.set()

    async def wait_for_execution(self, execution_arn: str) -> DescribeExecutionResponse:
        self.requests.append(execution_arn)
        self.called.set()
        try:
            return await self.ended.get()
        finally:
            self.left.set()
