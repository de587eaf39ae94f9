"""The HTTP door's answers without HTTP: for the Task resources `aws-sdk:sfn:*`, which mean this installation."""

from __future__ import annotations

from uuid import uuid4

from api.aws_json.application import answered, operation_of, params_of
from api.service.application import ApplicationService


class InProcessDoor:
    """Answers AWS JSON in this process (`activities.integrations.own_step_functions.Answerer`)."""

    def __init__(self, service: ApplicationService) -> None:
        self._service = service

    async def answer(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to the body of a request; `target` is the header X-Amz-Target."""
        operation = operation_of(target)
        result = await answered(lambda: self._service.invoke(operation, params_of(body)), str(uuid4()), operation)
        return int(result.status), result.headers, result.body
