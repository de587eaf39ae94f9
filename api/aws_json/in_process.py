"""The HTTP door's answers without HTTP: for the Task resources `aws-sdk:sfn:*`, which mean this installation."""

from __future__ import annotations

from uuid import uuid4

from api.access.actions import known_operations
from api.access.tasks import TaskPermissions
from api.aws_json.application import answered, operation_of, params_of
from api.service.application import ApplicationService
from interpreter.values import JsonValue


class InProcessDoor:
    """Answers AWS JSON in this process (`activities.integrations.own_step_functions.Answerer`).

    Args:
        service: answers.
        permissions: what Tasks may ask for; None for everything.
    """

    def __init__(self, service: ApplicationService, permissions: TaskPermissions | None = None) -> None:
        self._service = service
        self._permissions = permissions

    async def answer(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to the body of a request; `target` is the header X-Amz-Target."""
        operation = operation_of(target)
        result = await answered(lambda: self._invoke(operation, body), str(uuid4()), operation)
        return int(result.status), result.headers, result.body

    async def _invoke(self, operation: str, body: bytes) -> dict[str, JsonValue]:
        params = params_of(body)
        if self._permissions is not None and operation in known_operations():  # of another the service says that
            self._permissions.check(operation, params)
        return await self._service.invoke(operation, params)
