"""`make setup` where a virtual environment is there already that cannot be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
"""Without what the `make` tells that may run the tests."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    return tmp_path


def set_up(folder: Path, python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
    command = ["make", "setup", f"PYTHON={python}"]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=110, check=False
    )


def gone(python: Path) -> None:
    python.symlink_to("python-that-was-upgraded")


def older(python: Path) -> None:
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import sys; sys.version_info = (3, 10, 9); '\"$2\"\n")
    python.chmod(0o755)


@pytest.mark.parametrize("left", [gone, older])
def test_a_python_that_cannot_be_used_is_told(left: Callable[[Path], None], folder: Path) -> None:
    left(folder / ".venv" / "bin" / "python")
    ended = set_up(folder)
    assert ended.returncode != 0
    assert ended.stderr.startswith(
        "The Python of .venv does not run, or is older than 3.11: remove .venv (make clean), and try again.\n"
    )


def test_an_interrupted_set_up_is_taken_up_again(folder: Path) -> None:
    """Python has made the environment, but not yet put pip into it: it is asked for the rest."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nif [ "$2" = venv ]; then echo "asked: $*"; exit 1; fi\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    ended = set_up(folder, python)
    assert ended.returncode != 0
    assert ended.stdout == "asked: -m venv .venv\n"
