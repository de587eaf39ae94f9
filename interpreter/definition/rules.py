"""Parses what decides a Choice: JSONPath's rules, JSONata's conditions (States Language, "Choice State")."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, assert_never

from interpreter.choice_rules import OPERATORS, And, ChoiceRule, Comparison, Not, OperandType, OperatorKind, Or
from interpreter.definition.fields import Fields
from interpreter.definition.model import Condition
from interpreter.definition.schema import QueryLanguage
from interpreter.values import JsonValue, is_number

_COMBINATIONS: Final = ("And", "Or", "Not")
_NESTED_FIELDS: Final = ("Comment",)
_SELECTORS: Final = ("And", "Or", "Not", "Variable", "Condition")
_ONE_SELECTOR: Final = f"The object must have only one of the following fields, [{', '.join(_SELECTORS)}]"
"""Reported of AWS."""
_JSONATA_FIELDS: Final = ("Condition", "Output")
_JSONPATH_FIELDS: Final = ("Variable", *_COMBINATIONS, *OPERATORS)

BRANCH_FIELDS: Final = ("Next", "Comment", "Assign")
"""What stands beside the rule or the condition of a branch."""


def parse_condition(fields: Fields) -> Condition | None:
    """The Condition of a JSONata branch: a boolean, or an expression. None where it is faulty."""
    taken = (*BRANCH_FIELDS, *_JSONATA_FIELDS)
    fields.refuse_language(_JSONPATH_FIELDS, QueryLanguage.JSONPATH, taken)
    fields.text("Comment")
    fields.refuse_unknown(taken, _JSONPATH_FIELDS)
    if not any(name in fields for name in (*_JSONPATH_FIELDS, "Condition")):
        fields.report.error(fields.location, _ONE_SELECTOR)
    return fields.condition("Condition")


def parse_rule(fields: Fields, beside: Collection[str] = _NESTED_FIELDS) -> ChoiceRule | None:
    """One rule; `beside` names the fields that may stand beside it. None where it is faulty."""
    taken = (*beside, *_JSONPATH_FIELDS)
    fields.refuse_language(_JSONATA_FIELDS, QueryLanguage.JSONATA, taken)
    fields.text("Comment")
    deciding = [name for name in fields.members if name in OPERATORS or name in _COMBINATIONS]
    fields.refuse_unknown(taken, _JSONATA_FIELDS)
    if not _has_one_selector(fields):
        return None
    if len(deciding) != 1:
        _refuse_count(fields, deciding)
        return None
    if deciding[0] in _COMBINATIONS:
        return _combination(fields, deciding[0])
    return _comparison(fields, OPERATORS[deciding[0]])


def _has_one_selector(fields: Fields) -> bool:
    present = [name for name in _SELECTORS if name in fields]
    if len(present) == 1:
        return True
    if present:
        fields.report.unwanted(fields.location, present[1], _ONE_SELECTOR, hint=f"found {' and '.join(present)}")
    else:
        fields.report.error(fields.location, _ONE_SELECTOR)
    return False


def _refuse_count(fields: Fields, deciding: list[str]) -> None:
    if deciding:
        message = f"There should only be one of the following fields: [{', '.join(deciding)}]"
        fields.report.unwanted(fields.location, deciding[1], message)
    elif "Condition" not in fields:
        fields.report.error(fields.location, "A rule with Variable must have a comparison operator")


def _combination(fields: Fields, name: str) -> ChoiceRule | None:
    if name == "Not":
        negated = fields.object("Not")
        rule = None if negated is None else parse_rule(negated)
        return None if rule is None else Not(rule)
    parts = [parse_rule(entry) for entry in fields.objects(name)]
    rules = tuple(part for part in parts if part is not None)
    return And(rules) if name == "And" else Or(rules)


def _comparison(fields: Fields, kind: OperatorKind) -> Comparison | None:
    variable = fields.rule_path("Variable")
    if kind.is_path:
        path = fields.rule_path(kind.name)
        return None if variable is None or path is None else Comparison(variable, kind.name, path)
    operand = fields.members[kind.name]
    if not _check_operand(fields, kind, operand) or variable is None:
        return None
    return Comparison(variable, kind.name, operand)


def _check_operand(fields: Fields, kind: OperatorKind, operand: JsonValue) -> bool:
    """Whether the constant operand of an operator is good; what is wrong with it is reported."""
    match kind.operand:
        case OperandType.STRING:
            is_good, type_name = isinstance(operand, str), "STRING"
        case OperandType.NUMBER:
            is_good, type_name = is_number(operand), "NUMBER"
        case OperandType.BOOLEAN:
            is_good, type_name = isinstance(operand, bool), "BOOLEAN"
        case OperandType.TIMESTAMP:
            return fields.timestamp(kind.name) is not None
        case _:
            assert_never(kind.operand)
    if not is_good:
        fields.wrong_type(kind.name, type_name)
    return is_good
