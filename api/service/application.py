"""The application service: every operation that steploom has, once, whatever door a call came through.

Each method takes and answers the dataclasses of `api.service.shapes` and raises the errors of `api.service.errors`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from botocore import xform_name

from api.access.sealing import Sealer
from api.service import shapes
from api.service.activities import Activities
from api.service.aliases import Aliases
from api.service.arns import Arns
from api.service.clock import Clock, utc_now
from api.service.config import ServiceConfig
from api.service.connections import Connections
from api.service.conversion import to_json, to_request
from api.service.deletion import Deletions
from api.service.errors import ServiceUnavailable, UnknownOperationException, UnsupportedOperationException
from api.service.executions import Executions
from api.service.express_runs import ExpressRuns
from api.service.gateway import EngineUnavailable, ExecutionGateway
from api.service.history import Histories
from api.service.local_engine import LocalEngine
from api.service.map_runs import MapRuns
from api.service.model import EVENTS_PREFIX, operation_names
from api.service.nested_executions import NestedExecutions
from api.service.redrives import Redrives
from api.service.starting import Starting
from api.service.state_machines import StateMachines
from api.service.sync_executions import SyncExecutions
from api.service.tags import Tags
from api.service.tasks import Tasks
from api.service.test_state.operation import StateTests
from api.service.validation import validate
from api.service.versions import Versions
from api.storage.store import Store, StoreUnavailable
from interpreter.definition.resources import ResourceCatalog
from interpreter.values import JsonValue

_REQUESTS: Final[Mapping[str, type[Any]]] = {
    # Any: each operation has a request of its own.
    operation: getattr(shapes, f"{operation}Request")
    for operation in operation_names()
    if hasattr(shapes, f"{operation}Request")
}
"""The operations that steploom has, and their requests."""


class ApplicationService:
    """All operations over one store and one engine; `local` runs what needs no durability, `sealer` encrypts secrets.

    Used as an asynchronous context manager, it takes up the deletions that an earlier process left unfinished, and
    stops its work in the background at the end. The store and the gateway stay the caller's.
    """

    def __init__(
        self,
        store: Store,
        gateway: ExecutionGateway,
        config: ServiceConfig,
        catalog: ResourceCatalog,
        *,
        local: LocalEngine,
        clock: Clock = utc_now,
        sealer: Sealer | None = None,
    ) -> None:
        arns = Arns(config)
        self._mode = config.mode
        self.deletions = Deletions(store, gateway, clock, config.deletion_settle_seconds)
        self._state_machines = StateMachines(store, gateway, catalog, arns, clock, self.deletions, config)
        starting = Starting(store, config, arns, clock, self.deletions)
        self._redrives = Redrives(store, gateway, config, arns, clock, self.deletions)
        express = None
        if config.express_retention_seconds:
            express = ExpressRuns(store, gateway, arns, clock, config.express_retention_seconds)
        self._executions = Executions(store, gateway, config, arns, starting, self._redrives, express)
        self.nested_executions = NestedExecutions(starting, self._executions)
        self._sync_executions = SyncExecutions(starting, clock, local, config, express)
        self._state_tests = StateTests(config, arns, clock, catalog, local)
        self._histories = Histories(gateway, arns, express)
        self._tasks = Tasks(gateway, store, config)
        self._versions = Versions(store, arns, clock)
        self._aliases = Aliases(store, arns, clock)
        self._tags = Tags(store, arns)
        self._activities = Activities(store, gateway, arns, clock)
        self._map_runs = MapRuns(gateway, arns)
        self._catalog = catalog
        self._connections = Connections(store, config, clock, sealer)

    async def __aenter__(self) -> Self:
        self.deletions.wake()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop_polls()
        await self.deletions.close()

    async def invoke(self, operation: str, params: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Any operation by its name, from parameters to answer in AWS's JSON.

        The operations of EventBridge on connections have `events:` before their names.

        Raises:
            UnknownOperationException: AWS has no such operation.
            UnsupportedOperationException: steploom does not have it yet.
            ServiceError: the call was refused.
        """
        if operation.startswith(EVENTS_PREFIX):
            with _available():
                return await self._connections.invoke(operation.removeprefix(EVENTS_PREFIX), params)
        if operation not in operation_names():
            raise UnknownOperationException
        if operation not in _REQUESTS:
            raise UnsupportedOperationException(operation)
        request = to_request(_REQUESTS[operation], params)
        return to_json(await getattr(self, xform_name(operation))(request))

    async def create_state_machine(
        self, request: shapes.CreateStateMachineRequest
    ) -> shapes.CreateStateMachineResponse:
        """CreateStateMachine."""
        with _available():
            return await self._state_machines.create(request)

    async def describe_state_machine(
        self, request: shapes.DescribeStateMachineRequest
    ) -> shapes.DescribeStateMachineResponse:
        """DescribeStateMachine."""
        with _available():
            return await self._state_machines.describe(request)

    async def update_state_machine(
        self, request: shapes.UpdateStateMachineRequest
    ) -> shapes.UpdateStateMachineResponse:
        """UpdateStateMachine."""
        with _available():
            return await self._state_machines.update(request)

    async def delete_state_machine(
        self, request: shapes.DeleteStateMachineRequest
    ) -> shapes.DeleteStateMachineResponse:
        """DeleteStateMachine."""
        with _available():
            return await self._state_machines.delete(request)

    async def list_state_machines(self, request: shapes.ListStateMachinesRequest) -> shapes.ListStateMachinesResponse:
        """ListStateMachines."""
        with _available():
            return await self._state_machines.list(request)

    async def describe_state_machine_for_execution(
        self, request: shapes.DescribeStateMachineForExecutionRequest
    ) -> shapes.DescribeStateMachineForExecutionResponse:
        """DescribeStateMachineForExecution."""
        with _available():
            return await self._state_machines.describe_for_execution(request)

    async def start_execution(self, request: shapes.StartExecutionRequest) -> shapes.StartExecutionResponse:
        """StartExecution."""
        with _available():
            return await self._executions.start(request)

    async def start_sync_execution(
        self, request: shapes.StartSyncExecutionRequest
    ) -> shapes.StartSyncExecutionResponse:
        """StartSyncExecution."""
        with _available():
            return await self._sync_executions.start(request)

    async def test_state(self, request: shapes.TestStateRequest) -> shapes.TestStateResponse:
        """TestState."""
        with _available():
            return await self._state_tests.run(request)

    async def describe_execution(self, request: shapes.DescribeExecutionRequest) -> shapes.DescribeExecutionResponse:
        """DescribeExecution."""
        with _available():
            return await self._executions.describe(request)

    async def list_executions(self, request: shapes.ListExecutionsRequest) -> shapes.ListExecutionsResponse:
        """ListExecutions."""
        with _available():
            return await self._executions.list(request)

    async def stop_execution(self, request: shapes.StopExecutionRequest) -> shapes.StopExecutionResponse:
        """StopExecution."""
        with _available():
            return await self._executions.stop(request)

    async def redrive_execution(self, request: shapes.RedriveExecutionRequest) -> shapes.RedriveExecutionResponse:
        """RedriveExecution."""
        with _available():
            return await self._redrives.redrive(request)

    async def get_execution_history(
        self, request: shapes.GetExecutionHistoryRequest
    ) -> shapes.GetExecutionHistoryResponse:
        """GetExecutionHistory."""
        with _available():
            return await self._histories.get(request)

    async def send_task_success(self, request: shapes.SendTaskSuccessRequest) -> shapes.SendTaskSuccessResponse:
        """SendTaskSuccess."""
        with _available():
            return await self._tasks.succeed(request)

    async def send_task_failure(self, request: shapes.SendTaskFailureRequest) -> shapes.SendTaskFailureResponse:
        """SendTaskFailure."""
        with _available():
            return await self._tasks.fail(request)

    async def send_task_heartbeat(self, request: shapes.SendTaskHeartbeatRequest) -> shapes.SendTaskHeartbeatResponse:
        """SendTaskHeartbeat."""
        with _available():
            return await self._tasks.heartbeat(request)

    async def publish_state_machine_version(
        self, request: shapes.PublishStateMachineVersionRequest
    ) -> shapes.PublishStateMachineVersionResponse:
        """PublishStateMachineVersion."""
        with _available():
            return await self._versions.publish(request)

    async def list_state_machine_versions(
        self, request: shapes.ListStateMachineVersionsRequest
    ) -> shapes.ListStateMachineVersionsResponse:
        """ListStateMachineVersions."""
        with _available():
            return await self._versions.list(request)

    async def delete_state_machine_version(
        self, request: shapes.DeleteStateMachineVersionRequest
    ) -> shapes.DeleteStateMachineVersionResponse:
        """DeleteStateMachineVersion."""
        with _available():
            return await self._versions.delete(request)

    async def create_state_machine_alias(
        self, request: shapes.CreateStateMachineAliasRequest
    ) -> shapes.CreateStateMachineAliasResponse:
        """CreateStateMachineAlias."""
        with _available():
            return await self._aliases.create(request)

    async def describe_state_machine_alias(
        self, request: shapes.DescribeStateMachineAliasRequest
    ) -> shapes.DescribeStateMachineAliasResponse:
        """DescribeStateMachineAlias."""
        with _available():
            return await self._aliases.describe(request)

    async def update_state_machine_alias(
        self, request: shapes.UpdateStateMachineAliasRequest
    ) -> shapes.UpdateStateMachineAliasResponse:
        """UpdateStateMachineAlias."""
        with _available():
            return await self._aliases.update(request)

    async def delete_state_machine_alias(
        self, request: shapes.DeleteStateMachineAliasRequest
    ) -> shapes.DeleteStateMachineAliasResponse:
        """DeleteStateMachineAlias."""
        with _available():
            return await self._aliases.delete(request)

    async def list_state_machine_aliases(
        self, request: shapes.ListStateMachineAliasesRequest
    ) -> shapes.ListStateMachineAliasesResponse:
        """ListStateMachineAliases."""
        with _available():
            return await self._aliases.list(request)

    async def validate_state_machine_definition(
        self, request: shapes.ValidateStateMachineDefinitionRequest
    ) -> shapes.ValidateStateMachineDefinitionResponse:
        """ValidateStateMachineDefinition."""
        with _available():
            return await validate(request, self._catalog, self._mode)

    async def list_map_runs(self, request: shapes.ListMapRunsRequest) -> shapes.ListMapRunsResponse:
        """ListMapRuns."""
        with _available():
            return await self._map_runs.list(request)

    async def describe_map_run(self, request: shapes.DescribeMapRunRequest) -> shapes.DescribeMapRunResponse:
        """DescribeMapRun."""
        with _available():
            return await self._map_runs.describe(request)

    async def update_map_run(self, request: shapes.UpdateMapRunRequest) -> shapes.UpdateMapRunResponse:
        """UpdateMapRun."""
        with _available():
            return await self._map_runs.update(request)

    async def tag_resource(self, request: shapes.TagResourceRequest) -> shapes.TagResourceResponse:
        """TagResource."""
        with _available():
            return await self._tags.add(request)

    async def untag_resource(self, request: shapes.UntagResourceRequest) -> shapes.UntagResourceResponse:
        """UntagResource."""
        with _available():
            return await self._tags.remove(request)

    async def list_tags_for_resource(
        self, request: shapes.ListTagsForResourceRequest
    ) -> shapes.ListTagsForResourceResponse:
        """ListTagsForResource."""
        with _available():
            return await self._tags.list(request)

    async def create_activity(self, request: shapes.CreateActivityRequest) -> shapes.CreateActivityResponse:
        """CreateActivity."""
        with _available():
            return await self._activities.create(request)

    async def describe_activity(self, request: shapes.DescribeActivityRequest) -> shapes.DescribeActivityResponse:
        """DescribeActivity."""
        with _available():
            return await self._activities.describe(request)

    async def delete_activity(self, request: shapes.DeleteActivityRequest) -> shapes.DeleteActivityResponse:
        """DeleteActivity."""
        with _available():
            return await self._activities.delete(request)

    async def list_activities(self, request: shapes.ListActivitiesRequest) -> shapes.ListActivitiesResponse:
        """ListActivities."""
        with _available():
            return await self._activities.list(request)

    async def get_activity_task(self, request: shapes.GetActivityTaskRequest) -> shapes.GetActivityTaskResponse:
        """GetActivityTask."""
        with _available():
            return await self._activities.get_task(request)

    async def return_activity_task(self, task_token: str) -> None:
        """Give back a task of GetActivityTask whose caller was gone before it was answered. Raises: InvalidToken."""
        with _available():
            await self._activities.return_task(task_token)

    def stop_polls(self) -> None:
        """Answer every GetActivityTask that waits, now and from now on: this process is about to end."""
        self._activities.stop()

    async def wait_for_execution(self, execution_arn: str) -> shapes.DescribeExecutionResponse:
        """Describe an execution once it has ended. Raises: ExecutionDoesNotExist, InvalidArn."""
        with _available():
            return await self._executions.wait(execution_arn)

    async def watch_execution(self, execution_arn: str) -> AsyncIterator[Mapping[str, JsonValue]]:
        """Every event of an execution, as GetExecutionHistory shows it, until it has ended.

        Raises: ExecutionDoesNotExist, InvalidArn.
        """
        with _available():
            async for event in self._histories.watch(execution_arn):
                yield event


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (EngineUnavailable, StoreUnavailable) as error:
        raise ServiceUnavailable(str(error) or "steploom is not available for the moment") from error
