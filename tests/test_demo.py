"""`make demo` in short: the demonstration program checks itself and exits with 0 only if all was right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_demo() -> None:
    ended = subprocess.run(
        [sys.executable, EXAMPLES / "run_demo.py"], capture_output=True, text=True, timeout=110, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "fork" not in ended.stderr, "gRPC's own log lines stand between ours"
