"""The console script where packages of others have the names of steploom's own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import steploom_command

PROJECT = Path(__file__).parents[1]
BUILD = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
RUN = [sys.executable, "-c", "import steploom_command; steploom_command.main()", "--version"]


@pytest.mark.parametrize("other", ["api/__init__.py", "api.py", "activities/__init__.py", "interpreter/__init__.py"])
def test_packages_that_hide_others_are_named(other: str, tmp_path: Path) -> None:
    (tmp_path / other).parent.mkdir(exist_ok=True)
    (tmp_path / other).touch()
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(RUN, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    name = Path(other).parts[0].removesuffix(".py")
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        2,
        "",
        f"error: Python finds {tmp_path / other} where steploom's own package {name!r} is meant. Start steploom with a "
        "PYTHONPATH that does not lead there.\n",
    )


def test_a_folder_of_such_a_name_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(RUN, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.startswith("steploom ")


def test_it_is_the_console_script() -> None:
    module, _, function = BUILD["project"]["scripts"]["steploom"].partition(":")
    assert getattr(import_module(module), function) is steploom_command.main
