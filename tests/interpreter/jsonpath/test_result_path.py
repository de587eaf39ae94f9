from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.errors import QueryError, StatesReferencePathConflict
from interpreter.jsonpath import parse_path, parse_result_path
from interpreter.values import JsonValue, json_equal
from tests.interpreter.jsonpath.scopes import scope_of


@dataclass(frozen=True)
class Put:
    path: str
    document: Any
    changed: Any


@pytest.mark.parametrize(
    "case",
    [
        Put("$", {"a": 1}, "new"),
        Put("$.a", {"a": 1, "b": 2}, {"a": "new", "b": 2}),
        Put("$.c", {"a": 1}, {"a": 1, "c": "new"}),
        Put("$.x.y.z", {"a": 1}, {"a": 1, "x": {"y": {"z": "new"}}}),
        Put("$.a.b", {"a": {"c": 1}}, {"a": {"c": 1, "b": "new"}}),
        Put("$.a[1]", {"a": [1, 2, 3]}, {"a": [1, "new", 3]}),
        Put("$.a[-1].b", {"a": [1, {}]}, {"a": [1, {"b": "new"}]}),
        Put("$['odd name']", {}, {"odd name": "new"}),
    ],
    ids=lambda case: case.path,
)
def test_put(case: Put) -> None:
    before = copy.deepcopy(case.document)
    assert parse_result_path(case.path).put(case.document, "new") == case.changed
    assert case.document == before


@dataclass(frozen=True)
class Conflict:
    path: str
    document: Any
    cause: str


@pytest.mark.parametrize(
    "case",
    [
        Conflict("$.x", "input1", 'Unable to apply step "x" to input "input1"'),
        Conflict("$.x", None, 'Unable to apply step "x" to input null'),
        Conflict("$.x", [1], 'Unable to apply step "x" to input [1]'),
        Conflict("$.a.x", {"a": 5}, 'Unable to apply step "x" to input 5'),
        Conflict("$.a.x", {"a": None}, 'Unable to apply step "x" to input null'),
        Conflict("$.a[3]", {"a": [1]}, 'Unable to apply step "3" to input [1]'),
        Conflict("$.a[0]", {"a": {"b": 1}}, 'Unable to apply step "0" to input {"b":1}'),
        Conflict("$.a[0]", {}, 'Unable to apply step "0" to input null'),
    ],
    ids=lambda case: case.cause,
)
def test_put_where_nothing_can_stand(case: Conflict) -> None:
    with pytest.raises(StatesReferencePathConflict) as caught:
        parse_result_path(case.path).put(case.document, "new")
    assert caught.value.cause == case.cause


def test_put_shares_what_it_does_not_change() -> None:
    document: dict[str, JsonValue] = {"kept": {"big": [1]}, "a": {}}
    changed = parse_result_path("$.a.b").put(document, 1)
    assert isinstance(changed, dict)
    assert changed["kept"] is document["kept"]


def test_a_long_path_is_no_problem() -> None:
    path = parse_result_path("$" + ".a" * 20_000)
    assert path.find(scope_of(path.put({}, "new"))) == "new"


def json_values() -> st.SearchStrategy[JsonValue]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    )


def written(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


@given(document=json_values(), names=st.lists(st.text(max_size=4), max_size=4), value=json_values())
def test_what_is_put_is_found_there(document: JsonValue, names: list[str], value: JsonValue) -> None:
    before = copy.deepcopy(document)
    path = parse_result_path("$" + "".join(map(written, names)))
    assert path.steps == tuple(names)
    try:
        changed = path.put(document, value)
    except StatesReferencePathConflict:
        return
    finally:
        assert json_equal(document, before)
    assert json_equal(path.find(scope_of(changed)), value)


@given(st.text(alphabet="$.@[]()'\"\\*:?,!&|=<>~ /-0123ab", max_size=40).map("$".__add__))
def test_parsing_raises_only_query_errors(text: str) -> None:
    outcome: str | None
    try:
        outcome = parse_path(text).text
    except QueryError as error:
        outcome = error.expression
    assert outcome == text


@given(
    st.sampled_from(["$", "$.a", "$[*]", "$..a", "$..[?(@.a > 1)]", "$[?(@.a == @.b)].a", "$[1:]", "$['a','b']"]),
    json_values(),
)
def test_a_path_that_is_not_definite_gives_a_list(text: str, document: JsonValue) -> None:
    path = parse_path(text)
    found = path.find_or_missing(scope_of(document))
    assert path.is_definite or isinstance(found, list)
