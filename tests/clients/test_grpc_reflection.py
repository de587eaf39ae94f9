"""A gRPC client that has no generated code: it asks the server what there is, as grpcurl does, and calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from botocore.session import Session
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from tests.clients.conftest import DEFINITION, ROLE
from tests.support.dev_service import DevService

SERVICE = "steploom.v1.StepFunctions"


class Reflected:
    """A service known by reflection only: JSON in, JSON out."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.descriptor: ServiceDescriptor = DescriptorPool(self.database).FindServiceByName(SERVICE)
        self._channel = channel

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method."""
        descriptor = self.descriptor.methods_by_name[method]
        request, answer = GetMessageClass(descriptor.input_type), GetMessageClass(descriptor.output_type)
        stub: Any = self._channel.unary_unary(
            f"/{SERVICE}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        return MessageToDict(stub(ParseDict(params, request()), timeout=60))


@pytest.fixture
def reflected(service: DevService) -> Iterator[Reflected]:
    with grpc.insecure_channel(service.grpc) as channel:
        yield Reflected(channel)


def test_the_services_are_listed(reflected: Reflected) -> None:
    assert {SERVICE, "grpc.health.v1.Health"} <= set(reflected.database.get_services())


def test_every_operation_of_aws_is_described(reflected: Reflected) -> None:
    methods = set(reflected.descriptor.methods_by_name)
    operations = set(Session().get_service_model("stepfunctions").operation_names)
    assert methods == operations | {"WatchExecution", "WaitForExecution"}
    start = reflected.descriptor.methods_by_name["StartExecution"]
    assert {"state_machine_arn", "name", "input", "trace_header"} <= set(start.input_type.fields_by_name)
    assert reflected.descriptor.methods_by_name["WatchExecution"].server_streaming


def test_an_execution_is_run_by_what_was_described(reflected: Reflected) -> None:
    made = reflected.call("CreateStateMachine", name="reflected", definition=DEFINITION, roleArn=ROLE)
    started = reflected.call("StartExecution", stateMachineArn=made["stateMachineArn"], input='{"name": "Ada"}')
    ended = reflected.call("WaitForExecution", executionArn=started["executionArn"])
    assert (ended["status"], ended["output"]) == ("EXECUTION_STATUS_SUCCEEDED", '{"text":"Hello, Ada!"}')


def test_an_error_has_aws_s_code(reflected: Reflected) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        reflected.call("DescribeActivity", activityArn="arn:aws:states:us-east-1:123456789012:activity:nothing")
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    assert "Activity Does Not Exist" in str(refused.value.details())
