"""Which payloads the SDK is spared to visit: only those that its visits would leave as they are."""

from __future__ import annotations

from typing import Any

import pytest
import temporalio.bridge.worker as sdk
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import DataConverter

from activities.payload_visits import brings_plain_payloads, sends_small_payloads, spare_visits
from activities.payloads import THRESHOLD_BYTES, CompiledDefinitions, data_converter
from tests.support.temporal import MemoryStore

_VISITS: dict[str, Any] = {"decode_headers": False, "storage_concurrency_limit": 3}
_JSON = Payload(metadata={"encoding": b"json/plain"}, data=b'{"a": 1}')


async def stored(store: MemoryStore) -> Payload:
    """A reference to a large payload."""
    (payload,) = await data_converter(None, store).encode(["x" * THRESHOLD_BYTES])
    return payload


def resolved(payload: Payload) -> WorkflowActivationJob:
    """An activity that has returned `payload`."""
    job = WorkflowActivationJob()
    job.resolve_activity.result.completed.result.CopyFrom(payload)
    return job


def timer() -> WorkflowActivationJob:
    job = WorkflowActivationJob()
    job.fire_timer.seq = 1
    return job


def failed() -> WorkflowActivationJob:
    job = WorkflowActivationJob()
    job.resolve_activity.result.failed.failure.CopyFrom(Failure(message="no"))
    return job


def begun() -> WorkflowActivationJob:
    job = WorkflowActivationJob()
    job.initialize_workflow.workflow_id = "id"
    return job


@pytest.mark.parametrize(
    "jobs, plain",
    [
        ([], True),
        ([timer(), resolved(_JSON), resolved(Payload(metadata={"encoding": b"binary/null"}))], True),
        ([resolved(Payload(metadata={"encoding": b"json/plain", "steploom-definition": b"abc"}))], False),
        ([resolved(Payload(metadata={"encoding": b"json/external-storage-reference"}))], False),
        (
            [
                resolved(
                    Payload(
                        metadata={"encoding": b"json/plain"},
                        external_payloads=[Payload.ExternalPayloadDetails(size_bytes=1)],
                    )
                )
            ],
            False,
        ),
        ([resolved(Payload(metadata={"encoding": b"json/protobuf"}))], False),
        ([resolved(_JSON), failed()], False),
        ([begun()], False),
    ],
    ids=["none", "plain", "definition", "old reference", "stored", "message", "failure", "start"],
)
def test_which_activations_bring_plain_payloads(jobs: list[WorkflowActivationJob], plain: bool) -> None:
    assert brings_plain_payloads(WorkflowActivation(jobs=jobs)) is plain


async def test_a_reference_is_not_plain() -> None:
    assert not brings_plain_payloads(WorkflowActivation(jobs=[resolved(await stored(MemoryStore()))]))


def completion(*sizes: int) -> WorkflowActivationCompletion:
    """The answer to a workflow task: activities with arguments of these sizes."""
    answer = WorkflowActivationCompletion()
    answer.successful.SetInParent()
    for size in sizes:
        argument = answer.successful.commands.add().schedule_activity.arguments.add()
        argument.CopyFrom(Payload(metadata={"encoding": b"json/plain"}, data=b"1" * size))
    return answer


def test_which_answers_have_small_payloads() -> None:
    refused = WorkflowActivationCompletion()
    refused.failed.failure.message = "no"

    assert sends_small_payloads(completion())
    assert sends_small_payloads(completion(*[THRESHOLD_BYTES // 2] * 4))
    assert not sends_small_payloads(completion(1, THRESHOLD_BYTES))
    assert not sends_small_payloads(refused)


async def test_large_ones_are_stored_and_found_as_before() -> None:
    store = MemoryStore()
    ours = data_converter(CompiledDefinitions(store), store)
    spare_visits()
    answer = completion(1, THRESHOLD_BYTES)
    activation = WorkflowActivation(jobs=[resolved(_JSON), resolved(await stored(store))])

    await sdk.encode_completion(answer, ours, encode_headers=False, storage_concurrency_limit=3)
    await sdk.decode_activation(activation, ours, **_VISITS)

    small, large = (command.schedule_activity.arguments[0] for command in answer.successful.commands)
    assert not small.external_payloads
    assert large.external_payloads
    assert activation.jobs[0].resolve_activity.result.completed.result == _JSON
    assert activation.jobs[1].resolve_activity.result.completed.result.data == b'"' + b"x" * THRESHOLD_BYTES + b'"'


async def test_only_our_converter_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also as the SDK wraps it for a workflow in its cache; a converter of another kind sees all payloads."""
    ours = data_converter(None, MemoryStore())
    visited: list[object] = []

    async def decode_activation(activation: object, converter: object, **_: object) -> None:
        visited.append(activation)

    monkeypatch.setattr(sdk, "decode_activation", decode_activation)
    spare_visits()
    wrapped: Any = DataConverter()
    object.__setattr__(wrapped, "_ca_context_free_dc", ours)
    activation = WorkflowActivation(jobs=[timer(), resolved(_JSON)])
    for converter in (ours, wrapped, DataConverter.default):
        await sdk.decode_activation(activation, converter, **_VISITS)

    assert visited == [WorkflowActivation(), activation], "it is visited what there is not, once, and somebody else's"


def test_a_worker_begins_where_the_sdk_has_other_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sdk, "decode_activation")

    spare_visits()

    assert not hasattr(sdk, "decode_activation")


def test_the_sdk_still_visits_so() -> None:
    """Where it has other functions, or wraps converters in another way, `spare_visits` has to be written anew."""
    from temporalio.worker._workflow import _CommandAwareDataConverter

    assert "_ca_context_free_dc" in _CommandAwareDataConverter.__dataclass_fields__
    spare_visits()
    for name in ("decode_activation", "encode_completion"):
        assert not hasattr(getattr(sdk, name).__wrapped__, "__wrapped__"), "wrapped twice"
