"""Hash seeds change nothing: they change the order of every set that someone iterates over."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path


async def _digest(hash_seed: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.executions",
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().strip()


async def test_hash_seeds_change_nothing() -> None:
    one, other = await asyncio.gather(_digest("1"), _digest("4711"))

    assert one
    assert one == other
