from __future__ import annotations

import pytest

from interpreter.dataflow.jsonpath import evaluate_assign, insert_result, select
from interpreter.dataflow.lookup import read
from interpreter.dataflow.template import compile_template
from interpreter.errors import StatesReferencePathConflict, StatesRuntime
from interpreter.jsonpath import parse_path, parse_result_path
from interpreter.values import JsonValue
from tests.interpreter.jsonpath.scopes import scope_of


@pytest.mark.parametrize(
    "path, document, selected",
    [
        ("$", {"a": 1}, {"a": 1}),
        ("$", None, None),
        ("$", "", ""),
        (None, {"a": 1}, {}),
        ("$.a", {"a": None}, None),
        ("$.a[*]", {}, []),
        ("$$.Execution.Input", None, {"x": 1}),
        ("$v", None, 5),
    ],
)
def test_select(path: str | None, document: JsonValue, selected: JsonValue) -> None:
    scope = scope_of(document, context={"Execution": {"Input": {"x": 1}}}, variables={"v": 5})
    assert select(None if path is None else parse_path(path), scope) == selected


def test_selecting_everything_copies_nothing() -> None:
    document: JsonValue = {"a": 1}
    assert select(parse_path("$"), scope_of(document)) is document


@pytest.mark.parametrize(
    "path, document, cause",
    [
        ("$.X", {}, "Invalid path '$.X' : No results for path: $['X']"),
        ("$.no.such.path", {}, "Invalid path '$.no.such.path' : Missing property in path $['no']"),
        ("$.X", None, "Unable to apply Path transformation to null or empty input."),
        ("$[*]", "", "Unable to apply Path transformation to null or empty input."),
        ("$unset", None, "Invalid path '$unset' : The variable 'unset' is not set"),
    ],
)
def test_select_failures(path: str, document: JsonValue, cause: str) -> None:
    with pytest.raises(StatesRuntime) as caught:
        select(parse_path(path), scope_of(document))
    assert caught.value.cause == cause


def test_read_fails_as_a_state_does() -> None:
    assert read(parse_path("$.n"), scope_of({"n": 3})) == 3
    with pytest.raises(StatesRuntime, match="No results for path"):
        read(parse_path("$.m"), scope_of({"n": 3}))


@pytest.mark.parametrize(
    "path, outcome",
    [
        ("$", "result"),
        (None, {"a": {"b": 1}}),
        ("$.a.c", {"a": {"b": 1, "c": "result"}}),
        ("$.x.y", {"a": {"b": 1}, "x": {"y": "result"}}),
    ],
)
def test_insert_result(path: str | None, outcome: JsonValue) -> None:
    raw_input: JsonValue = {"a": {"b": 1}}
    assert insert_result(None if path is None else parse_result_path(path), raw_input, "result") == outcome
    assert raw_input == {"a": {"b": 1}}


def test_insert_result_into_what_is_no_object() -> None:
    with pytest.raises(StatesReferencePathConflict, match="Unable to apply step"):
        insert_result(parse_result_path("$.a"), [1], 2)


def test_assigned_values_come_from_before() -> None:
    template = compile_template({"x.$": "$y", "y.$": "$x", "z.$": "$.z", "k": 0})
    assigned = evaluate_assign(template, scope_of({"z": 3}, variables={"x": 1, "y": 2}))
    assert assigned == {"x": 2, "y": 1, "z": 3, "k": 0}


def test_an_assign_that_is_no_object_is_a_bug() -> None:
    with pytest.raises(TypeError):
        evaluate_assign(compile_template([1]), scope_of(None))
