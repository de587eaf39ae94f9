"""RedriveExecution: whether an execution may go on, going on once however often it is asked, and which runs are past.

Before a run is begun the call is kept, and noted on it afterwards that it was. A process that dies between the two
loses nothing: the execution is then as it was, or goes on, and a repeated call finds out which.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from api.service.arns import Arns
from api.service.clock import Clock
from api.service.config import ServiceConfig
from api.service.deletion import Deletions
from api.service.errors import ExecutionDoesNotExist, ExecutionNotRedrivable, ServiceUnavailable
from api.service.gateway import (
    ExecutionDescription,
    ExecutionGateway,
    ExecutionStatus,
    ExecutionSummary,
    NoSuchExecution,
    RedriveRequest,
    RunSuperseded,
)
from api.service.shapes import RedriveExecutionRequest, RedriveExecutionResponse
from api.service.starting import YEAR_SECONDS, standard_seconds
from api.service.targets import executed_revision
from api.service.traces import begun_in_trace
from api.storage.store import RedriveCall, Store
from interpreter.history import history_full_cause
from interpreter.limits import limits_of

_REDRIVABLE_FOR: Final = timedelta(days=14)
_REMEMBERED_FOR: Final = timedelta(minutes=15)
_REMEMBERED_CALLS: Final = 10
_ATTEMPTS: Final = 5

_DELETING: Final = "State machine is in DELETING status"
_TOO_MANY_EVENTS: Final = "Execution history event limit exceeded"


class Redrives:
    """Goes on with executions that ended without success."""

    def __init__(
        self,
        store: Store,
        gateway: ExecutionGateway,
        config: ServiceConfig,
        arns: Arns,
        clock: Clock,
        deletions: Deletions,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._config = config
        self._arns = arns
        self._clock = clock
        self._deletions = deletions

    async def redrive(self, request: RedriveExecutionRequest) -> RedriveExecutionResponse:
        """RedriveExecution; a repeated call with the same token is answered as the first."""
        arn = self._arns.read_execution(request.execution_arn)
        if arn.state_machine_name is None or arn.name is None:
            raise ExecutionDoesNotExist(arn.text)
        for _ in range(_ATTEMPTS):
            try:
                description = await self._gateway.describe(arn.state_machine_name, arn.name)
                answer = await self._repeated(request.client_token, arn.state_machine_name, description)
                answer = answer or await self._redrive(request.client_token, arn.state_machine_name, description)
            except NoSuchExecution:
                raise ExecutionDoesNotExist(arn.text) from None
            except RunSuperseded:  # another call was faster: what is true now?
                continue
            return answer
        raise ServiceUnavailable(f"Other calls redrive this execution: '{arn.text}'")

    async def _repeated(
        self, client_token: str | None, state_machine_name: str, description: ExecutionDescription
    ) -> RedriveExecutionResponse | None:
        """The answer to an earlier call with the same token, if the execution went on after it."""
        if client_token is None:
            return None
        summary = description.summary
        for call in await self._store.list_redrives(state_machine_name, summary.name, _REMEMBERED_CALLS):
            past = call.run_id != summary.run_id
            if call.client_token == client_token and past and self._clock() - call.asked <= _REMEMBERED_FOR:
                return RedriveExecutionResponse(redrive_date=call.redriven or summary.redrive_date or call.asked)
        return None

    async def _redrive(
        self, client_token: str | None, state_machine_name: str, description: ExecutionDescription
    ) -> RedriveExecutionResponse:
        refusal = await self.refusal(state_machine_name, description)
        if refusal is not None:
            raise ExecutionNotRedrivable(refusal)
        summary, now = description.summary, self._clock()
        prepared = await self._gateway.prepare_redrive(
            state_machine_name,
            summary.name,
            RedriveRequest(
                run_id=summary.run_id,
                date=now,
                timeout_seconds=await self._timeout_seconds(description),
                functions=self._config.functions,
            ),
        )
        limit = limits_of(description.start.mode, description.start.engine).history_events
        if limit is not None and prepared.events >= limit - 1:
            raise ExecutionNotRedrivable(_TOO_MANY_EVENTS)
        if await self._is_deleted(state_machine_name, description):  # by now: preparing took its time
            raise ExecutionNotRedrivable(_DELETING)
        call = RedriveCall(
            run_id=summary.run_id,
            client_token=client_token or "",
            state_machine_name=state_machine_name,
            execution_name=summary.name,
            asked=now,
        )
        await self._store.begin_redrive(call)
        with begun_in_trace(await executed_revision(self._store, description), self._config.traced):
            date = await prepared.start()
        await self._store.finish_redrive(summary.run_id, date)
        return RedriveExecutionResponse(redrive_date=date)

    async def _timeout_seconds(self, description: ExecutionDescription) -> int:
        """TimeoutSeconds from now on; where AWS's quotas hold, to the end of the execution's year at most."""
        mode = description.start.mode
        revision = await executed_revision(self._store, description)
        seconds = standard_seconds(None if revision is None else revision.timeout_seconds, mode)
        return seconds if mode == "native" else max(1, min(seconds, self._seconds_left(description)))

    def _seconds_left(self, description: ExecutionDescription) -> int:
        return YEAR_SECONDS - int((self._clock() - description.summary.start_date).total_seconds())

    # ------------------------------------------------------------------ what describing and listing ask

    async def refusal(self, state_machine_name: str, description: ExecutionDescription) -> str | None:
        """Why an execution cannot be redriven, None if it can. Only the redrive itself counts its events."""
        summary, start = description.summary, description.start
        if summary.status in (ExecutionStatus.RUNNING, ExecutionStatus.SUCCEEDED):
            return f"Execution is {summary.status} and cannot be redriven"
        if await self._is_deleted(state_machine_name, description):
            return _DELETING
        limit = limits_of(start.mode, start.engine).history_events
        if limit is not None and description.cause == history_full_cause(limit):
            return _TOO_MANY_EVENTS
        if start.mode == "aws" and self._seconds_left(description) <= 0:
            return "Execution has exceeded the max execution time"
        if summary.stop_date is not None and self._clock() - summary.stop_date > _REDRIVABLE_FOR:
            return "Execution redrivable period exceeded"
        return None

    async def _is_deleted(self, state_machine_name: str, description: ExecutionDescription) -> bool:
        """Whether the state machine is being deleted, or was: one of the same name may have been made since."""
        machine = await self._store.get_state_machine(state_machine_name)
        if machine is None:
            return True
        if machine.deleting_since is not None:
            self._deletions.wake()
            return True
        revision = await executed_revision(self._store, description)
        return revision is not None and revision.created < machine.created

    async def present(self, state_machine_name: str, summaries: Sequence[ExecutionSummary]) -> list[ExecutionSummary]:
        """Those of listed runs that no redrive has followed: the engine lists the others too."""
        asked = [each.run_id for each in summaries if each.status is not ExecutionStatus.SUCCEEDED]
        calls = await self._store.find_redrives(asked) if asked else ()
        past = {call.run_id for call in calls if await self._is_past(state_machine_name, call)}
        return [each for each in summaries if each.run_id not in past]

    async def _is_past(self, state_machine_name: str, call: RedriveCall) -> bool:
        if call.redriven is not None:
            return True
        try:  # a call that was cut off: before the execution went on, or after?
            summary = (await self._gateway.describe(state_machine_name, call.execution_name)).summary
        except NoSuchExecution:
            return False
        if summary.run_id == call.run_id:
            return False
        await self._store.finish_redrive(call.run_id, summary.redrive_date or call.asked)
        return True
