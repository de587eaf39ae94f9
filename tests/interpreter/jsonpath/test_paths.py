from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from interpreter.errors import QueryError
from interpreter.jsonpath import parse_path, parse_reference_path, parse_result_path
from interpreter.values import MISSING, JsonValue
from tests.interpreter.jsonpath.scopes import scope_of

DOCUMENT: JsonValue = {
    "a": {"b": [{"c": 1}, {"c": 2}], "n": None, "text": "abc"},
    "k-hy": 1,
    'Test\\""Name"': 'Value"\\',
    "name.with.dots": 2,
    "a:b/c#d$e+f": 3,
    "items": [{"v": "10"}, {"v": 9}, {"w": [1, 2]}, "plain", 7, {"v": None}],
    "numbers": [1, 2, 3, 4],
    "where": {"sub": 5},
}
CONTEXT: dict[str, JsonValue] = {"Execution": {"Input": {"x": 1}}, "State": {"Name": "S"}}
VARIABLES: dict[str, JsonValue] = {"v": {"x": [10, 20]}, "été": 1, "nothing": None}


@dataclass(frozen=True)
class Found:
    path: str
    value: Any


@pytest.mark.parametrize(
    "case",
    [
        Found("$.a.n", None),
        Found("$.a.b[1].c", 2),
        Found("$.k-hy", 1),
        Found('$[\'Test\\""Name"\']', 'Value"\\'),  # recorded on AWS
        Found("$['name.with.dots']", 2),
        Found("$.a:b/c#d$e+f", 3),
        Found("$.where.sub", 5),
        Found("$.['a'].n", None),
        Found("$[ 'a' ][ 'n' ]", None),
        Found("$$.Execution.Input['x']", 1),
        Found("$$", CONTEXT),
        Found("$v.x[1]", 20),
        Found("$v", {"x": [10, 20]}),
        Found("$été", 1),
        Found("$nothing", None),
        Found("$$..x", [1]),
        Found("$v.x[*]", [10, 20]),
        Found("$.numbers[-1]", 4),
        Found("$.numbers[-2:1]", [3, 4, 1]),
        Found("$.numbers[-1,0,7]", [4, 1]),
        Found("$.*.sub", [5]),
        Found("$.items[?(@.v == 10)]", [{"v": "10"}]),
        Found("$.items[?(@.v === 10)]", []),
        Found("$.items[?(@.v !== '10' && @.v)]", [{"v": 9}, {"v": None}]),
        Found("$.items[?(@.v < '2')]", [{"v": "10"}]),
        Found("$.items[?(@.w subsetof [1, 2, 3])]", [{"w": [1, 2]}]),
        Found("$.items[?(@.w noneof [3])]", [{"w": [1, 2]}]),
        Found("$.items[?(@.w size 2 && !(@.w empty true))].w[1]", [2]),
        Found("$.items[?(@ contains 'lai')]", ["plain"]),
        Found("$.items[?(@ == $.items[4])]", [7]),
        Found("$.items[?(@.v =~ /1./)]", [{"v": "10"}]),
        Found("$.items[?('plain' == @)]", ["plain"]),
        Found("$..[?(@.c == 2)]", [{"c": 2}]),
        Found("$['k-hy','name.with.dots']", {"k-hy": 1, "name.with.dots": 2}),
        Found("$['a','where'].sub", [5]),
        Found("$..['c','missing']", []),
        Found("$..['b','n']", [{"b": [{"c": 1}, {"c": 2}], "n": None}]),
        Found("$.numbers.stddev()", 1.118033988749895),
        Found("$.nowhere[*].x", []),
        Found("$.nowhere[?(@.x)]", []),
    ],
    ids=lambda case: case.path,
)
def test_find(case: Found) -> None:
    scope = scope_of(DOCUMENT, context=CONTEXT, variables=VARIABLES)
    assert parse_path(case.path).find(scope) == case.value


@dataclass(frozen=True)
class NotFound:
    path: str
    detail: str


