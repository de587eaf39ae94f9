"""Many clients, all operations, and an API that is killed: the short version of `python -m tests.resilience.hammer`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.hammer.run import hammer


@pytest.mark.timeout(180)
async def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    report = await hammer(tmp_path, clients=24, seconds=10, kills=2)

    assert (list(report.violations), list(report.lost)) == ([], [])
    assert len(report.calls) >= 20, "the clients have called most operations"
