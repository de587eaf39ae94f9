"""The operations on executions, but for their history."""

from __future__ import annotations

from typing import Final

from api.service.arns import Arns, ExecutionArn
from api.service.config import ServiceConfig
from api.service.errors import (
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InvalidArn,
    InvalidToken,
    ResourceNotFound,
    StateMachineDoesNotExist,
    StateMachineTypeNotSupported,
    ValidationException,
)
from api.service.express_runs import ExpressRuns
from api.service.gateway import (
    AlreadyStarted,
    ExecutionDescription,
    ExecutionFilter,
    ExecutionGateway,
    ExecutionPage,
    ExecutionStatus,
    ExecutionSummary,
    MalformedToken,
    NoSuchExecution,
)
from api.service.pages import page_position, page_size, page_token
from api.service.redrives import Redrives
from api.service.shapes import (
    CloudWatchEventsExecutionDataDetails,
    DescribeExecutionRequest,
    DescribeExecutionResponse,
    ExecutionListItem,
    ListExecutionsRequest,
    ListExecutionsResponse,
    StartExecutionRequest,
    StartExecutionResponse,
    StopExecutionRequest,
    StopExecutionResponse,
)
from api.service.starting import Prepared, Starting, standard_seconds
from api.service.traces import begun_in_trace
from api.storage.store import Store
from interpreter.limits import EXPRESS_SECONDS

_EXPRESS: Final = "Executions of EXPRESS state machines cannot be redriven"


