"""Templates and typed fields, and the texts of their errors."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from interpreter.errors import StatesQueryEvaluationError
from interpreter.jsonata import (
    ExpressionError,
    JsonataTemplate,
    Sight,
    TypeWord,
    compile_template,
    evaluate_field,
    parse_expression,
    template_faults,
)
from interpreter.values import JsonValue
from tests.interpreter.jsonata.sights import INPUT, sight


def evaluate(template: JsonataTemplate, seen: Sight) -> JsonValue:
    return template.evaluate(seen.states, seen.variables, seen.chance, seen.now)


@dataclass(frozen=True)
class Case:
    name: str
    template: JsonValue
    value: JsonValue


CASES = [
    Case("whole", "{% $states.input %}", INPUT),
    Case("without blanks", "{%$one%}", 1),
    Case("over lines", "{%\n  $one +\n  1\n%}", 2),
    Case("inside", {"a": [1, "{% $one %}", {"b": "{% $ones %}"}], "c": None}, {"a": [1, 1, {"b": [1]}], "c": None}),
    Case("null is a value", ["{% null %}"], [None]),
    Case("keys are not evaluated", {"{% $one %}": "{% $one %}"}, {"{% $one %}": 1}),
    Case("keys like JSONPath's", {"x.$": "{% $one %}", "y.$": "$.y"}, {"x.$": 1, "y.$": "$.y"}),
    Case("outer blanks make a literal", " {% states.input %} ", " {% states.input %} "),
    Case("not closed", ["{% $one", "$one %}", "{%}", "$one"], ["{% $one", "$one %}", "{%}", "$one"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values(case: Case) -> None:
    assert evaluate(compile_template(case.template, "Output"), sight()) == case.value


@pytest.mark.parametrize("constant", [None, 1, "x", [], {}, {"a": [1, {"b": " {% x %} "}]}], ids=str)
def test_constants_are_shared(constant: JsonValue) -> None:
    template = compile_template(constant, "Output")
    assert evaluate(template, sight()) is constant
    assert template.expressions == ()


def test_constant_parts_are_shared_and_templates_stay_as_they_are() -> None:
    value: dict[str, JsonValue] = {"constant": {"deep": [1]}, "x": "{% $one %}"}
    template = compile_template(value, "Output")
    first, second = evaluate(template, sight()), evaluate(template, sight({"one": 2}))
    assert isinstance(first, dict)
    assert first["constant"] is value["constant"]
    assert (first["x"], second) == (1, {"constant": {"deep": [1]}, "x": 2})


def test_tells_what_it_reads() -> None:
    template = compile_template({"a": "{% $x & $states.input %}", "b": ["{% $sum($y) %}"]}, "Output")
    assert template.variables == {"x", "y"}
    assert template.reads_states == frozenset({"input"})
    assert compile_template(["{% $states %}", "{% $states.input %}"], "Output").reads_states is None


@dataclass(frozen=True)
class Failing:
    field: str
    template: JsonValue
    location: str
    expression: str
    text: str


THREW = "threw an error during evaluation. "
NOTHING = "returned nothing (undefined)."
FAILING = [
    Failing("Output", "{% $none %}", "Output", "$none", NOTHING),
    Failing("Output", {"result": "{%  $none  %}"}, "Output/result", "$none", NOTHING),
    Failing("Assign", {"a": [1, {"b": "{% $none %}"}]}, "Assign/a[1]/b", "$none", NOTHING),
    Failing("Arguments", ["{% $one %}", "{% $none %}"], "Arguments[1]", "$none", NOTHING),
    Failing("Catch[1]/Output", {"v": "{% $none %}"}, "Catch[1]/Output/v", "$none", NOTHING),
    Failing(
        "Output",
        {"FunctionResult": "{% $randomSeeded($states.input.list) %}"},
        "Output/FunctionResult",
        "$randomSeeded($states.input.list)",
        THREW + "T1006: Attempted to invoke a non-function",
    ),
    Failing(
        "Output",
        "{% ($f := function($n){1 + $f($n)}; $f(1)) %}",
        "Output",
        "($f := function($n){1 + $f($n)}; $f(1))",
        THREW + "Stack overflow error: Check for non-terminating recursive function.  "
        "Consider rewriting as tail-recursive. Depth=101 max=100",
    ),
    Failing("Output", "{% $sum %}", "Output", "$sum", "returned an unsupported result type."),
]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.location + case.text[:30])
def test_errors(case: Failing) -> None:
    with pytest.raises(StatesQueryEvaluationError) as caught:
        evaluate(compile_template(case.template, case.field), sight())
    error = caught.value
    cause = f"The JSONata expression '{case.expression}' specified for the field '{case.location}' {case.text}"
    assert (error.name, error.cause, error.location) == ("States.QueryEvaluationError", cause, case.location)


def test_every_fault_is_found_with_its_place() -> None:
    template: JsonValue = {"a": "{% 1 + %}", "b": [1, {"c": "{% x %}", "d": "{% $ok %}"}], "e": "{% $$ %}"}
    assert [(fault.diagnostic, fault.location) for fault in template_faults(template)] == [
        ("INVALID_JSONATA_EXPRESSION", ("a",)),
        ("UNSUPPORTED_JSONATA_EXPRESSION", ("b", 1, "c")),
        ("UNSUPPORTED_JSONATA_EXPRESSION", ("e",)),
    ]
    with pytest.raises(ExpressionError, match="Unexpected end of expression"):
        compile_template(template, "Output")


def test_refuses_what_nests_too_deeply() -> None:
    value: JsonValue = "x"
    for _ in range(500):
        value = [value]
    with pytest.raises(ExpressionError, match="nested more than 100 deep"):
        compile_template(value, "Output")


@dataclass(frozen=True)
class Typed:
    expression: str
    expected: TypeWord
    found: str
    json: str


MISTYPED = [
    Typed("$one", "array", "number", "1"),
    Typed("'string'", "array", "string", '"string"'),
    Typed("true", "array", "boolean", "true"),
    Typed("null", "array", "null", "null"),
    Typed("$object", "array", "object", '{"k":"v"}'),
    Typed("$ones", "number", "array", "[1]"),
]


@pytest.mark.parametrize("case", MISTYPED, ids=lambda case: case.found)
def test_types_of_fields(case: Typed) -> None:
    with pytest.raises(StatesQueryEvaluationError) as caught:
        evaluate_field(parse_expression(case.expression), "Items", case.expected, sight())
    assert caught.value.cause == (
        f"The JSONata expression '{case.expression}' specified for the field 'Items' returned an unexpected result "
        f"type. Expected '{case.expected}', but was '{case.found}' for value: {case.json}"
    )
    assert caught.value.location == "Items"


def test_fields_take_literals_and_expressions_of_their_type() -> None:
    assert evaluate_field(parse_expression("{% $one + 4 %}"), "Seconds", "number", sight()) == 5
    assert evaluate_field(parse_expression("$ones"), "Items", "array", sight()) == [1]
    assert evaluate_field(30, "Seconds", "number", sight()) == 30
