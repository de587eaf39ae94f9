from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.dataflow.template import (
    MAX_DEPTH,
    TemplateError,
    TemplateFault,
    compile_template,
    parse_fail_text,
    template_faults,
)
from interpreter.errors import QueryError, StatesDataLimitExceeded, StatesRuntime
from interpreter.values import JsonValue
from tests.interpreter.jsonpath.scopes import scope_of

DOCUMENT: JsonValue = {"a": {"b": [1, {"c": None}]}, "text": "x", "number": 5}
CONTEXT: dict[str, JsonValue] = {"State": {"Name": "S"}}
VARIABLES: dict[str, JsonValue] = {"v": {"x": 7}, "w": 8}


@dataclass(frozen=True)
class Case:
    name: str
    template: Any
    value: Any


@pytest.mark.parametrize(
    "case",
    [
        Case("paths", {"x.$": "$.a.b[0]", "y.$": "$$.State.Name", "z.$": "$v.x"}, {"x": 1, "y": "S", "z": 7}),
        Case("whole document", {"all.$": "$"}, {"all": DOCUMENT}),
        Case("null found", {"x.$": "$.a.b[1].c"}, {"x": None}),
        Case("in an object", {"o": {"x.$": "$.text", "k": 1}}, {"o": {"x": "x", "k": 1}}),
        Case("in an array", {"l": [{"y.$": "$.number"}, 2]}, {"l": [{"y": 5}, 2]}),
        Case("function", {"f.$": "States.MathAdd($.number, $w)"}, {"f": 13}),
        Case("list of matches", {"l.$": "$.a.b[*].c"}, {"l": [None]}),
        Case("past the end of an array", {"x.$": "$.a.b[2]"}, {"x": None}),
        Case("path as a constant", {"x": "$.text", "y": ["$.text"]}, {"x": "$.text", "y": ["$.text"]}),
        Case("key in the middle", {"a.$b": 1}, {"a.$b": 1}),
        Case("nothing but the mark", {".$": "$.text"}, {"": "x"}),
    ],
    ids=lambda case: case.name,
)  # fmt: skip
def test_evaluate(case: Case) -> None:
    before = copy.deepcopy(case.template)
    template = compile_template(case.template)
    scope = scope_of(DOCUMENT, context=CONTEXT, variables=VARIABLES)
    assert template.evaluate(scope) == case.value
    assert template.evaluate(scope) == case.value
    assert case.template == before


def test_members_keep_their_order() -> None:
    template = compile_template({"b.$": "$.text", "a": 1, "c": {"z.$": "$.text", "y": 0}})
    value = template.evaluate(scope_of(DOCUMENT))
    assert isinstance(value, dict)
    assert list(value) == ["b", "a", "c"]
    assert value["c"] == {"z": "x", "y": 0}


@pytest.mark.parametrize("value", [{"a": [1, {"b": "$.x"}]}, [], {}, "text", None])
def test_a_constant_is_given_as_it_stands(value: JsonValue) -> None:
    template = compile_template(value)
    assert template.evaluate(scope_of(None)) is value
    assert template.variables == frozenset()


def test_constant_parts_are_shared_between_evaluations() -> None:
    constant: JsonValue = {"big": [1, 2]}
    template = compile_template({"x.$": "$", "constant": constant})
    first, second = template.evaluate(scope_of(1)), template.evaluate(scope_of(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["constant"] is constant
    assert second["constant"] is constant
    assert (first["x"], second["x"]) == (1, 2)


def test_the_variables_that_a_template_reads() -> None:
    template = compile_template({"x.$": "$a.b", "y": [{"z.$": "States.Array($c, $$.d, $.e, States.Array($f[*]))"}]})
    assert template.variables == {"a", "c", "f"}


@pytest.mark.parametrize(
    "template, cause",
    [
        (
            {"value.$": "$.no_such"},
            "The JSONPath '$.no_such' specified for the field 'value.$' could not be found in the input '{\"a\":1}'",
        ),
        (
            {"o": {"v.$": "$$.Execution.no"}},
            "The JSONPath '$$.Execution.no' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
        ),
        (
            {"v.$": "$unset.x"},
            "The JSONPath '$unset.x' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
        ),
        (
            {"v.$": "$.a[0]"},
            "The JSONPath '$.a[0]' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
        ),
        (
            {"v.$": "States.ArrayLength($.a)"},
            "The function 'States.ArrayLength($.a)' had the following error: "
            "Expected argument 1 to be an array, but was number",
        ),
    ],
    ids=["path", "context", "variable", "index", "function"],
)
def test_failures(template: JsonValue, cause: str) -> None:
    with pytest.raises(StatesRuntime) as caught:
        compile_template(template).evaluate(scope_of({"a": 1}, context={}))
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    "template, places",
    [
        ({"x.$": 1}, [("x.$", ("x.$",))]),
        ({"x.$": "text"}, [("x.$", ("x.$",))]),
        ({"x.$": "$.a["}, [("x.$", ("x.$",))]),
        ({"x.$": "States.Nope()"}, [("x.$", ("x.$",))]),
        ({"x.$": {"y.$": 1}}, [("x.$", ("x.$",))]),
        ({"x.$": "$.a", "x": 1}, [("x.$", ("x.$",))]),
        ({"o": [0, {"y.$": None}], "z.$": True}, [("y.$", ("o", 1, "y.$")), ("z.$", ("z.$",))]),
        ({"x.$": "$.a", "y": {"x": 1}}, []),
    ],
)
def test_faults(template: JsonValue, places: list[tuple[str, tuple[str | int, ...]]]) -> None:
    assert [(fault.field, fault.location) for fault in template_faults(template)] == places


def test_a_fault_tells_whether_the_expression_is_wrong() -> None:
    faults = template_faults({"x.$": "$.a", "x": 1, "y.$": 1})
    assert [(fault.field, fault.is_expression) for fault in faults] == [("x.$", False), ("y.$", True)]


def test_compiling_raises_the_first_fault() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template({"o": {"x.$": 1}, "y.$": 2})
    assert (caught.value.field, caught.value.code) == ("x.$", "syntax")


def test_a_template_nested_without_end_is_refused() -> None:
    deep: JsonValue = 1
    for _ in range(MAX_DEPTH + 1):
        deep = {"a": deep}
    assert [fault.field for fault in template_faults(deep)] == ["a"]
    assert isinstance(deep, dict)
    assert template_faults(deep["a"]) == []


FIELD_VALUES: st.SearchStrategy[JsonValue] = st.none() | st.sampled_from(
    ["$.a", "$", "$v", "$$.x", "$.", "x", "States.UUID()", "States.Array("]
)
TEMPLATES: st.SearchStrategy[JsonValue] = st.recursive(
    FIELD_VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "a.$", "b.$", "c"]), inner),
    max_leaves=8,
)


