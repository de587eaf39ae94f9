"""The guard of determinism: the same cases under the SDK's sandbox, and under other hash seeds.

Production runs unsandboxed, for speed. The sandbox lets nothing be imported at run time, refuses builtins that reach
the world, and runs workflow code with its own checks; our modules are passed through, as their classes are compared by
identity with those of the compiled definitions. Hash seeds change the order of every set that someone iterates over.
Clocks and chance in the core are forbidden by the import contracts of pyproject.toml.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.support.executions import Case, all_cases
from tests.support.short_histories import compact
from tests.support.temporal import TemporalRun, run_cases

_PASSED_THROUGH: Final = ("interpreter", "activities", "orjson", "jsonpath_ng", "ply", "temporalio", "google")

_CASES: Final = [
    case for case in all_cases() if case.time != "skipped" and "..." not in case.history and case.order == "exact"
]


@pytest.fixture(scope="module")
def sandboxed() -> Mapping[str, TemporalRun | BaseException]:
    runner = SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
    )
    return asyncio.run(run_cases(_CASES, runner=runner))


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_case_in_the_sandbox(case: Case, sandboxed: Mapping[str, TemporalRun | BaseException]) -> None:
    ended = sandboxed[case.name]
    if isinstance(ended, BaseException):
        raise ended
    run = ended.run

    assert (run.status, run.output, run.error, run.cause) == (case.status, case.output, case.error, case.cause)
    assert compact(run.events) == list(case.history)


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
