"""docs/diagnostics.md has every code that a definition can get."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.cli import main
from interpreter.definition import diagnostics

PAGE = Path(__file__).resolve().parents[3] / "docs" / "diagnostics.md"
CODES = [value for name, value in vars(diagnostics).items() if name.isupper() and isinstance(value, str)]
CODES = [code for code in CODES if not code.endswith("_")]


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    assert f"`{code}`" in PAGE.read_text("utf-8")


def test_the_example_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    definition, printed = re.findall(r"```(?:json|console)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[:2]
    monkeypatch.chdir(tmp_path)
    Path("order.asl.json").write_text(definition, "utf-8")
    with pytest.raises(SystemExit):
        main(["validate", "order.asl.json"])
    assert f"$ steploom validate order.asl.json\n{capsys.readouterr().out}" == printed
