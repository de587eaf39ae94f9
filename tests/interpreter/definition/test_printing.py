"""Valid definitions, however they are put together: parsed, printed, and parsed again."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from interpreter.definition.diagnostics import Severity
from interpreter.definition.json_schema import asl_json_schema
from interpreter.definition.model import Definition
from interpreter.definition.parse import examine
from interpreter.definition.validate import validate_definition
from tests.interpreter.definition.catalogs import TEST_CATALOG
from tests.interpreter.definition.printed import print_definition
from tests.interpreter.definition.strategies import definitions

VALIDATOR: Final = Draft202012Validator(asl_json_schema())
SLOW: Final = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def _parsed(definition: Any) -> Definition:
    examination = examine(json.dumps(definition), TEST_CATALOG, machine_type="STANDARD")
    errors = [found.text() for found in examination.diagnostics if found.severity is Severity.ERROR]
    assert errors == []
    assert examination.definition is not None
    return examination.definition


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(definition=definitions())
def test_printing_gives_what_was_parsed(definition: Any) -> None:
    parsed = _parsed(definition)
    printed = print_definition(parsed)
    assert printed == definition
    assert print_definition(_parsed(printed)) == printed


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(definition=definitions())
def test_the_schema_and_the_validator_take_it(definition: Any) -> None:
    assert [f"{fault.json_path}: {fault.message}" for fault in VALIDATOR.iter_errors(definition)] == []
    found = validate_definition(json.dumps(definition), TEST_CATALOG)
    assert [one.text() for one in found if one.severity is Severity.ERROR] == []
