"""The operations on map runs, as an account answers them that has none: steploom has no Distributed Map yet."""

from __future__ import annotations

from api.service.arns import Arns
from api.service.errors import ExecutionDoesNotExist, InvalidToken, ResourceNotFound
from api.service.gateway import ExecutionGateway, NoSuchExecution
from api.service.shapes import (
    DescribeMapRunRequest,
    DescribeMapRunResponse,
    ListMapRunsRequest,
    ListMapRunsResponse,
    UpdateMapRunRequest,
    UpdateMapRunResponse,
)


class MapRuns:
    """Finds no map runs."""

    def __init__(self, gateway: ExecutionGateway, arns: Arns) -> None:
        self._gateway = gateway
        self._arns = arns

    async def list(self, request: ListMapRunsRequest) -> ListMapRunsResponse:
        """ListMapRuns of an execution."""
        arn = self._arns.read_execution(request.execution_arn)
        if arn.state_machine_name is None or arn.name is None:
            raise ExecutionDoesNotExist(arn.text)
        if request.next_token is not None:  # no page has given one out
            raise InvalidToken
        try:
            await self._gateway.describe(arn.state_machine_name, arn.name)
        except NoSuchExecution:
            raise ExecutionDoesNotExist(arn.text) from None
        return ListMapRunsResponse(map_runs=())

    async def describe(self, request: DescribeMapRunRequest) -> DescribeMapRunResponse:
        """DescribeMapRun."""
        self._arns.check_map_run(request.map_run_arn)
        raise ResourceNotFound(request.map_run_arn)

    async def update(self, request: UpdateMapRunRequest) -> UpdateMapRunResponse:
        """UpdateMapRun."""
        self._arns.check_map_run(request.map_run_arn)
        raise ResourceNotFound(request.map_run_arn)
