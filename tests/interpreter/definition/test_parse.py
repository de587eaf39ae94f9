"""From text to model: what a valid definition becomes, limits of the whole text, and where diagnostics point."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interpreter.choice_rules import And, Comparison, Not, Or
from interpreter.dataflow.template import FailText
from interpreter.definition.model import (
    ChoiceState,
    FailState,
    MapState,
    ParallelState,
    PassState,
    PathFlow,
    Retrier,
    ServiceResource,
    State,
    TaskPattern,
    TaskState,
    WaitState,
)
from interpreter.definition.parse import MAX_DEFINITION_BYTES, parse_definition
from interpreter.definition.references import variable_references
from interpreter.definition.validate import validate_definition
from interpreter.errors import DefinitionError
from interpreter.jsonpath import Path
from interpreter.limits import NATIVE_DEFINITIONS
from interpreter.values import MISSING
from tests.interpreter.definition.catalogs import TEST_CATALOG
from tests.interpreter.definition.samples import EVERYTHING

DEFINITION = parse_definition(json.dumps(EVERYTHING), TEST_CATALOG)


def state(name: str) -> State:
    return DEFINITION.machine.states[name]


def text_of(path: Path | None) -> str | None:
    return None if path is None else path.text


def test_the_top_level() -> None:
    assert (DEFINITION.comment, DEFINITION.timeout_seconds) == ("every type of state", 3600)
    assert DEFINITION.machine.start_at == "Pass"
    assert list(DEFINITION.machine.states) == list(EVERYTHING["States"])


def test_pass() -> None:
    found = state("Pass")
    assert isinstance(found, PassState)
    assert found.next == "Task"
    flow = found.flow
    assert isinstance(flow, PathFlow)
    assert [text_of(path) for path in (flow.input_path, flow.result_path, flow.output_path)] == [
        "$.a",
        "$.result[0].x",
        None,
    ]
    assert found.result is MISSING
    assert flow.parameters is not None
    assert flow.assign is not None


def test_task() -> None:
    found = state("Task")
    assert isinstance(found, TaskState)
    arn = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    assert found.resource == ServiceResource(arn, "lambda", "invoke", TaskPattern.WAIT_FOR_TASK_TOKEN)
    assert found.timeout_seconds == 60
    assert isinstance(found.heartbeat_seconds, Path)
    assert found.heartbeat_seconds.text == "$.heartbeat"
    assert isinstance(found.flow, PathFlow)
    assert text_of(found.flow.input_path) == "$"
    assert found.retriers == (Retrier(("A", "B"), 2, 0, 1.5, 9, True), Retrier(("States.ALL",)))
    assert [(catcher.error_equals, catcher.next) for catcher in found.catchers] == [(("States.ALL",), "Fail")]
    caught = found.catchers[0].flow
    assert isinstance(caught, PathFlow)
    assert caught.result_path is None
    assert caught.assign is not None


def test_choice() -> None:
    found = state("Choice")
    assert isinstance(found, ChoiceState)
    assert [branch.next for branch in found.choices] == ["Wait", "Parallel"]
    assert found.default == "Succeed"
    first, second = (branch.rule for branch in found.choices)
    assert isinstance(first, Comparison)
    assert (first.variable.text, first.operator, first.operand) == ("$.n", "NumericGreaterThan", 1)
    assert isinstance(second, And)
    negation = second.rules[1]
    assert isinstance(negation, Not)
    assert isinstance(negation.rule, Or)
    compared = negation.rule.rules[0]
    assert isinstance(compared, Comparison)
    assert isinstance(compared.operand, Path)


def test_wait_parallel_map_and_fail() -> None:
    wait, parallel, mapped, fail = state("WaitUntil"), state("Parallel"), state("Map"), state("Fail")
    assert isinstance(wait, WaitState)
    assert (wait.timestamp, wait.next) == ("2024-01-01T00:00:00.123Z", None)
    assert isinstance(parallel, ParallelState)
    assert [branch.start_at for branch in parallel.branches] == ["Left", "Right"]
    assert isinstance(mapped, MapState)
    assert isinstance(mapped.items, Path)
    assert (mapped.items.text, mapped.max_concurrency, list(mapped.processor.states)) == ("$.items", 4, ["Item"])
    inner = mapped.processor.states["Item"]
    assert isinstance(inner, PassState)
    assert inner.result == {"x.$": 1}
    assert isinstance(fail, FailState)
    assert isinstance(fail.error, FailText)
    assert isinstance(fail.cause, FailText)


def test_states_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        DEFINITION.machine.states["Pass"] = state("Task")  # type: ignore[index]  # that is the point


def test_variables_of_rules_catchers_and_inner_states_are_found() -> None:
    definition: dict[str, Any] = {
        "StartAt": "C",
        "States": {
            "C": {
                "Type": "Choice",
                "Choices": [{"Not": {"Variable": "$b", "NumericEqualsPath": "$a.x"}, "Next": "P"}],
                "Default": "P",
            },
            "P": {
                "Type": "Parallel",
                "Branches": [{"StartAt": "I", "States": {"I": {"Type": "Pass", "InputPath": "$inner", "End": True}}}],
                "Catch": [{"ErrorEquals": ["A"], "Assign": {"x.$": "States.Format('{}', $caught)"}, "Next": "C"}],
                "End": True,
            },
        },
    }
    found = variable_references(parse_definition(json.dumps(definition), TEST_CATALOG))
    assert found == {"C": ["a", "b"], "P": ["caught"], "I": ["inner"]}


@pytest.mark.parametrize(
    "reading",
    [
        {"Type": "Pass", "Assign": {"y": "{% $x %}"}, "Output": "{% $x %}", "End": True},
        {"Type": "Wait", "Seconds": "{% $x %}", "End": True},
        {"Type": "Choice", "Choices": [{"Condition": "{% $x %}", "Next": "P"}], "Default": "P"},
        {"Type": "Fail", "Error": "{% $x %}"},
        {
            "Type": "Map",
            "Items": "{% $x %}",
            "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed", "Output": "{% $x %}"}}},
            "End": True,
        },
    ],
    ids=lambda state: str(state["Type"]),
)
def test_variables_that_jsonata_reads_are_not_told(reading: dict[str, Any]) -> None:
    states = {"S": {"Type": "Pass", "Assign": {"x": 1}, "Next": "J"}, "J": reading}
    rest = {"P": {"Type": "Pass", "End": True}} if reading["Type"] == "Choice" else {}
    definition = {"StartAt": "S", "QueryLanguage": "JSONata", "States": states | rest}
    assert variable_references(parse_definition(json.dumps(definition), TEST_CATALOG)) == {}


def test_of_mixed_machines_only_what_jsonpath_reads_is_told() -> None:
    states: dict[str, Any] = {
        "S": {"Type": "Pass", "Assign": {"x": 1}, "Next": "J"},
        "J": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $x %}", "Next": "P"},
        "P": {"Type": "Pass", "InputPath": "$x", "End": True},
    }
    definition = {"StartAt": "S", "States": states}
    assert variable_references(parse_definition(json.dumps(definition), TEST_CATALOG)) == {"P": ["x"]}


def minimal(comment: str) -> str:
    return json.dumps({"Comment": comment, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, ensure_ascii=False)


@pytest.mark.parametrize("letter", ["x", "é"])
def test_the_text_may_have_a_mebibyte_and_no_more(letter: str) -> None:
    room = MAX_DEFINITION_BYTES - len(minimal(""))
    width = len(letter.encode())
    fits = letter * (room // width) + "y" * (room % width)
    assert len(minimal(fits).encode()) == MAX_DEFINITION_BYTES
    assert parse_definition(minimal(fits), TEST_CATALOG).machine.start_at == "A"
    with pytest.raises(DefinitionError) as caught:
        parse_definition(minimal(fits + "y"), TEST_CATALOG)
    assert [found.message for found in caught.value.diagnostics] == ["Definition must not exceed 1048576 bytes"]


def calls(depth: int) -> str:
    return "States.Array(" * depth + ")" * depth


LONG_NAMES = {
    "a state": ({"StartAt": "s" * 81, "States": {"s" * 81: {"Type": "Succeed"}}}, "INVALID_STATE_NAME"),
    "a variable": (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v" * 81: 1}, "End": True}}},
        "INVALID_VARIABLE_NAME",
    ),
    "calls in a template": (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a": {"v.$": calls(11)}}, "End": True}}},
        "SCHEMA_VALIDATION_FAILED",
    ),
    "calls in a Fail": (
        {"StartAt": "A", "States": {"A": {"Type": "Fail", "CausePath": calls(11)}}},
        "SCHEMA_VALIDATION_FAILED",
    ),
}


@pytest.mark.parametrize("definition, code", LONG_NAMES.values(), ids=LONG_NAMES)
def test_names_and_calls_are_bounded_and_in_native_mode_less_so(definition: dict[str, Any], code: str) -> None:
    text = json.dumps(definition)
    assert [found.code for found in validate_definition(text, TEST_CATALOG)] == [code]
    assert validate_definition(text, TEST_CATALOG, quotas=NATIVE_DEFINITIONS) == []
    assert parse_definition(text, TEST_CATALOG, quotas=NATIVE_DEFINITIONS).machine.states

    longer = text.replace("s" * 81, "s" * 121).replace("v" * 81, "v" * 256).replace(calls(11), calls(51))
    assert [found.code for found in validate_definition(longer, TEST_CATALOG, quotas=NATIVE_DEFINITIONS)] == [code]


DEEP = {
    "arrays": '{"StartAt":' + "[" * 300 + "]" * 300 + "}",
    "far beyond Python's stack": '{"StartAt":' + "[" * 100_000 + "]" * 100_000 + "}",
    "rules": '{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[' + '{"Not":' * 300 + "{}" + "}" * 300 + "]}}}",
    "parallels": '{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[' * 100 + "]}}}" * 100,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_a_diagnostic(name: str) -> None:
    found = validate_definition(DEEP[name], TEST_CATALOG)
    assert [diagnostic.code for diagnostic in found] == ["TOO_DEEPLY_NESTED"]


def test_deep_machines_within_the_limit_parse() -> None:
    machine: dict[str, Any] = {"StartAt": "last", "States": {"last": {"Type": "Succeed"}}}
    for depth in range(45):
        state_name = f"P{depth}"
        parallel = {"Type": "Parallel", "Branches": [machine], "End": True}
        machine = {"StartAt": state_name, "States": {state_name: parallel}}
    assert validate_definition(json.dumps(machine), TEST_CATALOG) == []


def test_diagnostics_carry_line_and_column() -> None:
    text = """{
  "StartAt": "A",
  "States": {
    "A": {
      "Type": "Pass", "Nope": 1,
      "Next": "B",
      "Parameters": {"ok": 1, "deep": [{"x.$": 5}]}
    },
    "C": {"Type": "Succeed"}
  }
}"""
    found = [(one.location, one.line, one.column) for one in validate_definition(text, TEST_CATALOG)]
    assert found == [
        ("/States/A", 5, 31),
        ("/States/A/Parameters", 7, 48),
        ("/States/A/Next", 6, 15),
        ("/States/C", 9, 10),
    ]


def test_a_fault_of_the_json_carries_line_and_column() -> None:
    found = validate_definition('{"StartAt":\n  nope}', TEST_CATALOG)
    assert [(one.code, one.line, one.column) for one in found] == [("INVALID_JSON_DESCRIPTION", 2, 3)]


def one_state(state: dict[str, Any]) -> str:
    return json.dumps({"StartAt": "A", "States": {"A": state}})


TAKEN_BEFORE: dict[str, dict[str, Any]] = {
    "credentials of an activity": {
        "Type": "Task",
        "Resource": "arn:aws:states:us-east-1:123456789012:activity:a",
        "Credentials": {"RoleArn": "arn:aws:iam::123456789012:role/r"},
        "End": True,
    },
    "type of execution of an inline Map": {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"},
            "StartAt": "X",
            "States": {"X": {"Type": "Pass", "End": True}},
        },
        "End": True,
    },
    "expression without its end": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": ["{% 1"], "End": True},
}


@pytest.mark.parametrize("name", TAKEN_BEFORE)
def test_stored_definitions_still_run(name: str) -> None:
    text = one_state(TAKEN_BEFORE[name])
    with pytest.raises(DefinitionError):
        parse_definition(text, TEST_CATALOG)
    assert parse_definition(text, TEST_CATALOG, stored=True).machine.start_at == "A"


def test_an_expression_without_its_end_is_text_in_stored_definitions() -> None:
    text = one_state({"Type": "Fail", "QueryLanguage": "JSONata", "Error": "{% 1", "Cause": "{% $states.input %}"})
    state = parse_definition(text, TEST_CATALOG, stored=True).machine.states["A"]
    assert isinstance(state, FailState)
    assert (state.error, isinstance(state.cause, str)) == ("{% 1", False)


def test_only_errors_refuse() -> None:
    warned = json.dumps(
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x": "$.y", "z": "$.y"}, "End": True}}}
    )
    assert [one.code for one in validate_definition(warned, TEST_CATALOG)] == ["NO_DOLLAR", "NO_DOLLAR"]
    assert parse_definition(warned, TEST_CATALOG).machine.start_at == "A"
