"""The data converter: what it makes of our values, and that nothing is made anew for each payload."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.converter import DataConverter, StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.exceptions import ActivityError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.payloads import CompiledDefinitions, data_converter
from api.temporal_server import TemporalServer
from interpreter.hosts.wire import InlineJson
from interpreter.values import JsonValue, json_text
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


@activity.defn(name="swallow")
async def swallow(event: str) -> None:
    """Take an event."""


@workflow.defn(name="hand-over")
class HandOver:
    """Gives a large event to the worker of another queue."""

    @workflow.run
    async def run(self, queue: str) -> None:
        """Call it once."""
        await workflow.execute_activity(
            "swallow",
            _LARGE,
            task_queue=queue,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


async def test_a_payload_of_another_database_is_told_to_the_caller(temporal_server: TemporalServer) -> None:
    converters = (data_converter(None, MemoryStore()) for _ in range(2))
    ours, others = [await Client.connect(temporal_server.address, data_converter=each) for each in converters]
    queue, other_queue = (f"{name}-{uuid.uuid4()}" for name in ("ours", "others"))

    async with (
        Worker(ours, task_queue=queue, workflows=[HandOver], workflow_runner=UnsandboxedWorkflowRunner()),
        Worker(others, task_queue=other_queue, activities=[swallow]),
    ):
        with pytest.raises(WorkflowFailureError) as failed:
            await ours.execute_workflow(HandOver.run, other_queue, id=queue, task_queue=queue)

    assert isinstance(failed.value.cause, ActivityError)
    told = str(failed.value.cause.cause)
    assert told.startswith("PayloadMissing: payload ")
    assert told.endswith(" is not in memory: all roles need the same STEPLOOM_DATABASE_URL")


async def test_a_definition_of_another_database_is_told() -> None:
    with pytest.raises(LookupError, match="no definition is stored under abc in memory: all roles need the same STEP"):
        await CompiledDefinitions(MemoryStore()).fetch("abc")


async def test_definitions_of_earlier_releases_are_compiled() -> None:
    """They were accepted: what is refused since then must not stop their executions."""
    store = MemoryStore()
    states: JsonValue = {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:states:us-east-1:123456789012:activity:a",
            "Credentials": {"RoleArn": "arn:aws:iam::123456789012:role/r"},
            "Next": "B",
        },
        "B": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:events:putEvents", "End": True},
    }
    hash_ = store.add(json_text({"StartAt": "A", "States": states}))
    definition = await CompiledDefinitions(store).fetch(hash_)
    assert list(definition.machine.states) == ["A", "B"]
