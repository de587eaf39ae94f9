from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.choice_rules import OPERATORS, And, Comparison, Not, OperandType, Or, matches
from interpreter.errors import StatesRuntime
from interpreter.jsonpath import parse_path
from tests.interpreter.jsonpath.scopes import scope_of


def rule(operator: str, operand: Any, variable: str = "$.value") -> Comparison:
    return Comparison(parse_path(variable), operator, operand)


@dataclass(frozen=True)
class Case:
    operator: str
    operand: Any
    holds: tuple[Any, ...]
    fails: tuple[Any, ...]


NOON = "2020-01-01T12:00:00Z"

CASES = [
    Case("StringEquals", "a", ("a",), ("A", "a ", "", None, 1, ["a"], {"a": "a"}, True)),
    Case("StringLessThan", "b", ("a", "", "B"), ("b", "c", 1, None)),
    Case("StringGreaterThan", "b", ("c", "ba"), ("b", "a", "", None)),
    Case("StringLessThanEquals", "b", ("a", "b"), ("c", False)),
    Case("StringGreaterThanEquals", "b", ("b", "c", "é"), ("a", [])),
    # U+FF5E is above the surrogates that write U+1F600 in UTF-16, and below it as a code point.
    Case("StringLessThan", "\uff5e", ("\U0001f600", "a"), ("\uff5f",)),
    Case("NumericEquals", 0, (0, 0.0, -0.0), (1, "0", False, None, "")),
    Case("NumericEquals", 2.22, (2.22,), (2.2, "2.22")),
    Case("NumericLessThan", 1, (0.99, -5), (1, 1.0, True, "0")),
    Case("NumericGreaterThan", 1, (1.01, 10**30), (1, True, None)),
    Case("NumericLessThanEquals", 1, (1, 1.0, 0), (1.5, False)),
    Case("NumericGreaterThanEquals", 1, (1, 2), (0, "1", True)),
    Case("BooleanEquals", True, (True,), (False, 1, "true", None)),
    Case("BooleanEquals", False, (False,), (True, 0, "", None)),
    Case("TimestampEquals", NOON, (NOON, "2020-01-01T13:00:00+01:00", "2020-01-01T12:00:00.000Z"), ("noon", 0)),
    Case("TimestampLessThan", NOON, ("2020-01-01T11:59:59.999999999Z",), (NOON, "2020-01-01", None)),
    Case("TimestampGreaterThan", NOON, ("2020-01-01T12:00:00.000000001Z",), (NOON, "2020-01-01T12:00:01", 1)),
    Case("TimestampLessThanEquals", NOON, (NOON,), ("2020-01-01T12:00:00-00:01", "")),
    Case("TimestampGreaterThanEquals", NOON, (NOON,), ("2020-01-01T12:00:00+00:01", "")),
    Case("TimestampEquals", "noon", (), ("noon",)),
    Case("StringMatches", "log-*.txt", ("log-.txt", "log-a.b.txt", "log-\n.txt"), ("log-.txtx", "xlog-.txt", 1)),
    Case("StringMatches", "*", ("", "anything"), (None,)),
    Case("StringMatches", "a*b*c", ("abc", "aXbXc", "abcbc"), ("ac", "acb", "abcb")),
    Case("StringMatches", "*aa*a*", ("aaa", "xaaxa"), ("aa",)),
    Case("StringMatches", "ab*bc", ("abbc", "abxbc"), ("abc",)),
    Case("StringMatches", r"a\*b\\", ("a*b\\",), ("axb\\", r"a\*b\\")),
    Case("StringMatches", "a?[b]", ("a?[b]",), ("axb",)),
    Case("IsNull", True, (None,), (0, "", [], False)),
    Case("IsNull", False, (0, "null"), (None,)),
    Case("IsNumeric", True, (0, 1.5), ("1", True, None)),
    Case("IsString", True, ("", NOON), (1, None, ["a"])),
    Case("IsBoolean", True, (True, False), (0, "true", None)),
    Case("IsBoolean", False, (0,), (True,)),
    Case("IsTimestamp", True, (NOON,), ("2023-02-24 12:15:56.83", "2023-02-24", 0, None)),
    Case("IsPresent", True, (None, 0, False, {}), ()),
    Case("IsPresent", False, (), (None, 0)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operator} {case.operand}")
def test_constant_operands(case: Case) -> None:
    comparison = rule(case.operator, case.operand)
    wrong = [
        (value, wanted)
        for wanted, values in ((True, case.holds), (False, case.fails))
        for value in values
        if matches(comparison, scope_of({"value": value})) is not wanted
    ]
    assert wrong == []


WITH_PATHS = [case for case in CASES if f"{case.operator}Path" in OPERATORS]


@pytest.mark.parametrize("case", WITH_PATHS, ids=lambda case: f"{case.operator} {case.operand}")
def test_path_operands(case: Case) -> None:
    comparison = rule(f"{case.operator}Path", parse_path("$.operand"))
    for wanted, values in ((True, case.holds), (False, case.fails)):
        for value in values:
            assert matches(comparison, scope_of({"value": value, "operand": case.operand})) is wanted


@pytest.mark.parametrize("operand", [None, True, [1], {}, "1"], ids=str)
def test_a_path_to_another_type_makes_the_rule_false(operand: Any) -> None:
    comparison = rule("NumericEqualsPath", parse_path("$.operand"))
    assert not matches(comparison, scope_of({"value": operand, "operand": operand}))


def test_operands_from_the_context_and_from_variables() -> None:
    scope = scope_of({"value": 5}, context={"limit": 5}, variables={"v": 5})
    assert matches(rule("NumericEqualsPath", parse_path("$$.limit")), scope)
    assert matches(rule("NumericEqualsPath", parse_path("$v"), "$$.limit"), scope)
    assert matches(rule("NumericEquals", 5, "$v"), scope)


@pytest.mark.parametrize("operand", [True, False])
def test_is_present_may_ask_about_what_is_missing(operand: bool) -> None:
    assert matches(rule("IsPresent", operand, "$.missing.deep"), scope_of({})) is not operand
    assert matches(rule("IsPresent", operand, "$unset"), scope_of({})) is not operand


@pytest.mark.parametrize(
    "comparison, shown",
    [
        (rule("StringEquals", "a", "$.missing"), "$.missing"),
        (rule("IsNull", True, "$.missing"), "$.missing"),
        (rule("StringEqualsPath", parse_path("$.missing"), "$.value"), "$.missing"),
        (rule("NumericEquals", 1, "$$.missing"), "$.missing"),
        (rule("NumericEquals", 1, "$unset"), "$unset"),
    ],
)
def test_a_missing_value_fails_the_state(comparison: Comparison, shown: str) -> None:
    with pytest.raises(StatesRuntime) as caught:
        matches(comparison, scope_of({"value": 1}))
    text = f"Invalid path '{shown}': The choice state's condition path references an invalid value."
    assert caught.value.cause == text


@pytest.mark.parametrize("pattern", ["a\\", r"a\b", r"\?"])
def test_a_pattern_with_a_bad_escape_fails_the_state(pattern: str) -> None:
    with pytest.raises(StatesRuntime, match="StringMatches"):
        matches(rule("StringMatches", pattern), scope_of({"value": "a"}))


YES, NO = rule("IsPresent", True, "$"), rule("IsPresent", False, "$")
FAILING = rule("IsNull", True, "$.missing")


@pytest.mark.parametrize(
    "combination, wanted",
    [
        (And((YES, YES)), True),
        (And((YES, NO)), False),
        (And((NO, FAILING)), False),
        (Or((NO, YES)), True),
        (Or((NO, NO)), False),
        (Or((YES, FAILING)), True),
        (Not(NO), True),
        (Not(And((YES, Or((NO, Not(NO)))))), False),
    ],
)
def test_combinations(combination: And | Or | Not, wanted: bool) -> None:
    assert matches(combination, scope_of({})) is wanted


def test_the_operators_and_what_they_take() -> None:
    assert len(OPERATORS) == 16 * 2 + 7
    assert all(kind.name == name and kind.is_path == name.endswith("Path") for name, kind in OPERATORS.items())
    assert OPERATORS["StringMatches"].operand is OperandType.STRING
    assert OPERATORS["NumericEqualsPath"].operand is OperandType.NUMBER
    assert OPERATORS["TimestampLessThan"].operand is OperandType.TIMESTAMP
    assert OPERATORS["IsPresent"].operand is OperandType.BOOLEAN


@given(st.text(alphabet="ab", max_size=8), st.text(alphabet="ab*", max_size=6))
def test_string_matches_agrees_with_its_definition(text: str, pattern: str) -> None:
    assert matches(rule("StringMatches", pattern), scope_of({"value": text})) is naive_match(text, pattern)


def naive_match(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive_match(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return text[:1] == pattern[0] and naive_match(text[1:], pattern[1:])
