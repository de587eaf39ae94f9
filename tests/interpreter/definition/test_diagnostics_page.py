"""docs/diagnostics.md has every code that a definition can get."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.definition import diagnostics

PAGE = Path(__file__).resolve().parents[3] / "docs" / "diagnostics.md"
CODES = [value for name, value in vars(diagnostics).items() if name.isupper() and isinstance(value, str)]
CODES = [code for code in CODES if not code.endswith("_")]


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE.read_text("utf-8")
