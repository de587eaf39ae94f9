"""Many clients, all operations, and an API that is killed: the short version of `python -m tests.resilience.hammer`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.hammer.run import growth, hammer


@pytest.mark.timeout(300)
async def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    report = await hammer(tmp_path, clients=8, seconds=6, kills=1)

    assert report.problems() == []
    assert len(report.calls) >= 20, "the clients have called most operations"
    assert report.checked >= 8


def test_growth_is_from_the_first_samples_to_the_last() -> None:
    assert growth([100, 100, 100, 100, 300, 110, 110, 110, 110]) == pytest.approx(0.1)
