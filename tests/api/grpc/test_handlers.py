"""Operations through a real channel: each reaches the service, unless its message forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from api.access.guard import Guard
from api.grpc.handlers import method_handlers
from api.proto.v1 import steploom_pb2 as pb
from api.service import shapes
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.gateway import ExecutionStatus
from api.service.long_calls import LongCalls
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import ARN, DATE, MACHINE_ARN, SUCCEEDED, ScriptedService, event

TIMESTAMP = "2026-02-03T04:05:06Z"


@dataclass(frozen=True, slots=True)
class Call:
    operation: str
    message: Message
    request: object
    answer: object
    response: dict[str, Any]


CALLS = [
    Call(
        "CreateStateMachine",
        pb.CreateStateMachineRequest(name="m", definition="{}", role_arn="r", tags=[pb.Tag(key="k", value="v")]),
        shapes.CreateStateMachineRequest(
            name="m", definition="{}", role_arn="r", tags=(shapes.Tag(key="k", value="v"),)
        ),
        shapes.CreateStateMachineResponse(state_machine_arn=MACHINE_ARN, creation_date=DATE),
        {"stateMachineArn": MACHINE_ARN, "creationDate": TIMESTAMP},
    ),
    Call(
        "DescribeStateMachine",
        pb.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN, included_data="INCLUDED_DATA_METADATA_ONLY"),
        shapes.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN, included_data="METADATA_ONLY"),
        shapes.DescribeStateMachineResponse(
            state_machine_arn=MACHINE_ARN,
            name="m",
            status="ACTIVE",
            definition="{}",
            role_arn="r",
            type="STANDARD",
            creation_date=DATE,
        ),
        {
            "stateMachineArn": MACHINE_ARN,
            "name": "m",
            "status": "STATE_MACHINE_STATUS_ACTIVE",
            "definition": "{}",
            "roleArn": "r",
            "type": "STATE_MACHINE_TYPE_STANDARD",
            "creationDate": TIMESTAMP,
        },
    ),
    Call(
        "UpdateStateMachine",
        pb.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, publish=False),
        shapes.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, publish=False),
        shapes.UpdateStateMachineResponse(update_date=DATE, revision_id="1"),
        {"updateDate": TIMESTAMP, "revisionId": "1"},
    ),
    Call(
        "DeleteStateMachine",
        pb.DeleteStateMachineRequest(state_machine_arn=MACHINE_ARN),
        shapes.DeleteStateMachineRequest(state_machine_arn=MACHINE_ARN),
        shapes.DeleteStateMachineResponse(),
        {},
    ),
    Call(
        "ListStateMachines",
        pb.ListStateMachinesRequest(max_results=3),
        shapes.ListStateMachinesRequest(max_results=3),
        shapes.ListStateMachinesResponse(state_machines=(), next_token="t"),
        {"nextToken": "t"},
    ),
    Call(
        "DescribeStateMachineForExecution",
        pb.DescribeStateMachineForExecutionRequest(execution_arn=ARN),
        shapes.DescribeStateMachineForExecutionRequest(execution_arn=ARN),
        shapes.DescribeStateMachineForExecutionResponse(
            state_machine_arn=MACHINE_ARN, name="m", definition="{}", role_arn="r", update_date=DATE
        ),
        {
            "stateMachineArn": MACHINE_ARN,
            "name": "m",
            "definition": "{}",
            "roleArn": "r",
            "updateDate": TIMESTAMP,
        },
    ),
    Call(
        "StartExecution",
        pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="e", input="{}"),
        shapes.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="e", input="{}"),
        shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE),
        {"executionArn": ARN, "startDate": TIMESTAMP},
    ),
    Call(
        "DescribeExecution",
        pb.DescribeExecutionRequest(execution_arn=ARN),
        shapes.DescribeExecutionRequest(execution_arn=ARN),
        SUCCEEDED,
        {
            "executionArn": ARN,
            "stateMachineArn": MACHINE_ARN,
            "status": "EXECUTION_STATUS_SUCCEEDED",
            "startDate": TIMESTAMP,
            "output": '{"a": 1}',
        },
    ),
    Call(
        "ListExecutions",
        pb.ListExecutionsRequest(state_machine_arn=MACHINE_ARN, status_filter="EXECUTION_STATUS_ABORTED"),
        shapes.ListExecutionsRequest(state_machine_arn=MACHINE_ARN, status_filter="ABORTED"),
        shapes.ListExecutionsResponse(
            executions=(
                shapes.ExecutionListItem(
                    execution_arn=ARN,
                    state_machine_arn=MACHINE_ARN,
                    name="e",
                    status=ExecutionStatus.ABORTED,
                    start_date=DATE,
                ),
            )
        ),
        {
            "executions": [
                {
                    "executionArn": ARN,
                    "stateMachineArn": MACHINE_ARN,
                    "name": "e",
                    "status": "EXECUTION_STATUS_ABORTED",
                    "startDate": TIMESTAMP,
                }
            ]
        },
    ),
    Call(
        "GetExecutionHistory",
        pb.GetExecutionHistoryRequest(execution_arn=ARN, reverse_order=True),
        shapes.GetExecutionHistoryRequest(execution_arn=ARN, reverse_order=True),
        shapes.GetExecutionHistoryResponse(events=(event(2),)),
        {
            "events": [
                {
                    "id": "2",
                    "previousEventId": "1",
                    "timestamp": "1970-01-01T00:00:01.500Z",
                    "type": "PassStateEntered",
                    "detailsName": "stateEnteredEventDetails",
                    "details": {"name": "S2"},
                }
            ]
        },
    ),
    Call(
        "StopExecution",
        pb.StopExecutionRequest(execution_arn=ARN, error="E", cause=""),
        shapes.StopExecutionRequest(execution_arn=ARN, error="E", cause=""),
        shapes.StopExecutionResponse(stop_date=DATE),
        {"stopDate": TIMESTAMP},
    ),
    Call(
        "SendTaskSuccess",
        pb.SendTaskSuccessRequest(task_token="t", output="1"),
        shapes.SendTaskSuccessRequest(task_token="t", output="1"),
        shapes.SendTaskSuccessResponse(),
        {},
    ),
    Call(
        "SendTaskFailure",
        pb.SendTaskFailureRequest(task_token="t", error="E"),
        shapes.SendTaskFailureRequest(task_token="t", error="E"),
        shapes.SendTaskFailureResponse(),
        {},
    ),
    Call(
        "SendTaskHeartbeat",
        pb.SendTaskHeartbeatRequest(task_token="t"),
        shapes.SendTaskHeartbeatRequest(task_token="t"),
        shapes.SendTaskHeartbeatResponse(),
        {},
    ),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
async def test_operations_reach_the_service(door: Door, call: Call) -> None:
    door.service.answer = call.answer
    response = await getattr(door.client, call.operation)(call.message)
    assert door.service.requests == [call.request]
    assert MessageToDict(response) == call.response


def test_a_service_that_lacks_an_operation_is_not_served() -> None:
    class Less(ScriptedService):
        def __getattr__(self, operation: str) -> Any:
            if operation == "tag_resource":
                raise AttributeError(operation)
            return super().__getattr__(operation)

    with pytest.raises(AttributeError, match="tag_resource"):
        method_handlers(Less(), LongCalls(), Guard(Arns(ServiceConfig())))


async def test_constraints_are_checked_before_the_service_is_asked(door: Door) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.CreateStateMachine(pb.CreateStateMachineRequest(name="m" * 81, definition="{}"))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert dict(caught.value.trailing_metadata())["steploom-error-code"] == "ValidationException"
    assert caught.value.details() == (
        f"2 validation errors detected: Value '{'m' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80; "
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    )
    assert door.service.requests == []
