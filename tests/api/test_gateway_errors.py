"""What the log tells of a Temporal that does not answer: not each call, but when it goes away and when it is back."""

from __future__ import annotations

import logging
from contextlib import suppress

import grpc
import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.payloads import CompiledDefinitions
from api.gateway import TemporalGateway
from api.gateway_errors import EngineContact
from api.service.gateway import EngineUnavailable
from tests.support.fake_temporal import Context, fake_temporal
from tests.support.temporal import MemoryStore

ADDRESS = "127.0.0.1:1"


def call(contact: EngineContact, answer: RPCStatusCode | None) -> None:
    """A call that Temporal answers with an error, or well."""
    with suppress(EngineUnavailable, RPCError), contact.calling():
        if answer is not None:
            raise RPCError("why", answer, b"")


async def test_it_is_told_once_until_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "api.gateway_errors")
    contact = EngineContact(await Client.connect(ADDRESS, lazy=True))
    for answer in (
        None,
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.NOT_FOUND,
        None,
        None,
        RPCStatusCode.UNKNOWN,
    ):
        call(contact, answer)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", f"Temporal at {ADDRESS} cannot answer: why (UNAVAILABLE)"),
        ("INFO", f"Temporal at {ADDRESS} answers again"),
        ("WARNING", f"Temporal at {ADDRESS} cannot answer: why (UNKNOWN)"),
    ]


@pytest.mark.parametrize("status", [grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED])
async def test_a_poll_without_an_answer_tells_nothing(
    status: grpc.StatusCode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.gateway_errors")
    answers = iter((status, grpc.StatusCode.UNAVAILABLE, status, None))

    async def answer(_: str, context: Context) -> None:
        if (code := next(answers)) is not None:
            await context.abort(code, "why")

    async with fake_temporal(answer) as address:
        gateway = TemporalGateway(await Client.connect(address), CompiledDefinitions(MemoryStore()))
        told = list[list[str]]()
        for _ in range(4):
            caplog.clear()
            with suppress(EngineUnavailable):
                assert await gateway.poll_activity("arn", None) is None
            told.append([record.levelname for record in caplog.records])
    assert told == [[], ["WARNING"], [], ["INFO"]]