@given(TEMPLATES)
def test_a_template_compiles_if_it_has_no_faults(template: JsonValue) -> None:
    faults: list[TemplateFault] = template_faults(template)
    if faults:
        with pytest.raises(TemplateError) as caught:
            compile_template(template)
        assert caught.value.field == faults[0].field
    else:
        compile_template(template)


@pytest.mark.parametrize(
    "text, value",
    [
        ("$.text", "x"),
        ("$$.State.Name", "S"),
        ("$name", "N"),
        ("States.Format('{} and {}', $.number, $name)", "5 and N"),
    ],
)
def test_fail_text(text: str, value: str) -> None:
    scope = scope_of(DOCUMENT, context=CONTEXT, variables={"name": "N"})
    assert parse_fail_text(text).evaluate(scope, "ErrorPath") == value


@pytest.mark.parametrize(
    "text, cause",
    [
        (
            "$.NoSuch",
            "The JSONPath '$.NoSuch' specified for the field 'CausePath' could not be found in the input '{\"n\":1}'",
        ),
        ("$.n", "The CausePath parameter does not reference a string: $.n == 1"),
        ("States.ArrayLength($.n)", "The function 'States.ArrayLength($.n)' had the following error: "),
    ],
)
def test_fail_text_failures(text: str, cause: str) -> None:
    with pytest.raises(StatesRuntime) as caught:
        parse_fail_text(text).evaluate(scope_of({"n": 1}), "CausePath")
    assert (caught.value.cause or "").startswith(cause)


@pytest.mark.parametrize("text", ["", "text", "$.a[*]", "$.", "States.Nope()"])
def test_what_is_no_fail_text(text: str) -> None:
    with pytest.raises(QueryError):
        parse_fail_text(text)


def test_the_variables_that_a_fail_text_reads() -> None:
    reads = [parse_fail_text(text).variables for text in ("$.a", "$a.b", "States.Array($b)")]
    assert reads == [frozenset(), {"a"}, {"b"}]


@pytest.mark.parametrize(
    "template",
    [
        {f"{number}.$": "$.text" for number in range(100_000)},
        {f"{number}.$": "$.list" for number in range(100_000)},
        {"in": [{"a.$": f"States.Array({', '.join(['$'] * 100)})"}] * 1_000},
        {f"{number}.$": "$.twice" for number in range(17)},
        {"a.$": f"$.texts[{', '.join(['0'] * 1_000)}]"},
        {"a.$": f"States.ArrayLength($.texts[{', '.join(['0'] * 1_000)}])"},
        {f"{number}.$": f"$.texts[{', '.join(['0'] * 100)}]" for number in range(10)},
        {"a.$": "$.buried..*..*"},
        {"a.$": f"$.buried{'[-1:1]' * 15}"},
    ],
    ids=[
        "texts",
        "arrays",
        "arguments of functions",
        "parts that double",
        "indices",
        "argument of one function",
        "indices in some parts",
        "parts below parts",
        "slices that double",
    ],
)
def test_a_value_that_would_fill_the_memory_is_not_printed(template: Any) -> None:
    """Gigabytes and more, all of them made of the same few parts."""
    twice: JsonValue = "x" * 1_000
    for _ in range(100):
        twice = [twice, twice]
    buried: JsonValue = "x" * 100_000
    for _ in range(60):
        buried = [buried]
    text = "x" * 100_000
    document: JsonValue = {
        "text": text,
        "texts": [text],
        "list": [*range(30_000)],
        "twice": twice,
        "buried": buried,
    }
    with pytest.raises(StatesDataLimitExceeded, match="would have more than"):
        compile_template(template).evaluate(scope_of(document))


def test_a_large_value_of_many_parts() -> None:
    document: JsonValue = {"text": "x" * 200_000}
    value = compile_template({f"{number}.$": "$.text" for number in range(100)}).evaluate(scope_of(document))
    assert value == {str(number): "x" * 200_000 for number in range(100)}
