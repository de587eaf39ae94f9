"""The JSON Schema for editors takes every valid definition that we have, and refuses what a schema can refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from interpreter.choice_rules import OPERATORS
from interpreter.definition import descriptions
from interpreter.definition.json_schema import asl_json_schema
from interpreter.definition.schema import STATE_TYPES
from tests.interpreter.definition.samples import DISTRIBUTED_MAP, EVERYTHING, EVERYTHING_IN_JSONATA
from tests.interpreter.definition.test_compliance import CASES, definition_of

REPOSITORY: Final = Path(__file__).resolve().parents[3]
SCHEMA: Final = asl_json_schema()
VALIDATOR: Final = Draft202012Validator(SCHEMA)
EXAMPLES: Final = sorted((REPOSITORY / "examples").rglob("*.asl.json"))

ERRORS: Final = re.compile(r"(SCHEMA|INVALID|RESERVED|DUPLICATE|MISSING|TOO|UNSUPPORTED)_.*", re.DOTALL)
BEYOND_A_SCHEMA: Final = (
    *("MISSING_TRANSITION_TARGET", "MISSING_END_STATE", "DUPLICATE_STATE_NAME", "DUPLICATE_LABEL_NAME"),
    *("INVALID_JSONATA_EXPRESSION", "UNSUPPORTED_JSONATA_EXPRESSION", "JSONata string must start with"),
    *("Express state machine does not support", "is not supported inside 'EXPRESS' state machines"),
    *("is already assigned in an outer scope", "Value is not a Reference Path", "must appear alone and at end of list"),
    *("HeartbeatSeconds must be less than", "MaxDelaySeconds must be greater than", "is not recognized"),
    *("are the same", "is required but was missing", "field is required for resource ARN"),
    *("is not supported by Step Functions", "must be a valid JSONPath"),
)
"""Parts of the texts of errors that depend on other places, on what a text means, or on the machine's type."""


def _cases() -> list[tuple[str, Any, bool, bool]]:
    """Name, definition, whether it is valid, and whether a schema can tell, of every case that is JSON."""
    found = []
    for case in CASES:
        if "text" in case:
            continue
        errors = [text for text in case["diagnostics"] if ERRORS.fullmatch(text)]
        can_tell = any(not any(part in text for part in BEYOND_A_SCHEMA) for text in errors)
        found.append((case["name"], definition_of(case), not errors, can_tell))
    return found


VALID: Final = [(name, definition) for name, definition, valid, _ in _cases() if valid]
WRONG: Final = [(name, definition) for name, definition, _, can_tell in _cases() if can_tell]


def _faults(definition: Any) -> list[str]:
    return [f"{fault.json_path}: {fault.message}" for fault in VALIDATOR.iter_errors(definition)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name, definition", VALID, ids=lambda part: part if isinstance(part, str) else "")
def test_valid_cases_are_taken(name: str, definition: Any) -> None:
    assert _faults(definition) == []


@pytest.mark.parametrize("name, definition", WRONG, ids=lambda part: part if isinstance(part, str) else "")
def test_wrong_cases_are_refused(name: str, definition: Any) -> None:
    assert _faults(definition)


def test_the_wildcard_of_errors_stands_alone() -> None:
    definition = next(definition_of(case) for case in CASES if case["name"] == "States.ALL not alone")
    assert _faults(definition)


@pytest.mark.parametrize("name", ["Wait with two forms", "both Next and End", "both spellings of the processor"])
def test_alternatives_are_told_once(name: str) -> None:
    definition = next(definition_of(case) for case in CASES if case["name"] == name)
    assert len(_faults(definition)) == 1


def test_there_are_cases_of_both_kinds() -> None:
    assert len(VALID) >= 100
    assert len(WRONG) >= 130


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_examples_are_taken(file: Path) -> None:
    assert _faults(json.loads(file.read_text("utf-8"))) == []


@pytest.mark.parametrize("sample", [EVERYTHING, EVERYTHING_IN_JSONATA, DISTRIBUTED_MAP], ids=["A", "B", "C"])
def test_samples_are_taken(sample: Any) -> None:
    assert _faults(sample) == []


def test_everything_that_is_described_is_there_and_the_other_way_round() -> None:
    described = set(_described(SCHEMA))
    operators = {text for name in OPERATORS if (text := SCHEMA["$defs"]["rule"]["properties"][name]["description"])}
    own = {SCHEMA["description"], SCHEMA["$defs"]["payloadTemplate"]["patternProperties"][r"\.\$$"]["description"]}
    texts = {*descriptions.FIELDS.values(), *descriptions.STATE_TYPES.values()}
    assert described - operators - own == texts
    assert set(descriptions.STATE_TYPES) == set(STATE_TYPES)


def _described(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _described(item)]
    if not isinstance(value, dict):
        return []
    here = [value["description"]] if isinstance(value.get("description"), str) else []
    return here + [text for item in value.values() for text in _described(item)]


def test_every_property_has_a_description() -> None:
    objects = [one for one in _objects(SCHEMA) if one.get("additionalProperties") is False]
    bare = {name for one in objects for name, value in one["properties"].items() if "description" not in value}
    assert bare == set()
    assert len(objects) >= 30


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [one for item in value for one in _objects(item)]
    if not isinstance(value, dict):
        return []
    here = [value] if isinstance(value.get("properties"), dict) else []
    return here + [one for item in value.values() for one in _objects(item)]
