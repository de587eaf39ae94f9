"""Where the recorded AWS cases and the public JSONata suite are (STEPLOOM_CONFORMANCE, or beside the repository)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parents[3]


def conformance(relative: str) -> Path:
    """A file or folder of the conformance data; its absence fails unless STEPLOOM_CONFORMANCE_OPTIONAL is set."""
    path = (_REPOSITORY / os.environ.get("STEPLOOM_CONFORMANCE", "../shared/conformance") / relative).resolve()
    if not path.exists():
        message = f"there is no {path}: set STEPLOOM_CONFORMANCE"
        if "STEPLOOM_CONFORMANCE_OPTIONAL" in os.environ:
            pytest.skip(f"NOT RUN: {message}")
        pytest.fail(message)
    return path
