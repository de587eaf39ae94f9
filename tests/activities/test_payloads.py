"""The data converter: what it makes of our values, and that nothing is made anew for each payload."""

from __future__ import annotations

import pytest
from temporalio.converter import DataConverter, StorageDriverStoreContext, WorkflowSerializationContext

from activities.payloads import data_converter
from interpreter.hosts.wire import InlineJson
from interpreter.values import JsonValue
from tests.support.temporal import MemoryStore

_LARGE = "x" * 40_000


@pytest.mark.parametrize(
    "value, encoding",
    [
        (None, b"binary/null"),
        ("text", b"json/plain"),
        ({"a": [1, 2.5, True, None]}, b"json/plain"),
        (b"bytes", b"binary/plain"),
        (InlineJson({"a": 1}), b"json/plain"),
        (InlineJson(_LARGE), b"json/plain"),
        (_LARGE, b"json/protobuf"),
    ],
    ids=["null", "text", "object", "bytes", "inline", "inline, large", "large"],
)
async def test_values_travel_and_come_back(value: JsonValue | bytes | InlineJson, encoding: bytes) -> None:
    """A large one travels as a reference, which the SDK writes as a message of its own."""
    converter = data_converter(None, MemoryStore())

    (payload,) = await converter.encode([value])

    assert payload.metadata["encoding"] == encoding
    assert await converter.decode([payload]) == [value.value if isinstance(value, InlineJson) else value]


def test_a_converter_is_the_same_for_every_payload() -> None:
    """The SDK asks for one bound to each workflow and each payload: about half of what a payload would cost."""
    converter = data_converter(None, MemoryStore())

    assert converter.with_context(WorkflowSerializationContext(namespace="n", workflow_id="w")) is converter
    assert converter._with_store_context(StorageDriverStoreContext()) is converter
    assert hasattr(DataConverter, "_with_store_context"), "the SDK has none any more: neither should we"
