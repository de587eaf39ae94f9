from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.errors import QueryError
from interpreter.intrinsics import parse_intrinsic
from tests.interpreter.jsonpath.scopes import scope_of


def nested(depth: int) -> str:
    return "States.Array(" * depth + ")" * depth


@pytest.mark.parametrize(
    "text",
    [
        "", "States", "States.Format", "States.Format(", "States.Format('a'", "States.Format('a',)",
        "States.Format('a' 'b')",
        "States.Unknown(1)", "states.Format('a')", " States.Format('a')", "States.Array(01)", "States.Array(1.)",
        "States.Array(+1)",
        "States.Array(True)", "States.Array(\"a\")", "States.Array('a)", r"States.Array('\"')", r"States.Array('\n')",
        "States.Array($.a", "States.Array($.a[)", "States.Array($.)", "States.Array(,)", "States.Array({})",
        "States.Array(1))",
        nested(11), nested(10_000),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_is_no_call(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_intrinsic(text)
    assert (caught.value.code, caught.value.expression) == ("syntax", text)


def test_ten_calls_may_be_nested() -> None:
    assert parse_intrinsic(nested(10)).evaluate(scope_of(None)) == [[[[[[[[[[]]]]]]]]]]


def test_brackets_commas_and_quotes_inside_a_path_belong_to_it() -> None:
    scope = scope_of({"a,b)": 1, "c": [{"d": "x,'y"}, {"d": 2}]})
    call = parse_intrinsic(r"States.Array($['a,b)'], $.c[?(@.d in ['z', 'x,\'y'])].d , $.c[0,1].d)")
    assert call.evaluate(scope) == [1, ["x,'y"], ["x,'y", 2]]


def test_the_variables_that_a_call_reads() -> None:
    call = parse_intrinsic("States.Array($a, States.Array($b.c[0], $a.x), $.d, $$.e, '$f')")
    assert call.variables == {"a", "b"}


@given(st.text(alphabet="States.Array()$',\\ 01{}[]-\"", max_size=30).map("States.Array(".__add__))
def test_parsing_raises_only_query_errors(text: str) -> None:
    try:
        outcome = parse_intrinsic(text).text
    except QueryError as error:
        outcome = error.expression
    assert outcome == text
