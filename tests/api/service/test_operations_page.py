"""docs/api.md is what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from api.service.operations_page import operations_page

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == operations_page(), "run `make docs`"


def test_the_command_prints_it() -> None:
    command = [sys.executable, "-m", "api.service.operations_page"]
    assert subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout == operations_page()


def test_it_tells_what_is_there() -> None:
    rows = {
        line.split("|")[1].strip(" []").partition("]")[0]: line
        for line in operations_page().splitlines()
        if line.startswith("| [")
    }
    assert len(rows) == 37
    assert "| available | **activityArn**, workerName | taskToken, input |" in rows["GetActivityTask"]
    assert "| as in an account without map runs |" in rows["ListMapRuns"]
