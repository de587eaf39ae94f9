"""The engine stays behind its module, and its module behind the port."""

from __future__ import annotations

import ast
from pathlib import Path

import interpreter


def test_one_module_imports_the_engine() -> None:
    folder = Path(interpreter.__file__).parent
    importing = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.split(".")[0] == "jlens" for name in names):
                importing.add(path.relative_to(folder).as_posix())
    assert importing == {"jsonata/engine.py"}
