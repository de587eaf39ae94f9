"""What a folder of functions holds that will not do what its owner may think: said once, when a host starts."""

from __future__ import annotations

from pathlib import Path

from activities.functions.child import means_another


def notices(directory: Path) -> list[str]:
    """One sentence for each thing worth a warning in the folder of functions, sorted by path."""
    return [text for entry in sorted(directory.iterdir()) for text in _of(entry)]


def _of(entry: Path) -> list[str]:
    file = entry / "__init__.py" if entry.is_dir() else entry
    if file.suffix == ".py" and file.is_file() and means_another(entry.stem, str(file)):
        return [
            f"{entry} has the name of a module of Python or of an installed package: functions that import "
            f"{entry.stem!r} get that one. A function in it works."
        ]
    return []
