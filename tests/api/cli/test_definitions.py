"""What `run` prints while its execution goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.cli import definitions
from api.cli.progress import Progress


async def test_run_tells_what_is_awaited_while_no_events_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(definitions, "_LOOK_SECONDS", 0)
    told, now = "", 0.0

    async def events() -> AsyncIterator[dict[str, Any]]:
        nonlocal now, told
        entered, scheduled = {"name": "A"}, {"resource": "arn:aws:states:us-east-1:123456789012:activity:pack"}
        yield {"id": 1, "type": "TaskStateEntered", "timestamp": 0.0, "stateEnteredEventDetails": entered}
        call = {"type": "ActivityScheduled", "activityScheduledEventDetails": scheduled}
        yield {"id": 2, "previousEventId": 1, "timestamp": 0.0} | call
        now = 10.0
        async with asyncio.timeout(30):
            while "waiting" not in told:
                await asyncio.sleep(0)
                told += capsys.readouterr().out

    await definitions._show(events(), Progress(advise=False, clock=lambda: now))
    assert told.splitlines()[2:] == ["still waiting at A: activity pack"]
