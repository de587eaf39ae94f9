from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from api.grpc.messages import to_history_event, to_message, to_params
from api.proto.v1 import steploom_pb2 as pb
from api.service import shapes
from api.service.errors import SerializationException
from api.service.gateway import ExecutionStatus

DATE = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
TIMESTAMP = "2026-02-03T04:05:06.789Z"


@dataclass(frozen=True, slots=True)
class RequestCase:
    name: str
    message: Message
    params: dict[str, Any]


REQUESTS = [
    RequestCase("nothing given is nothing said", pb.CreateStateMachineRequest(), {}),
    RequestCase(
        "names become AWS's, enums their names",
        pb.CreateStateMachineRequest(name="a", role_arn="r", definition="{}", type="STATE_MACHINE_TYPE_EXPRESS"),
        {"name": "a", "roleArn": "r", "definition": "{}", "type": "EXPRESS"},
    ),
    RequestCase(
        "an enum with several words",
        pb.ListExecutionsRequest(redrive_filter="EXECUTION_REDRIVE_FILTER_NOT_REDRIVEN"),
        {"redriveFilter": "NOT_REDRIVEN"},
    ),
    RequestCase("an enum of a later version", pb.ListExecutionsRequest.FromString(b"\x10\x63"), {"statusFilter": "99"}),
    RequestCase(
        "false, zero and empty texts that were given are said",
        pb.GetExecutionHistoryRequest(execution_arn="e", max_results=0, reverse_order=False, next_token=""),
        {"executionArn": "e", "maxResults": 0, "reverseOrder": False, "nextToken": ""},
    ),
    RequestCase(
        "a structure that is given but empty",
        pb.UpdateStateMachineRequest(state_machine_arn="s", tracing_configuration=pb.TracingConfiguration()),
        {"stateMachineArn": "s", "tracingConfiguration": {}},
    ),
    RequestCase(
        "structures and lists in each other",
        pb.CreateStateMachineRequest(
            logging_configuration=pb.LoggingConfiguration(
                level="LOG_LEVEL_ALL",
                destinations=[
                    pb.LogDestination(cloud_watch_logs_log_group=pb.CloudWatchLogsLogGroup(log_group_arn="g"))
                ],
            ),
            tags=[pb.Tag(key="k", value=""), pb.Tag(key="l")],
        ),
        {
            "loggingConfiguration": {
                "level": "ALL",
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "g"}}],
            },
            "tags": [{"key": "k", "value": ""}, {"key": "l"}],
        },
    ),
    RequestCase("a list of texts", pb.UntagResourceRequest(tag_keys=["a", "b"]), {"tagKeys": ["a", "b"]}),
    RequestCase(
        "numbers without presence are said even when zero",
        pb.CreateStateMachineAliasRequest(routing_configuration=[pb.RoutingConfigurationListItem(weight=0)]),
        {"routingConfiguration": [{"weight": 0}]},
    ),
    RequestCase("a document as text, byte for byte", pb.StartExecutionRequest(input="{ }"), {"input": "{ }"}),
    RequestCase("a document as empty text", pb.StartExecutionRequest(input=""), {"input": ""}),
]


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case.name)
def test_requests_become_aws_json(case: RequestCase) -> None:
    assert to_params(case.message) == case.params


@dataclass(frozen=True, slots=True)
class ValueCase:
    value: object
    text: str


VALUES = [
    ValueCase(None, "null"),
    ValueCase(True, "true"),
    ValueCase("ü\n", '"ü\\n"'),
    ValueCase(0, "0"),
    ValueCase(-3.0, "-3"),
    ValueCase(2.5, "2.5"),
    ValueCase(2.0**53, "9007199254740992"),
    ValueCase(1e300, "1e+300"),
    ValueCase([], "[]"),
    ValueCase({"b": [1, {}], "a": None}, '{"a":null,"b":[1,{}]}'),
]


@pytest.mark.parametrize("case", VALUES, ids=lambda case: case.text)
def test_a_document_can_be_a_value(case: ValueCase) -> None:
    value = ParseDict(case.value, Value())  # type: ignore[arg-type]  # any JSON value, says its documentation
    assert to_params(pb.StartExecutionRequest(input_value=value)) == {"input": case.text}
    assert to_params(pb.SendTaskSuccessRequest(task_token="t", output_value=value))["output"] == case.text


@pytest.mark.parametrize(
    "value", [Value(number_value=float("nan")), Value(number_value=float("inf")), Value()], ids=["nan", "inf", "none"]
)
def test_a_value_that_is_no_json_is_refused(value: Value) -> None:
    with pytest.raises(SerializationException, match="cannot be written as JSON"):
        to_params(pb.StartExecutionRequest(input_value=value))


@dataclass(frozen=True, slots=True)
class ResponseCase:
    name: str
    response: object
    message: type[Message]
    wanted: dict[str, Any]


