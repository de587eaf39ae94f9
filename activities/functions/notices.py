"""What a folder of functions holds that will not do what its owner may think: said once, when a host starts."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from activities.functions.catalog import ENTRY_FILES, SETTINGS_FILE, FunctionSpec
from activities.functions.child import means_another

_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*])?\s*(?:$|[<>=!~(])")
"""A line of a requirements file that asks for a package anywhere, whatever the version: no option, URL or condition."""

_FOLDER: Final = re.compile(r"[\w-]+")
"""Folders that can hold functions or modules: none that are hidden or of the system's (`lost+found`)."""


def notices(directory: Path, functions: Sequence[FunctionSpec]) -> list[str]:
    """One sentence for each thing worth a warning in the folder of these functions, sorted by path."""
    entries = sorted(entry for entry in directory.iterdir() if entry.is_file() or _FOLDER.fullmatch(entry.name))
    return [text for entry in entries for text in _of(entry, functions)]


def without_entry(folder: Path, name: str) -> str:
    """What to do about a folder that is called as the function `name`, and has none of the files that it may be."""
    module = "app" if (folder / "app.py").is_file() else "MODULE"
    return (
        f"{folder} has neither {' nor '.join(ENTRY_FILES)}. Name what is to be called in {SETTINGS_FILE}: "
        f'[functions.{name}] with handler = "{module}.FUNCTION", a file and a function in it.'
    )


def _of(entry: Path, functions: Sequence[FunctionSpec]) -> Iterator[str]:
    file = entry / "__init__.py" if entry.is_dir() else entry
    if file.suffix == ".py" and file.is_file() and means_another(entry.stem, str(file)):
        yield (
            f"{entry} has the name of a module of Python or of an installed package: functions that import "
            f"{entry.stem!r} get that one. A function in it works."
        )
    if (entry / "app.py").is_file() and not any(_is_in(function, entry) for function in functions):
        yield f"No function is in {entry}: {without_entry(entry, entry.name)}"
    requirements = entry / "requirements.txt" if entry.is_dir() else entry
    if requirements.name == "requirements.txt" and (missing := _missing_packages(requirements)):
        yield (
            f"{requirements} asks for {', '.join(missing)}: not installed here, and nothing is installed from that "
            f"file. Run `pip install -r {requirements}` in the environment of steploom."
        )


def _is_in(function: FunctionSpec, folder: Path) -> bool:
    return folder in (function.folder, *function.roots) or function.module.startswith(f"{folder.name}.")


def _missing_packages(requirements: Path) -> list[str]:
    try:
        lines = requirements.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # there is none, or none that can be read: nothing to say of it
        return []
    asked = (_REQUIREMENT.match(line.partition("#")[0].strip()) for line in lines if ";" not in line)
    return [found[1] for found in asked if found and not _is_installed(found[1])]


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
