"""`steploom test-expression`: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.cli.test_commands import Steploom, steploom

__all__ = ["steploom"]


@dataclass(frozen=True)
class Case:
    id: str
    arguments: list[str]
    code: int
    out: str
    err: str = ""


UNDEFINED = "The JSONata expression '$states.input.x' specified for the field 'Output' returned nothing (undefined)."
LARGE = "12345678901234567890"

CASES = [
    Case("a value", ["$.a", "--input", '{"a": {"b": "é"}}'], 0, '{\n  "b": "é"\n}\n'),
    Case("a small number", ["{% [1e-7, $states.input] %}", "-i", "1e-7"], 0, "[\n  1e-7,\n  1e-7\n]\n"),
    Case("a long number", ["$", "-i", f"[{LARGE}]"], 0, f"[\n  {LARGE}\n]\n"),
    Case("a value as JSON", ["$.a", "-i", f'{{"a": {LARGE}}}', "--json"], 0, f'{{"value": {LARGE}}}'),
    Case("an error", ["$states.input.x"], 1, f"States.QueryEvaluationError\n{UNDEFINED}\n"),
    Case(
        "an error as JSON",
        ["$states.input.x", "--json"],
        1,
        json.dumps({"error": "States.QueryEvaluationError", "cause": UNDEFINED}),
    ),
    Case("variables", ["$v", "--variables", '{"v": [1]}', "--json"], 0, '{"value": [1]}'),
    Case("a context", ["$$.State.Name", "--context", '{"State": {"Name": "S"}}'], 0, '"S"\n'),
    Case("a result", ["$states.result", "--result", "null", "--json"], 0, '{"value": null}'),
    Case(
        "an error output",
        ["$states.errorOutput.Error", "--error-output", '{"Error": "E", "Cause": "c"}'],
        0,
        '"E"\n',
    ),
    Case("an error output without cause", ["{% 1 %}", "--error-output", '{"Error": "E"}'], 2, "", "is not of the form"),
    Case("an error output for JSONPath", ["$.x", "--error-output", "{}"], 2, "", "--error-output is for JSONata"),
    Case(
        "a result and an error output",
        ["{% 1 %}", "--result", "1", "--error-output", "{}"],
        2,
        "",
        "--result and --error-output exclude each other",
    ),
    Case(
        "a fault with its place",
        ["$states.input.a +"],
        1,
        "INVALID_JSONATA_EXPRESSION\nS0207: Unexpected end of expression\n",
        "(character 18 of the expression '$states.input.a +')",
    ),
    Case("another language than guessed", ["$v", "--query-language", "JSONata", "--variables", '{"v": 1}'], 0, "1\n"),
    Case("an input that is no JSON", ["$", "--input", "{"], 2, "", "--input is not JSON"),
    Case("variables that are no object", ["$", "--variables", "[]"], 2, "", "--variables is not a JSON object"),
    Case("a result for JSONPath", ["$", "--result", "1"], 2, "", "--result is for JSONata"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_outcomes(case: Case, steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test-expression", *case.arguments) == case.code
    printed = capsys.readouterr()
    if "--json" in case.arguments:
        assert json.loads(printed.out) == json.loads(case.out)
    else:
        assert printed.out == case.out
    assert case.err in printed.err


def test_an_input_from_a_file(tmp_path: Path, steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "input.json").write_text('{"a": 1}', "utf-8")
    assert steploom("test-expression", "$.a", "--input", f"@{tmp_path / 'input.json'}") == 0
    assert capsys.readouterr().out == "1\n"
