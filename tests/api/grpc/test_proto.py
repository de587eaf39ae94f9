"""The .proto file mirrors AWS's service model, and the generated modules are what it generates."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.struct_pb2 import Value
from google.protobuf.timestamp_pb2 import Timestamp

from api.grpc.messages import enum_prefix
from api.proto.generate import PROTO_FILE, ROOT, generate
from api.proto.v1 import steploom_pb2

SERVICE = steploom_pb2.DESCRIPTOR.services_by_name["StepFunctions"]
BEYOND_AWS = {"WatchExecution", "WaitForExecution"}
AWS: ServiceModel = botocore.session.get_session().get_service_model("stepfunctions")


def test_generated_modules_are_up_to_date(tmp_path: Path) -> None:
    generate(tmp_path)
    generated = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(ROOT): path.read_bytes() for path in (ROOT / PROTO_FILE).parent.glob("*_pb2*")}
    assert len(generated) == 3
    assert generated == committed, "run `make proto`"


def test_every_operation_of_aws_is_there() -> None:
    assert set(SERVICE.methods_by_name) - BEYOND_AWS == set(AWS.operation_names)
    assert len(AWS.operation_names) == 37


@pytest.mark.parametrize("operation", AWS.operation_names)
def test_requests_and_responses_have_the_members_of_aws(operation: str) -> None:
    method, model = SERVICE.methods_by_name[operation], AWS.operation_model(operation)
    assert method.input_type.name == f"{operation}Request"
    assert method.output_type.name == f"{operation}Response"
    _compare(method.input_type, model.input_shape, seen=set())
    _compare(method.output_type, model.output_shape, seen=set())


def _compare(message: Descriptor | None, shape: Shape | None, seen: set[str]) -> None:
    assert message is not None
    assert isinstance(shape, StructureShape)
    if message.name in seen or message.name == "HistoryEvent":
        return
    seen.add(message.name)
    fields = {field.name: field for field in message.fields if field.message_type is not Value.DESCRIPTOR}
    assert set(fields) == {xform_name(member) for member in shape.members}, message.name
    for member, member_shape in shape.members.items():
        field = fields[xform_name(member)]
        _compare_type(field, member_shape, seen)
        assert _says_absence(field) or member in shape.required_members, f"{message.name}.{field.name}"


def _compare_type(field: FieldDescriptor, shape: Shape, seen: set[str]) -> None:
    match shape:
        case StructureShape():
            _compare(field.message_type, shape, seen)
        case ListShape():
            assert field.is_repeated
            _compare_type_of_item(field, shape.member, seen)
        case MapShape():
            assert field.message_type is not None
            assert field.message_type.GetOptions().map_entry
        case StringShape() if shape.enum:
            assert field.enum_type is not None
            values = {value.name.removeprefix(enum_prefix(field.enum_type)) for value in field.enum_type.values}
            assert values == {*shape.enum, "UNSPECIFIED"}, field.full_name
        case _ if shape.type_name == "timestamp":
            assert field.message_type is Timestamp.DESCRIPTOR
        case _:
            assert field.cpp_type == CPP_TYPES[shape.type_name], field.full_name


def _compare_type_of_item(field: FieldDescriptor, shape: Shape, seen: set[str]) -> None:
    if isinstance(shape, StructureShape):
        _compare(field.message_type, shape, seen)
    else:
        assert field.cpp_type == CPP_TYPES[shape.type_name]


CPP_TYPES = {
    "string": FieldDescriptor.CPPTYPE_STRING,
    "boolean": FieldDescriptor.CPPTYPE_BOOL,
    "integer": FieldDescriptor.CPPTYPE_INT32,
    "long": FieldDescriptor.CPPTYPE_INT64,
    "float": FieldDescriptor.CPPTYPE_DOUBLE,
}


def _says_absence(field: FieldDescriptor) -> bool:
    return field.has_presence or field.is_repeated or field.enum_type is not None
