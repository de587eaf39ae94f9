"""The look for ends that no worker sees, where things go wrong; `test_execution_logs` has it on a real server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.log_groups import LogGroups
from api.closing_log import ClosingLog
from api.storage.sql import open_store
from api.storage.store import Store
from tests.support.databases import new_database


@dataclass(frozen=True)
class Listed:
    """An execution as Temporal lists it."""

    id: str = "m:e"
    run_id: str = "r"

    async def memo_value(self, *_: object, **__: object) -> bool:
        return True


class Visibility:
    async def list_workflows(self, _query: str) -> AsyncIterator[Listed]:
        yield Listed()


@dataclass
class Histories:
    error: Exception
    asked: int = 0
    asked_once: asyncio.Event = field(default_factory=asyncio.Event)

    async def first(self, *_: object) -> Any:
        self.asked += 1
        self.asked_once.set()
        raise self.error


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(await new_database(tmp_path / "x.db")) as opened:
        yield opened


def closing_log(store: Store, histories: Any) -> ClosingLog:
    client: Any = Visibility()
    return ClosingLog(client, histories, store, LogGroups("none"))


async def test_an_execution_that_was_deleted_holds_up_nothing(store: Store) -> None:
    histories = Histories(RPCError("gone", RPCStatusCode.NOT_FOUND, b""))
    await closing_log(store, histories).look()
    assert histories.asked == 1


async def test_temporal_that_does_not_answer_is_asked_again(store: Store) -> None:
    histories = Histories(RPCError("away", RPCStatusCode.UNAVAILABLE, b""))
    with pytest.raises(RPCError):
        await closing_log(store, histories).look()


async def test_a_fault_is_told_and_ends_nothing_else(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    histories = Histories(ZeroDivisionError())
    with caplog.at_level(logging.ERROR):
        async with closing_log(store, histories).running(), asyncio.timeout(30):
            await histories.asked_once.wait()
    assert "no longer logs the ends" in caplog.text
    assert "ZeroDivisionError" in caplog.text
