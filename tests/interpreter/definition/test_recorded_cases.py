"""Every definition in the recorded AWS cases: what AWS took must parse, what it refused must be refused in its words.

The cases are found by STEPLOOM_CONFORMANCE (default: `../shared/conformance` beside the repository).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from interpreter.definition.diagnostics import NOT_EVALUATED, Diagnostic
from interpreter.definition.parse import examine, parse_definition
from interpreter.definition.references import variable_references
from interpreter.definition.validate import validate_definition
from interpreter.errors import DefinitionError
from tests.interpreter.definition.catalogs import FixedCatalog

REPOSITORY = Path(__file__).resolve().parents[3]
CATALOG = FixedCatalog(unknown=frozenset({"arn:aws:states:::dynamodb:query"}))
FEWEST_DEFINITIONS = 500
"""Guards against a folder that is there but empty."""


@dataclass(frozen=True)
class Call:
    """One recorded call with a definition."""

    name: str
    operation: str
    machine_type: Literal["STANDARD", "EXPRESS"]
    definition: str
    expected: Any


def _folder() -> Path:
    folder = Path(os.environ.get("STEPLOOM_CONFORMANCE", REPOSITORY.parent / "shared" / "conformance")) / "cases"
    if not folder.is_dir():
        message = f"no recorded cases in {folder}: set STEPLOOM_CONFORMANCE"
        if "STEPLOOM_CONFORMANCE_OPTIONAL" in os.environ:
            pytest.skip(message)
        pytest.fail(message)
    return folder


def _calls(folder: Path) -> Iterator[Call]:
    for file in sorted(folder.glob("*.json")):
        case = json.loads(file.read_text("utf-8"))
        for step in case["steps"]:
            definition = step["params"].get("definition")
            if definition is not None and step["op"] != "TestState":
                expected = case["expected"].get(step.get("expect") or step.get("expect_error"))
                machine_type = step["params"].get("type", "STANDARD")
                yield Call(file.stem, step["op"], machine_type, re.sub(r"\$\{(\w+)\}", _filled, definition), expected)


def _filled(match: re.Match[str]) -> str:
    service, kind = ("states", "activity") if "ctivity" in match[1] else ("lambda", "function")
    return f"arn:aws:{service}:us-east-1:123456789012:{kind}:{match[1]}"


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    found = list(_calls(_folder()))
    assert len(found) >= FEWEST_DEFINITIONS
    return found


def _errors(call: Call) -> list[Diagnostic]:
    try:
        parse_definition(call.definition, CATALOG, machine_type=call.machine_type)
    except DefinitionError as error:
        return list(error.diagnostics)
    return []


def _refusal(expected: object) -> str | None:
    """AWS's message where it refused the definition."""
    if not isinstance(expected, dict) or "InvalidDefinition" not in json.dumps(expected):
        return None
    return str(expected.get("message") or expected.get("exception_value"))


def test_what_aws_took_is_valid(calls: list[Call]) -> None:
    accepted = [call for call in calls if call.operation != "ValidateStateMachineDefinition"]
    accepted = [call for call in accepted if _refusal(call.expected) is None]
    refused = {
        call.name: [error.text() for error in _errors(call) if error.code != "NOT_SUPPORTED_YET"] for call in accepted
    }
    parsed = [call for call in accepted if not _errors(call)]
    unsupported = {error.message for call in accepted for error in _errors(call)}
    assert {name: errors for name, errors in refused.items() if errors} == {}
    assert unsupported == {"steploom does not support Map in DISTRIBUTED mode yet; use the mode INLINE"}
    assert len(parsed) >= 400


def test_what_aws_refused_is_refused_in_its_words(calls: list[Call]) -> None:
    refusals = [(call, _refusal(call.expected)) for call in calls]
    checked = 0
    for call, message in refusals:
        if message is not None and "SCHEMA_VALIDATION_FAILED" in message:
            ours = ", ".join(error.text() for error in _errors(call))
            assert message.endswith(f"Invalid State Machine Definition: '{ours}'"), call.name
            checked += 1
    assert checked == 7


def test_labels_that_aws_refused_are_refused_as_labels(calls: list[Call]) -> None:
    labelled = [call for call in calls if "test_map_state_label_" in call.name and _refusal(call.expected)]
    codes = {call.name: _errors(call)[0].code for call in labelled}
    assert set(codes.values()) == {"INVALID_LABEL_NAME"}
    assert len(codes) == 88


def test_validation_answers_as_recorded(calls: list[Call]) -> None:
    validations = [call for call in calls if call.operation == "ValidateStateMachineDefinition"]
    for call in validations:
        found = validate_definition(call.definition, CATALOG, machine_type=call.machine_type)
        assert [_as_aws(diagnostic) for diagnostic in found] == call.expected["diagnostics"], call.name
    assert len(validations) == 3


def test_only_constants_are_said_to_stay_text(calls: list[Call]) -> None:
    examples = sorted((REPOSITORY / "examples").rglob("*.asl.json"))
    texts = [call.definition for call in calls] + [file.read_text("utf-8") for file in examples]
    found = [one for text in texts for one in validate_definition(text, CATALOG) if one.code == NOT_EVALUATED]
    places = {one.location for one in found}
    assert len(examples) > 5
    assert len(places) == 7
    assert [place for place in places if place is None or "constant_" not in place] == []


def _as_aws(diagnostic: Diagnostic) -> dict[str, str]:
    members = {
        "severity": str(diagnostic.severity),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "location": diagnostic.location,
    }
    return {name: value for name, value in members.items() if value is not None}


def test_variable_references_are_those_recorded() -> None:
    checked = 0
    for file in sorted(_folder().glob("*variable_references*.json")):
        case = json.loads(file.read_text("utf-8"))
        call = next(_calls_of(case))
        definition = examine(call.definition, CATALOG, machine_type=call.machine_type).definition
        if definition is not None:
            recorded = case["expected"]["describe_response"].get("variableReferences", {})
            assert variable_references(definition) == recorded, file.stem
            checked += 1
    assert checked >= 20


def _calls_of(case: Any) -> Iterator[Call]:
    for step in case["steps"]:
        if step["op"] == "CreateStateMachine":
            yield Call(case["name"], step["op"], "STANDARD", step["params"]["definition"], None)
