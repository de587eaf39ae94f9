"""Python's collector in a process of steploom: how rarely it runs, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SHOWN = "print(gc.get_threshold()[0] >= 10_000, gc.get_freeze_count() > 0)"


@pytest.mark.parametrize(
    "done, shown",
    [("pass", "False False"), ("memory.collect_rarely()", "True False"), ("memory.settle_memory()", "False True")],
    ids=["nothing", "rarely", "settled"],
)
def test_what_the_collector_does(done: str, shown: str) -> None:
    """In a process of its own: the collector of this one is the tests'."""
    code = f"import gc; from api import memory; {done}; {_SHOWN}"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == shown