@pytest.mark.parametrize(
    "case",
    [
        NotFound("$.X", "Invalid path '$.X' : No results for path: $['X']"),
        NotFound("$.no.such.path", "Invalid path '$.no.such.path' : Missing property in path $['no']"),
        NotFound("$.a.no.path", "Invalid path '$.a.no.path' : Missing property in path $['a']['no']"),
        NotFound("$.a.no", "Invalid path '$.a.no' : No results for path: $['a']['no']"),
        NotFound("$.a.b[2]", "Invalid path '$.a.b[2]' : No results for path: $['a']['b'][2]"),
        NotFound("$.a.b[2].c", "Invalid path '$.a.b[2].c' : No results for path: $['a']['b'][2]['c']"),
        NotFound("$.a.text[0]", "Invalid path '$.a.text[0]' : No results for path: $['a']['text'][0]"),
        NotFound("$$.E", "Invalid path '$.E' : No results for path: $['E']"),
        NotFound("$v.y", "Invalid path '$v.y' : No results for path: $['y']"),
        NotFound("$unset.y", "Invalid path '$unset.y' : The variable 'unset' is not set"),
        NotFound("$unset[*]", "Invalid path '$unset[*]' : The variable 'unset' is not set"),
        NotFound("$.a.n.keys()", "Invalid path '$.a.n.keys()' : No results for path: $.a.n.keys()"),
    ],
    ids=lambda case: case.path,
)
def test_find_tells_where_the_path_ends(case: NotFound) -> None:
    scope = scope_of(DOCUMENT, context=CONTEXT, variables=VARIABLES)
    path = parse_path(case.path)
    assert path.find_or_missing(scope) is MISSING
    with pytest.raises(QueryError) as caught:
        path.find(scope)
    assert (caught.value.code, caught.value.detail) == ("not-found", case.detail)


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "$a-", "$$v", "$.", "$..", "$...a", "$.a b", "$.a[", "$.a[']", "$.a['b'", "$[a]", "$[]", "$[1:2:3]",
        "$[:]", "$[(@.length-1)]", "$[?]", "$[?()]", "$[?(@.a >)]", "$[?(1)]", "$[?(@.a like 1)]", "$[?(@.a =~ /x)]",
        "$[?(@.a =~ /(/)]", "$[?(@.a =~ /x/q)]", "$[?(@.a in [[1]])]", "$[?(@.a == x)]", "$.f()", "$.length().x",
        "$.*a", "$[1,]", "$[1,a]", "$['a',]", "$[?" + "(" * 5000 + "@.a" + ")" * 5000 + "]",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_path(text)
    assert (caught.value.code, caught.value.expression) == ("syntax", text)


def test_paths_are_compiled_once_and_cannot_change() -> None:
    path = parse_path("$.compiled.once")
    assert parse_path("$.compiled.once") is path
    with pytest.raises(AttributeError):
        path.text = "$.other"  # type: ignore[misc]  # that this is refused is the point


@pytest.mark.parametrize(
    "text, variable", [("$", None), ("$.a", None), ("$$.a", None), ("$v", "v"), ("$_v1[*]", "_v1")]
)
def test_the_variable_that_a_path_reads(text: str, variable: str | None) -> None:
    assert parse_path(text).variable == variable


def test_reference_paths_have_only_names_and_indices() -> None:
    assert parse_reference_path("$v.a['b'][0]").steps == ("a", "b", 0)
    with pytest.raises(QueryError):
        parse_reference_path("$.a[*]")


@pytest.mark.parametrize("text", ["$$.a", "$v", "$v.a", "$.a[*]", "$..a"])
def test_a_result_path_starts_at_the_input(text: str) -> None:
    with pytest.raises(QueryError):
        parse_result_path(text)


def test_a_pattern_takes_time_linear_in_the_text() -> None:
    """With a backtracking engine thirty characters would take minutes."""
    path = parse_path("$[?(@ =~ /(a+)+b/)]")
    assert path.find(scope_of(["a" * 100_000, "aab"])) == ["aab"]


@pytest.mark.parametrize(
    "pattern, reason",
    [("(?=a)a", "invalid perl operator: (?="), ("[é", "missing ]: [é"), ("a{1001}", "invalid repetition size: {1001}")],
)
def test_a_pattern_that_re2_does_not_know_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_path(f"$[?(@ =~ /{pattern}/)]")
    assert caught.value.code == "syntax"
    assert caught.value.detail == f"not a regular expression that RE2 knows: {reason}"
