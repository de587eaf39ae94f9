"""docs/api.md and the table in README.md are what the code, AWS's model and docs/compatibility.md say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.service.model import input_shape, operation_names
from api.service.operations_page import GROUPS, operations_page, with_operations

PROJECT = Path(__file__).parents[3]
README = (PROJECT / "README.md").read_text("utf-8")
PAGE = (PROJECT / "docs" / "api.md").read_text("utf-8")
COMPATIBILITY = (PROJECT / "docs" / "compatibility.md").read_text("utf-8")
AREAS = """
## The API

| Area | AWS | steploom | Why | Test |
|---|---|---|---|---|
| Everything | a | b | c | d |
| ListExecutions: order | a | b | c | d |
| billingDetails | a | b | c | d |
| InvalidOutput | a | b | c | d |
| Logging | a | b | c | d |
| Express, synchronous: calls | a | b | c | d |

## Else
| Area | AWS |
|---|---|
| StopExecution | a |
"""


def test_the_page_is_not_stale() -> None:
    assert operations_page(COMPATIBILITY) == PAGE, "run `make docs`"


def test_the_table_in_the_readme_is_not_stale() -> None:
    assert with_operations(README) == README, "run `make docs`"


def test_the_command_writes_both(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(PROJECT / "docs" / "compatibility.md", tmp_path / "docs")
    (tmp_path / "README.md").write_text(re.sub(r"\n\| About .*?\n\n", "", README, flags=re.DOTALL), "utf-8")
    subprocess.run([sys.executable, "-m", "api.service.operations_page", tmp_path], check=True, cwd=PROJECT)
    assert (tmp_path / "docs" / "api.md").read_text("utf-8") == PAGE
    assert (tmp_path / "README.md").read_text("utf-8") == README


def test_a_readme_without_a_place_is_told() -> None:
    with pytest.raises(ValueError, match="has no place for the operations"):
        with_operations("# steploom\n")


def test_every_operation_is_in_one_group() -> None:
    grouped = [operation for group in GROUPS.values() for operation in group]
    assert sorted(grouped) == sorted(operation_names())


def sections(page: str) -> dict[str, str]:
    """The page's text on each operation."""
    _, *parts = page.split("\n## ")
    return {part.partition("\n")[0]: part for part in parts}


def test_each_operation_tells_what_it_takes() -> None:
    told = sections(PAGE)
    assert told.keys() == operation_names()
    for operation, text in told.items():
        for name in input_shape(operation).members:
            assert f"`{name}`" in text, operation
    assert (
        "| **`activityArn`** | text, 1 to 256 characters |\n| `workerName` | text, 1 to 80 characters |"
        in told["GetActivityTask"]
    )
    assert "| `maxResults` | number, 0 to 1,000 |" in told["ListExecutions"]
    assert "as in an account without map runs" in told["ListMapRuns"]


def test_differences_stand_with_the_operations_that_they_are_about() -> None:
    page = operations_page(AREAS)
    found = {operation: re.findall(r"\[([^]]*)\]\(compatibility", text) for operation, text in sections(page).items()}
    logging = ["Logging"]
    assert {operation: areas for operation, areas in found.items() if areas} == {
        "CreateStateMachine": logging,
        "DescribeStateMachine": logging,
        "DescribeStateMachineForExecution": logging,
        "UpdateStateMachine": logging,
        "ListExecutions": ["ListExecutions: order"],
        "StartSyncExecution": ["billingDetails", "Express, synchronous: calls"],
        "SendTaskSuccess": ["InvalidOutput"],
    }
