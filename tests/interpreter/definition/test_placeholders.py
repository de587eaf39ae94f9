"""Placeholders of deployment tools in a definition: hints beside errors, and nothing where they are data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from activities.registry import Registry
from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.validate import validate_definition

INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}


def _diagnostics(state: dict[str, Any]) -> list[Diagnostic]:
    return validate_definition(json.dumps({"StartAt": "A", "States": {"A": state}}), Registry())


def _hint(placeholder: str) -> str:
    return f"SAM, CloudFormation or Terraform replaces {placeholder} before AWS sees the definition: put in its value"


@dataclass(frozen=True)
class Case:
    id: str
    placeholder: str
    state: dict[str, Any]
    location: str = "/States/A/Resource"


@pytest.mark.parametrize(
    "case",
    [
        Case("a whole resource", "${FnArn}", {"Type": "Task", "Resource": "${FnArn}", "End": True}),
        Case(
            "Terraform's", "${aws_lambda_function.f[0].arn}", INVOKE | {"Resource": "${aws_lambda_function.f[0].arn}"}
        ),
        Case("a partition", "${AWS::Partition}", INVOKE | {"Resource": "arn:${AWS::Partition}:states:::lambda:invoke"}),
        Case("a timeout", "${T}", INVOKE | {"TimeoutSeconds": "${T}"}, "/States/A/TimeoutSeconds"),
        Case("a target, not guessed at", "${A}", {"Type": "Pass", "Next": "${A}"}, "/States/A/Next"),
        Case("a path", "${P}", {"Type": "Pass", "Parameters": {"x.$": "${P}"}}, "/States/A/Parameters"),
        Case(
            "a reader",
            "${Resource}",
            {
                "Type": "Map",
                "ItemReader": {"Resource": "${Resource}"},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "B",
                    "States": {"B": {"Type": "Succeed"}},
                },
            },
            "/States/A/ItemReader/Resource",
        ),
    ],
    ids=lambda case: case.id,
)
def test_errors_at_placeholders(case: Case) -> None:
    hints = {found.location: found.hint for found in _diagnostics(case.state)}
    assert hints[case.location] == _hint(case.placeholder)


@dataclass(frozen=True)
class Data:
    id: str
    state: dict[str, Any]


@pytest.mark.parametrize(
    "case",
    [
        Data("an argument", {"Parameters": {"FunctionName": "${Fn}", "Payload": {"table": "${Table}"}}}),
        Data("a comment", {"Comment": "${Comment}"}),
        Data("an error elsewhere in the state", {"Comment": "${Comment}", "Bogus": 1}),
    ],
    ids=lambda case: case.id,
)
def test_data_is_left_alone(case: Data) -> None:
    found = _diagnostics(INVOKE | {"End": True} | case.state)
    assert len(found) == ("Bogus" in case.state)
    assert [one.hint for one in found if one.hint and "Terraform" in one.hint] == []


@pytest.mark.parametrize(
    "state, hint",
    [
        ({"Type": "Pass", "Resultpath": "${P}", "End": True}, "did you mean 'ResultPath'?"),
        ({"Type": "Pass", "Output": "${P}", "End": True}, "in JSONPath it is Parameters, ResultPath or OutputPath"),
        (INVOKE | {"Parameters": {"FunctionName": "f", "Paylod": "${P}"}, "End": True}, "did you mean 'Payload'?"),
        ({"Type": "Wait", "Seconds": 1, "Timestamp": "${T}", "End": True}, "found Seconds and Timestamp"),
        ({"Type": "Pass", "Assign": {"a-b": "${P}"}, "End": True}, None),
    ],
    ids=["unknown", "of the other language", "unknown argument", "one too many", "variable"],
)
def test_where_the_name_is_at_fault_the_value_has_no_part_in_it(state: dict[str, Any], hint: str | None) -> None:
    assert _diagnostics(state)[0].hint == hint


@pytest.mark.parametrize(
    "expression, hint",
    [
        ("{% $x = ${Limit} %}", f"character 14 of the expression '$x = ${{Limit}}'; {_hint('${Limit}')}"),
        ("{% ${'a': 1 %}", "character 9 of the expression \"${'a': 1\""),
    ],
)
def test_the_fault_of_an_expression_stays(expression: str, hint: str) -> None:
    (found,) = _diagnostics({"Type": "Pass", "QueryLanguage": "JSONata", "Output": expression, "End": True})
    assert found.hint == hint


def test_a_placeholder_where_a_number_belongs_is_no_json() -> None:
    (found,) = validate_definition('{"StartAt": "A",\n "TimeoutSeconds": ${Timeout}}', Registry())
    assert (found.line, found.column, found.hint) == (2, 20, _hint("${Timeout}"))