class Executions:
    """Starts, reads, lists and stops executions."""

    def __init__(
        self,
        store: Store,
        gateway: ExecutionGateway,
        config: ServiceConfig,
        arns: Arns,
        starting: Starting,
        redrives: Redrives,
        express: ExpressRuns | None,
    ) -> None:
        self._express = express
        self._store = store
        self._gateway = gateway
        self._config = config
        self._arns = arns
        self._starting = starting
        self._redrives = redrives

    async def start(self, request: StartExecutionRequest) -> StartExecutionResponse:
        """StartExecution: idempotent while an execution of the same name runs on the same input, but for EXPRESS."""
        prepared = await self._starting.prepare(
            request.state_machine_arn, request.name, request.input, request.trace_header
        )
        machine, start = prepared.target.machine, prepared.start
        with begun_in_trace(prepared.target.revision, self._config.traced):
            answer = await self._gateway.start(machine.name, start, prepared.input, timeout_seconds(prepared))
        if isinstance(answer, AlreadyStarted) and not (answer.running and answer.same_input):
            raise ExecutionAlreadyExists(start.execution_arn)
        return StartExecutionResponse(execution_arn=start.execution_arn, start_date=answer.start_date)

    async def describe(self, request: DescribeExecutionRequest) -> DescribeExecutionResponse:
        """DescribeExecution."""
        arn, machine, name = self._read(request.execution_arn, express=self._express is not None)
        try:
            description = await self._find(machine, name)
        except NoSuchExecution:
            raise ExecutionDoesNotExist(arn.text) from None
        return await self._described(arn, description, included=request.included_data != "METADATA_ONLY")

    async def _find(self, machine: str, name: str) -> ExecutionDescription:
        if self._express is not None and ":" in name:
            return await self._express.describe(machine, name)
        return await self._gateway.describe(machine, name)

    async def wait(self, execution_arn: str) -> DescribeExecutionResponse:
        """Describe an execution once it has ended."""
        arn, machine, name = self._read(execution_arn)
        try:
            description = await self._gateway.wait(machine, name)
        except NoSuchExecution:
            raise ExecutionDoesNotExist(arn.text) from None
        return await self._described(arn, description, included=True)

    async def _described(
        self, arn: ExecutionArn, description: ExecutionDescription, *, included: bool
    ) -> DescribeExecutionResponse:
        summary, start = description.summary, description.start
        succeeded = summary.status is ExecutionStatus.SUCCEEDED
        fails = summary.status in (ExecutionStatus.FAILED, ExecutionStatus.ABORTED)  # TIMED_OUT shows no error
        details = CloudWatchEventsExecutionDataDetails(included=included)
        assert arn.state_machine_name is not None
        refusal: str | None = _EXPRESS
        if not start.is_express:
            refusal = await self._redrives.refusal(arn.state_machine_name, description)
        return DescribeExecutionResponse(
            execution_arn=arn.text,
            state_machine_arn=start.state_machine_arn,
            name=start.name,
            status=summary.status,
            start_date=summary.start_date,
            stop_date=summary.stop_date,
            input=description.input if included else None,
            input_details=details,
            output=description.output if included and succeeded else None,
            output_details=details if succeeded else None,
            error=description.error if included and fails else None,
            cause=description.cause if included and fails else None,
            state_machine_version_arn=start.version_arn,
            state_machine_alias_arn=start.alias_arn,
            trace_header=start.trace_header,
            redrive_count=summary.redrive_count,
            redrive_date=summary.redrive_date,
            redrive_status="REDRIVABLE" if refusal is None else "NOT_REDRIVABLE",
            redrive_status_reason=refusal,
        )

    async def list(self, request: ListExecutionsRequest) -> ListExecutionsResponse:
        """ListExecutions, newest first."""
        filter_ = await self._filter(request)
        arguments = ("ListExecutions", request.state_machine_arn, request.status_filter)
        token = None if request.next_token is None else page_position(request.next_token, *arguments)
        try:
            page = await self._page(filter_, page_size(request.max_results), token)
        except MalformedToken:
            raise InvalidToken from None
        return ListExecutionsResponse(
            executions=tuple(self._list_item(filter_.state_machine_name, each) for each in page.executions),
            next_token=None if page.next_token is None else page_token(page.next_token, *arguments),
        )

    async def _page(self, filter_: ExecutionFilter, size: int, token: bytes | None) -> ExecutionPage:
        """As many executions as a page has; what the engine lists of redriven ones is left out and made up for."""
        shown: list[ExecutionSummary] = []
        while True:
            page = await self._gateway.list(filter_, size - len(shown), token)
            shown += await self._redrives.present(filter_.state_machine_name, page.executions)
            token = page.next_token
            if token is None or len(shown) == size:
                return ExecutionPage(shown, token)

    async def _filter(self, request: ListExecutionsRequest) -> ExecutionFilter:
        if request.map_run_arn is not None:
            raise _no_map_run(request)
        if request.state_machine_arn is None:
            raise ValidationException("Must provide a StateMachine ARN or MapRun ARN")
        if request.redrive_filter is not None:
            raise ValidationException("A redrive filter can only be used with a MapRun ARN")
        if request.status_filter == "PENDING_REDRIVE":
            raise ValidationException("The status PENDING_REDRIVE can only be used with a MapRun ARN")
        arn = self._arns.read_state_machine(request.state_machine_arn)
        machine = None
        if arn.name is not None and arn.label is None:
            machine = await self._store.get_state_machine(arn.name)
        if machine is None:
            raise StateMachineDoesNotExist(arn.text)
        if machine.type != "STANDARD":
            raise StateMachineTypeNotSupported
        return ExecutionFilter(
            state_machine_name=machine.name,
            status=None if request.status_filter is None else ExecutionStatus(request.status_filter),
            version_arn=arn.text if arn.qualifier is not None and arn.alias is None else None,
            alias_arn=arn.text if arn.alias is not None else None,
        )

    def _list_item(self, state_machine_name: str, summary: ExecutionSummary) -> ExecutionListItem:
        return ExecutionListItem(
            execution_arn=self._arns.execution(state_machine_name, summary.name),
            state_machine_arn=self._arns.state_machine(state_machine_name),
            name=summary.name,
            status=summary.status,
            start_date=summary.start_date,
            stop_date=summary.stop_date,
            state_machine_version_arn=summary.version_arn,
            state_machine_alias_arn=summary.alias_arn,
            redrive_count=summary.redrive_count,
            redrive_date=summary.redrive_date,
        )

    async def stop(self, request: StopExecutionRequest) -> StopExecutionResponse:
        """StopExecution; one that has ended stays as it is."""
        arn, machine, name = self._read(request.execution_arn)
        try:
            return StopExecutionResponse(
                stop_date=await self._gateway.stop(machine, name, request.error, request.cause)
            )
        except NoSuchExecution:
            raise ExecutionDoesNotExist(arn.text) from None

    def _read(self, execution_arn: str, *, express: bool = False) -> tuple[ExecutionArn, str, str]:
        arn = self._arns.read_shown_execution(execution_arn, express=express)
        if arn.state_machine_name is None or arn.name is None:
            raise ExecutionDoesNotExist(arn.text)
        return arn, arn.state_machine_name, arn.name


def _no_map_run(request: ListExecutionsRequest) -> Exception:
    """Why a list by map run is refused; there are no map runs yet."""
    if request.state_machine_arn is not None:
        return ValidationException("Must provide either a StateMachine ARN or a MapRun ARN, not both")
    assert request.map_run_arn is not None
    if not request.map_run_arn.startswith("arn:"):
        return InvalidArn.prefix(request.map_run_arn)
    return ResourceNotFound(request.map_run_arn)


def timeout_seconds(prepared: Prepared) -> int:
    """How long a prepared execution may last: Temporal's execution timeout."""
    timeout = prepared.target.revision.timeout_seconds
    if prepared.target.machine.type == "EXPRESS":
        return EXPRESS_SECONDS if timeout is None else min(timeout, EXPRESS_SECONDS)
    return standard_seconds(timeout, prepared.start.mode)
