"""What has expired is removed beside the calls: in small parts, again and again, whatever the database does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from api.access.sweeping import MOST_AT_ONCE, sweep, sweeping
from api.storage.store import StoreUnavailable
from api.storage.used_signatures import UsedSignature

NOW = datetime(2026, 11, 22, 23, 59, 0, tzinfo=UTC)


@dataclass
class Rows:
    """A database with this many rows that have expired, which refuses the first attempts with these errors."""

    expired: int
    errors: list[Exception] = field(default_factory=list)
    befores: list[int] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    swept: asyncio.Event = field(default_factory=asyncio.Event)

    async def use_signatures(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        raise NotImplementedError

    async def forget_signatures(self, *, before: int, most: int) -> int:
        self.befores.append(before)
        self.asked.set()
        if self.errors:
            raise self.errors.pop(0)
        removed = min(self.expired, most)
        self.expired -= removed
        if not self.expired:
            self.swept.set()
        return removed


@pytest.mark.parametrize(
    "expired, parts", [(0, 1), (MOST_AT_ONCE - 1, 1), (MOST_AT_ONCE, 2), (2 * MOST_AT_ONCE + 1, 3)]
)
async def test_all_that_has_expired_goes_in_parts(expired: int, parts: int) -> None:
    rows = Rows(expired)
    await sweep(rows, lambda: NOW)
    assert (rows.expired, rows.befores) == (0, [int(NOW.timestamp() * 1000)] * parts)


async def test_sweeping_goes_on_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("api.access.sweeping._PAUSE_SECONDS", 0)
    rows = Rows(1, [StoreUnavailable("the database does not answer")] * 2)
    async with sweeping(rows, lambda: NOW):
        await rows.swept.wait()
    told = "used signatures that have expired cannot be removed for the moment: the database does not answer"
    assert [(record.levelname, record.message) for record in caplog.records] == [("WARNING", told)] * 2


async def test_a_fault_of_ours_is_told_and_ends_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="api.access.sweeping")
    rows = Rows(1, [KeyError("a bug")])
    async with sweeping(rows, lambda: NOW):
        await rows.asked.wait()
        await asyncio.sleep(0)  # what is to happen at the task's end happens in the loop's next turn
    assert "no longer removes used signatures" in caplog.text
