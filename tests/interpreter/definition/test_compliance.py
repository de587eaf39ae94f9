"""The cases in tests/compliance/definition: what is said about a definition, word for word.

A case has its `definition` as JSON, or as `text`, or as `states` of a machine that starts at the first of them, or as
one `state` named S (its Next is E, which ends), or as `distributed`: what a Map in DISTRIBUTED mode named S has besides
its mode and a child of type Pass named X. `diagnostics` are the texts of all findings; none means it is valid. `hints`,
where given, are what the command line adds to each.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interpreter.definition.validate import validate_definition
from tests.interpreter.definition.catalogs import TEST_CATALOG

FOLDER = Path(__file__).resolve().parents[2] / "compliance" / "definition"
CASES = [case for file in sorted(FOLDER.glob("*.json")) for case in json.loads(file.read_text("utf-8"))]


def _text(case: dict[str, Any]) -> str:
    if "text" in case:
        return str(case["text"])
    return json.dumps(definition_of(case))


def definition_of(case: dict[str, Any]) -> Any:
    """The definition of a case without `text`."""
    if "definition" in case:
        return case["definition"]
    states = case.get("states")
    if states is None:
        state = case["state"] if "state" in case else _distributed(case["distributed"])
        leads_on = "Next" in state or any(name in state for name in ("Choices", "Default"))
        states = {"S": state, "E": {"Type": "Succeed"}} if leads_on else {"S": state}
    return {"StartAt": next(iter(states)), "States": states}


def _distributed(members: dict[str, Any]) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    child = {"X": {"Type": "Pass", "End": True}}
    processor = {"ProcessorConfig": config, "StartAt": "X", "States": child}
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **members}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_diagnostics(case: dict[str, Any]) -> None:
    found = validate_definition(_text(case), TEST_CATALOG, machine_type=case.get("type", "STANDARD"))
    assert [diagnostic.text() for diagnostic in found] == case["diagnostics"]
    if "hints" in case:
        assert [diagnostic.hint for diagnostic in found] == case["hints"]


def test_names_are_unique_and_sources_given() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names)) >= 100
    assert [case["name"] for case in CASES if not case.get("source")] == []
