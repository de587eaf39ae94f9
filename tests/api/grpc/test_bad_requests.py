"""Five thousand bad calls: each is refused with a status that is the client's fault, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import grpc
import pytest
import pytest_asyncio
from grpc import StatusCode

from api.grpc.errors import ERROR_CODE_KEY, STATUS_BY_CODE
from api.grpc.server import create_server
from tests.api.service.installation import Installation, install
from tests.support import bad_grpc_requests
from tests.support.access import guard_over
from tests.support.bad_grpc_requests import BadCall
from tests.support.stored import fill, kept

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER: Final = 560  # of each kind
AT_ONCE: Final = 80  # gRPC itself lets who sends too much metadata wait for a part of a second
KINDS: list[Callable[[Random], BadCall]] = [
    bad_grpc_requests.wrong_sizes,
    bad_grpc_requests.wrong_values,
    bad_grpc_requests.missing_fields,
    bad_grpc_requests.wrong_names,
    bad_grpc_requests.wrong_documents,
    bad_grpc_requests.wrong_types,
    bad_grpc_requests.wrong_bytes,
    bad_grpc_requests.wrong_methods,
    bad_grpc_requests.wrong_metadata,
]
CLIENTS_FAULTS: Final = frozenset(
    {
        StatusCode.ABORTED,
        StatusCode.ALREADY_EXISTS,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.INVALID_ARGUMENT,
        StatusCode.NOT_FOUND,
        StatusCode.PERMISSION_DENIED,
        StatusCode.RESOURCE_EXHAUSTED,
        StatusCode.UNAUTHENTICATED,
        StatusCode.UNIMPLEMENTED,
    }
)


@dataclass(frozen=True, slots=True)
class Door:
    """Two doors to an installation in which there is one of everything; the second asks who calls."""

    installation: Installation
    open: grpc.aio.Channel
    guarded: grpc.aio.Channel


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with install(tmp_path_factory.mktemp("door")) as installation:
        await fill(installation)
        first, port = create_server(installation.service)
        guard = guard_over(installation.store, installation.clock)
        second, guarded_port = create_server(installation.service, guard=guard)
        await asyncio.gather(first.start(), second.start())
        async with (
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
            grpc.aio.insecure_channel(f"127.0.0.1:{guarded_port}") as guarded,
        ):
            yield Door(installation, channel, guarded)
        await asyncio.gather(first.stop(None), second.stop(None))


async def check(channel: Any, bad: BadCall) -> None:
    """Make a call, and check that it is refused as it must be.

    `channel` is grpc.aio's, whose calls take bytes where no serializer is given; its stubs do not know that.
    """
    shown = f"{bad.method} {bad.data[:300]!r} {str(bad.metadata)[:300]}"
    try:
        if bad.is_streamed:
            await anext(aiter(channel.unary_stream(bad.method)(bad.data, metadata=bad.metadata)), None)
        else:
            await channel.unary_unary(bad.method)(bad.data, metadata=bad.metadata)
    except grpc.aio.AioRpcError as error:
        refused = error
    else:
        pytest.fail(f"{shown} was not refused")
    code = dict(refused.trailing_metadata() or ()).get(ERROR_CODE_KEY)
    shown = f"{shown} was answered {refused.code()} {code} {refused.details()!r}"
    assert refused.code() in (bad.statuses or CLIENTS_FAULTS), shown
    assert code is None or STATUS_BY_CODE[str(code)] is refused.code(), shown
    assert not bad.codes or code in bad.codes, shown
    assert refused.details(), shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_is_refused(door: Door, kind: Callable[[Random], BadCall]) -> None:
    random, before = Random(kind.__name__), await kept(door.installation)
    channel = door.guarded if kind is bad_grpc_requests.wrong_metadata else door.open
    for _ in range(NUMBER // AT_ONCE):
        await asyncio.gather(*(check(channel, kind(random)) for _ in range(AT_ONCE)))
    assert await kept(door.installation) == before
