"""What the log tells of a Temporal that does not answer: not each call, but when it goes away and when it is back."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from api.gateway_errors import EngineContact
from api.service.gateway import EngineUnavailable

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
