"""Pages of Temporal's list: Temporal says whether tokens of a form that we do not know are good."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution as WorkflowExecutionIds
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.payloads import CompiledDefinitions
from api.gateway import TemporalGateway
from api.service.gateway import EngineUnavailable, ExecutionFilter, MalformedToken
from tests.support.temporal import MemoryStore

OPAQUE = b"\x00\xffafter:"
FILTER = ExecutionFilter(state_machine_name="m")


@dataclass
class Temporal:
    """Lists five executions by opaque tokens, or fails as `fault` says of a token and of the times it has come before.

    `token` makes another form of them, of where the next page begins. `asked` has each call's token, and whether the
    SDK would repeat it.
    """

    fault: Callable[[bytes, int], RPCStatusCode | None] = lambda *_: None
    token: Callable[[int], bytes] = lambda begin: OPAQUE + str(begin).encode()
    asked: list[tuple[bytes, bool]] = field(default_factory=list)

    async def list_workflow_executions(
        self,
        req: ListWorkflowExecutionsRequest,
        retry: bool = False,
        metadata: Mapping[str, str | bytes] = {},
        timeout: timedelta | None = None,
    ) -> ListWorkflowExecutionsResponse:
        before = [token for token, _ in self.asked].count(req.next_page_token)
        self.asked.append((req.next_page_token, retry))
        fault = self.fault(req.next_page_token, before)
        if fault is not None:
            raise RPCError("why", fault, b"")
        begin = {b"": 0, **{self.token(each): each for each in range(1, 5)}}[req.next_page_token]
        end = min(begin + req.page_size, 5)
        return ListWorkflowExecutionsResponse(
            executions=[
                WorkflowExecutionInfo(execution=WorkflowExecutionIds(workflow_id=f"m:{each}", run_id=f"r{each}"))
                for each in range(begin, end)
            ],
            next_page_token=self.token(end) if end < 5 else b"",
        )


async def gateway_to(temporal: Temporal, monkeypatch: pytest.MonkeyPatch) -> TemporalGateway:
    client = await Client.connect("127.0.0.1:1", lazy=True)
    monkeypatch.setattr(client.workflow_service, "list_workflow_executions", temporal.list_workflow_executions)
    return TemporalGateway(client, CompiledDefinitions(MemoryStore()))


async def test_good_ones_lead_through_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = await gateway_to(Temporal(), monkeypatch)
    page = await gateway.list(FILTER, 2, None)
    found = [page.executions]
    while page.next_token is not None:
        page = await gateway.list(FILTER, 2, page.next_token)
        found.append(page.executions)
    assert [[each.name for each in executions] for executions in found] == [["0", "1"], ["2", "3"], ["4"]]


@pytest.mark.parametrize("status", ["INVALID_ARGUMENT", "UNKNOWN", "UNAVAILABLE", "INTERNAL"])
async def test_one_that_alone_makes_temporal_fail_is_refused(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    temporal = Temporal(lambda token, _: RPCStatusCode[status] if token else None)
    gateway = await gateway_to(temporal, monkeypatch)
    with pytest.raises(MalformedToken):
        await gateway.list(FILTER, 2, b"garbage")
    assert temporal.asked == [(b"garbage", False), (b"", True), (b"garbage", False)]


@pytest.mark.parametrize("status", ["UNAVAILABLE", "UNKNOWN", "DEADLINE_EXCEEDED"])
async def test_it_is_not_blamed_for_a_temporal_that_is_away(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = await gateway_to(Temporal(lambda *_: RPCStatusCode[status]), monkeypatch)
    with pytest.raises(EngineUnavailable):
        await gateway.list(FILTER, 2, OPAQUE + b"2")


@pytest.mark.parametrize("status", ["RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CANCELLED"])
async def test_it_is_not_blamed_for_a_temporal_that_is_busy(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = await gateway_to(Temporal(lambda token, _: RPCStatusCode[status] if token else None), monkeypatch)
    with pytest.raises(EngineUnavailable):
        await gateway.list(FILTER, 2, OPAQUE + b"2")


async def test_it_is_not_blamed_for_a_temporal_that_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    temporal = Temporal(lambda token, before: RPCStatusCode.UNAVAILABLE if token and not before else None)
    gateway = await gateway_to(temporal, monkeypatch)
    page = await gateway.list(FILTER, 2, OPAQUE + b"2")
    assert [each.name for each in page.executions] == ["2", "3"]


def of_sql(begin: int) -> bytes:
    """As Temporal's SQL stores make them, of executions without any date."""
    return json.dumps(
        {"CloseTime": "9999-12-31T23:59:59Z", "StartTime": "1970-01-01T00:00:00Z", "RunID": f"r{begin - 1}"}
    ).encode()


async def test_a_page_that_was_read_ahead_tells_nothing_of_temporal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.gateway_errors")
    temporal = Temporal(token=of_sql)
    gateway = await gateway_to(temporal, monkeypatch)
    page = await gateway.list(FILTER, 1, (await gateway.list(FILTER, 1, None)).next_token)
    temporal.fault = lambda *_: RPCStatusCode.UNAVAILABLE
    with pytest.raises(EngineUnavailable):
        await gateway.list(FILTER, 1, None)
    assert [each.name for each in (await gateway.list(FILTER, 1, page.next_token)).executions] == ["2"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
