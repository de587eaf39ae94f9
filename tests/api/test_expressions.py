"""Tests of expressions looked at alone: which language one is in, what it gives, and what AWS would say of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.expressions import Evaluated, Failed, QueryLanguage, Surroundings, evaluate, guess_language
from interpreter.values import JsonValue

LANGUAGES: list[tuple[str, QueryLanguage]] = [
    ("$", "JSONPath"),
    ("$.a[0].b", "JSONPath"),
    ("$['a']", "JSONPath"),
    ("$.a[", "JSONPath"),
    ("$$.Execution.Id", "JSONPath"),
    ("$name.member", "JSONPath"),
    ("States.UUID()", "JSONPath"),
    ("{% 1 %}", "JSONata"),
    ("$states.input", "JSONata"),
    ("$sum([1, 2])", "JSONata"),
    ("$name.member + 1", "JSONata"),
    ("'text'", "JSONata"),
]


@pytest.mark.parametrize("expression, language", LANGUAGES)
def test_the_language_is_guessed(expression: str, language: QueryLanguage) -> None:
    assert guess_language(expression) == language


@dataclass(frozen=True)
class Case:
    expression: str
    outcome: Evaluated | Failed
    input: JsonValue = None
    language: QueryLanguage = "JSONata"
    seen: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("$.a[1]", Evaluated(2), {"a": [1, 2]}, "JSONPath"),
    Case("$.a[*]", Evaluated([]), {}, "JSONPath"),
    Case("$", Evaluated({"value": 1}), {"value": 1}, "JSONPath"),
    Case("$v.x", Evaluated(1), {}, "JSONPath", {"variables": {"v": {"x": 1}}}),
    Case("$$.Task.Token", Evaluated("t"), {}, "JSONPath", {"context": {"Task": {"Token": "t"}}}),
    Case("States.MathAdd($.n, 1)", Evaluated(3), {"n": 2}, "JSONPath"),
    Case(
        "$.b",
        Failed(
            "States.Runtime",
            "The JSONPath '$.b' specified for the field 'value.$' could not be found in the input '{\"a\":1}'",
        ),
        {"a": 1},
        "JSONPath",
    ),
    Case(
        "States.ArrayGetItem($.a, 1)",
        Failed(
            "States.Runtime",
            "The function 'States.ArrayGetItem($.a, 1)' had the following error: "
            "The index 1 is out of range for an array of 1 elements",
        ),
        {"a": [1]},
        "JSONPath",
    ),
    Case(
        "$.a[",
        Failed(
            "SCHEMA_VALIDATION_FAILED",
            "The value for the field 'value.$' must be a valid JSONPath or a valid intrinsic function call",
            "a quoted name, an index, '*' or '?' expected (character 5)",
        ),
        {},
        "JSONPath",
    ),
    Case("{% $states.input.a & '!' %}", Evaluated("x!"), {"a": "x"}),
    Case("$states.input.a", Evaluated(None), {"a": None}),
    Case("$v + 1", Evaluated(2), {}, "JSONata", {"variables": {"v": 1}}),
    Case("$states.context.Task.Token", Evaluated("t"), {}, "JSONata", {"context": {"Task": {"Token": "t"}}}),
    Case("$states.result.x", Evaluated(1), {}, "JSONata", {"result": {"x": 1}}),
    Case(
        "$states.input.b",
        Failed(
            "States.QueryEvaluationError",
            "The JSONata expression '$states.input.b' specified for the field 'Output' returned nothing (undefined).",
        ),
        {"a": 1},
    ),
    Case(
        "$sum('x')",
        Failed(
            "States.QueryEvaluationError",
            "The JSONata expression '$sum('x')' specified for the field 'Output' threw an error during evaluation. "
            'T0412: Argument 1 of function "sum" must be an array of "numbers"',
        ),
    ),
    Case(
        "a.b",
        Failed(
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Reference to 'a' at the top level is not supported.",
            "character 1 of the expression 'a.b'; the input of the state is $states.input.a",
        ),
    ),
    Case(
        "1 +",
        Failed(
            "INVALID_JSONATA_EXPRESSION", "S0207: Unexpected end of expression", "character 4 of the expression '1 +'"
        ),
    ),
    Case(
        "$states.result",
        Failed(
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Reference to '$states.result' is not supported in this field.",
            "there is one with --result",
        ),
    ),
    Case(
        "$states.errorOutput.Cause",
        Failed(
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Reference to '$states.errorOutput' is not supported in this field.",
            "there is one with --error-output",
        ),
    ),
    Case("$states.errorOutput.Cause & '!'", Evaluated("because!"), {}, seen={"error_output": ("Why", "because")}),
    Case(
        "$states.errorOutput.No",
        Failed(
            "States.QueryEvaluationError",
            "The JSONata expression '$states.errorOutput.No' specified for the field 'Catch[0]/Output' "
            "returned nothing (undefined).",
        ),
        {},
        seen={"error_output": ("Why", "because")},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression)
def test_values_and_errors(case: Case) -> None:
    seen = Surroundings(**{"input": case.input, "variables": {}, **case.seen})
    assert asyncio.run(evaluate(case.expression, case.language, seen)) == case.outcome
