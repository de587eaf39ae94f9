"""Runs the cases of a mock file that is given as Python data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.service.config import ServiceConfig
from api.testing.mock_file import read_mock_file
from api.testing.run import CaseReport, MachineReport, run_subject
from api.testing.subjects import find_subjects

RunFile = Callable[[Mapping[str, Any]], list[MachineReport]]
RunCase = Callable[..., CaseReport]


def run(path: Path) -> list[MachineReport]:
    """All cases of a file."""

    async def run_all() -> list[MachineReport]:
        file = read_mock_file(path)
        return [await run_subject(file, subject, ServiceConfig()) for subject in find_subjects(file, {})]

    return asyncio.run(run_all())


@pytest.fixture
def run_file(tmp_path: Path) -> RunFile:
    """Writes a file and runs it."""

    def write_and_run(content: Mapping[str, Any]) -> list[MachineReport]:
        path = tmp_path / "m.test.json"
        path.write_text(json.dumps(content))
        return run(path)

    return write_and_run


@pytest.fixture
def run_case(run_file: RunFile) -> RunCase:
    """Runs one case of one state machine, whose mocks have the names of their states."""

    def run_one(
        definition: Mapping[str, Any], mocks: Mapping[str, Any], *, type: str = "STANDARD", **test: Any
    ) -> CaseReport:
        machine = {
            "Definition": definition,
            "Type": type,
            "TestCases": {"it": {state: state for state in mocks}},
            "Tests": {"it": test},
        }
        [report] = run_file({"StateMachines": {"m": machine}, "MockedResponses": mocks})
        return report.cases[0]

    return run_one