RESPONSES = [
    ResponseCase("no members", shapes.SendTaskSuccessResponse(), pb.SendTaskSuccessResponse, {}),
    ResponseCase(
        "absent members stay absent, dates are timestamps, enums have their prefix",
        shapes.DescribeExecutionResponse(
            execution_arn="e",
            state_machine_arn="s",
            status=ExecutionStatus.TIMED_OUT,
            start_date=DATE,
            redrive_count=0,
            redrive_status="REDRIVABLE",
        ),
        pb.DescribeExecutionResponse,
        {
            "executionArn": "e",
            "stateMachineArn": "s",
            "status": "EXECUTION_STATUS_TIMED_OUT",
            "startDate": TIMESTAMP,
            "redriveCount": 0,
            "redriveStatus": "EXECUTION_REDRIVE_STATUS_REDRIVABLE",
        },
    ),
    ResponseCase(
        "structures, empty ones too, and maps of lists",
        shapes.DescribeStateMachineResponse(
            state_machine_arn="s",
            name="n",
            status="ACTIVE",
            definition="{}",
            role_arn="r",
            type="STANDARD",
            creation_date=DATE,
            logging_configuration=shapes.LoggingConfiguration(
                level="OFF", destinations=(shapes.LogDestination(),), include_execution_data=False
            ),
            tracing_configuration=shapes.TracingConfiguration(),
            variable_references={"S": ("a", "b"), "T": ()},
        ),
        pb.DescribeStateMachineResponse,
        {
            "stateMachineArn": "s",
            "name": "n",
            "status": "STATE_MACHINE_STATUS_ACTIVE",
            "definition": "{}",
            "roleArn": "r",
            "type": "STATE_MACHINE_TYPE_STANDARD",
            "creationDate": TIMESTAMP,
            "loggingConfiguration": {"level": "LOG_LEVEL_OFF", "destinations": [{}], "includeExecutionData": False},
            "tracingConfiguration": {},
            "variableReferences": {"S": {"names": ["a", "b"]}, "T": {}},
        },
    ),
    ResponseCase(
        "lists of structures",
        shapes.ListStateMachinesResponse(
            state_machines=(
                shapes.StateMachineListItem(state_machine_arn="s", name="n", type="EXPRESS", creation_date=DATE),
            ),
            next_token="t",
        ),
        pb.ListStateMachinesResponse,
        {
            "stateMachines": [
                {
                    "stateMachineArn": "s",
                    "name": "n",
                    "type": "STATE_MACHINE_TYPE_EXPRESS",
                    "creationDate": TIMESTAMP,
                }
            ],
            "nextToken": "t",
        },
    ),
    ResponseCase(
        "half a surrogate pair, which protobuf cannot hold",
        shapes.DescribeExecutionResponse(
            execution_arn="e",
            state_machine_arn="s",
            status=ExecutionStatus.FAILED,
            start_date=DATE,
            cause="ö\ud800x\U0001f600",
        ),
        pb.DescribeExecutionResponse,
        {
            "executionArn": "e",
            "stateMachineArn": "s",
            "status": "EXECUTION_STATUS_FAILED",
            "startDate": TIMESTAMP,
            "cause": "ö\ufffdx\U0001f600",
        },
    ),
]


@pytest.mark.parametrize("case", RESPONSES, ids=lambda case: case.name)
def test_responses_become_messages(case: ResponseCase) -> None:
    assert MessageToDict(to_message(case.response, case.message)) == case.wanted


@dataclass(frozen=True, slots=True)
class EventCase:
    name: str
    event: dict[str, Any]
    wanted: dict[str, Any]


EVENTS = [
    EventCase(
        "without details",
        {"id": 7, "previousEventId": 6, "timestamp": 0.25, "type": "ParallelStateStarted"},
        {"id": "7", "previousEventId": "6", "timestamp": "1970-01-01T00:00:00.250Z", "type": "ParallelStateStarted"},
    ),
    EventCase(
        "with details, the first one without a previous event",
        {
            "id": 1,
            "timestamp": DATE.timestamp(),
            "type": "ExecutionStarted",
            "executionStartedEventDetails": {"input": "{}", "inputDetails": {"truncated": False}, "roleArn": "\udc00"},
        },
        {
            "id": "1",
            "timestamp": TIMESTAMP,
            "type": "ExecutionStarted",
            "detailsName": "executionStartedEventDetails",
            "details": {"input": "{}", "inputDetails": {"truncated": False}, "roleArn": "\ufffd"},
        },
    ),
    EventCase(
        "with details that are empty",
        {"id": 2, "previousEventId": 1, "timestamp": 1.0, "type": "A", "executionAbortedEventDetails": {}},
        {
            "id": "2",
            "previousEventId": "1",
            "timestamp": "1970-01-01T00:00:01Z",
            "type": "A",
            "detailsName": "executionAbortedEventDetails",
            "details": {},
        },
    ),
]


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case.name)
def test_history_events_become_messages(case: EventCase) -> None:
    message = to_history_event(case.event)
    assert MessageToDict(message) == case.wanted
    json.dumps(MessageToDict(message))


def test_a_history_holds_its_events_in_their_order() -> None:
    events = tuple({"id": number, "timestamp": 1.0, "type": "PassStateEntered"} for number in (3, 2, 1))
    history = to_message(shapes.GetExecutionHistoryResponse(events=events), pb.GetExecutionHistoryResponse)
    assert [event.id for event in history.events] == [3, 2, 1]
    assert not history.HasField("next_token")
