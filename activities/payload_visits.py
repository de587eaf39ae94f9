"""Spares the SDK its visits of payloads with which there is nothing to do.

In each workflow task the SDK (temporalio 1.35) visits every payload three times on its way in and three times on its
way out: for the codec, for external storage, and for references to what is stored there. Each time it finds out to
which command the payload belongs, and awaits half a dozen coroutines. For an activity with a small argument and a small
result that is a quarter of all that the worker does for it. Our converter has no use for most of those visits: it
changes nothing but payloads that are large, or refer to a large one, or name a definition.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final, TypeAlias

import temporalio.bridge.worker as sdk
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from activities.payloads import THRESHOLD_BYTES, SteploomConverter

_Visits: TypeAlias = Callable[..., Awaitable[Any]]
"""Of a message and a data converter, with what else the SDK hands over; gives how much was stored or retrieved."""

_PLAIN: Final = (b"json/plain", b"binary/null")


def spare_visits() -> None:
    """Have the SDK's workers in this process visit payloads of our converter only where one of a message needs it.

    The SDK has no setting for this, so that two functions of its own are wrapped; a test notices if one goes, and where
    a later SDK has none, this only saves nothing any more. Workers with another data converter work as before.
    """
    _wrap("decode_activation", brings_plain_payloads, WorkflowActivation())
    _wrap("encode_completion", sends_small_payloads, WorkflowActivationCompletion())


def brings_plain_payloads(activation: WorkflowActivation) -> bool:
    """Whether all jobs of an activation are ended timers and activities, with results that are what they say."""
    for job in activation.jobs:
        match job.WhichOneof("variant"):
            case "fire_timer":
                continue
            case "resolve_activity":
                result = job.resolve_activity.result
                if result.WhichOneof("status") != "completed" or not _is_plain(result.completed.result):
                    return False
            case _:
                return False
    return True


def sends_small_payloads(completion: WorkflowActivationCompletion) -> bool:
    """Whether a workflow task was done, and none of its commands is large enough to have a payload to be stored."""
    if completion.WhichOneof("status") != "successful":
        return False
    return completion.ByteSize() < THRESHOLD_BYTES or all(
        command.ByteSize() < THRESHOLD_BYTES for command in completion.successful.commands
    )


def _is_plain(payload: Payload) -> bool:
    """Whether it names no definition and no stored payload: both have more metadata, or another encoding."""
    metadata = payload.metadata
    return len(metadata) == 1 and metadata.get("encoding") in _PLAIN and not payload.external_payloads


def _wrap(
    name: str, needs_none: Callable[[Any], bool], nothing: WorkflowActivation | WorkflowActivationCompletion
) -> None:
    visits: _Visits | None = getattr(sdk, name, None)
    if visits is None or hasattr(visits, "__wrapped__"):
        return

    what_nothing_gives: list[Any] = []

    @wraps(visits)
    async def spared(message: Any, data_converter: Any, *rest: Any, **named: Any) -> Any:
        if not (_is_ours(data_converter) and needs_none(message)):
            return await visits(message, data_converter, *rest, **named)
        if not what_nothing_gives:
            what_nothing_gives.append(await visits(nothing, data_converter, *rest, **named))
        return what_nothing_gives[0]

    setattr(sdk, name, spared)


def _is_ours(data_converter: Any) -> bool:
    """Whether it is our converter, or what the SDK puts around it for a workflow that is in its cache."""
    return isinstance(getattr(data_converter, "_ca_context_free_dc", data_converter), SteploomConverter)
