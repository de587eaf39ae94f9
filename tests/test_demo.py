"""`make demo` in short: the demonstration program checks itself and exits with 0 only if all was right."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_SPECIFIED = "b0f2bc5693c9f048040fde90993dd693c57122dea8fcd6c97d35f34e2a268aaa"
"""SHA-256 of the pipeline's definition, which is to stay character for character as it was given."""


def run(examples: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, examples / "run_demo.py"], capture_output=True, text=True, timeout=110, check=False
    )


def test_definition() -> None:
    definition = EXAMPLES / "order-pipeline" / "definition.asl.json"
    assert hashlib.sha256(definition.read_bytes()).hexdigest() == AS_SPECIFIED


def test_demo() -> None:
    ended = run(EXAMPLES)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "fork" not in ended.stderr, "gRPC's own log lines stand between ours"


def test_demo_without_a_failure_to_retry(tmp_path: Path) -> None:
    """The execution succeeds, with the output that is expected, and is not what is to be shown."""
    examples = shutil.copytree(EXAMPLES, tmp_path / "examples")
    validate = examples / "order-pipeline" / "functions" / "validate_order.py"
    source = validate.read_text(encoding="utf-8").replace("FAILURES = 2", "FAILURES = 0")
    validate.write_text(source.replace("attempts.unlink()", "attempts.unlink(missing_ok=True)"), encoding="utf-8")
    ended = run(examples)
    assert (ended.returncode, ended.stderr.split(": ")[:2]) == (1, ["demo failed", "events"]), ended.stderr
    assert "ExecutionSucceeded" in ended.stdout
