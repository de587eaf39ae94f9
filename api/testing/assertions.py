"""Assertions of a case: rules as a Choice has them, in JSONPath or JSONata, on an execution or on visits of a state.

An assertion is run as what it looks like, a Choice, by the interpreter: it means what it would mean there.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activities.registry import Registry
from api.service.test_state.mocks import MockedRouter
from interpreter.definition.model import Definition
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.errors import DefinitionError
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import InProcessHost
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, Missing, is_integer, json_equal, json_text

_OURS: Final = ("State", "Visit", "Comment")
_STATE: Final = "Assertion"


class AssertionFault(Exception):
    """An assertion that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion.

    Attributes:
        shown: as it is written.
        rule: a definition that ends with `true` where the rule holds; with `equals`, one that ends with the value.
        equals: what the value must equal; MISSING where the rule decides.
        state: the state whose visits are looked at; None for the execution.
        visit: which visit, from 0; None for each of them.
    """

    shown: dict[str, Any]
    rule: Definition
    equals: JsonValue | Missing
    state: str | None
    visit: int | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What an assertion sees: `$` is the document, the variables have their names."""

    document: JsonValue
    variables: Mapping[str, JsonValue]


def parse_assertion(shown: dict[str, Any]) -> Assertion:
    """Compile an assertion.

    Raises:
        AssertionFault: with what is wrong with it.
    """
    state, visit = shown.get("State"), shown.get("Visit")
    if not isinstance(state, str | None):
        raise AssertionFault("State must be the name of a state")
    if visit is not None and (state is None or not is_integer(visit) or visit < 0):
        raise AssertionFault("Visit must be the number of a visit of State, counted from 0")
    rule = {name: member for name, member in shown.items() if name not in _OURS}
    if "Equals" not in rule:
        return Assertion(shown, _compiled(_choice(rule)), MISSING, state, visit)
    if rule.keys() != {"Variable", "Equals"} or not isinstance(rule["Variable"], str):
        raise AssertionFault("Equals stands beside Variable, a JSONPath, and nothing else")
    picking = {"Type": "Pass", "InputPath": rule["Variable"], "End": True}
    return Assertion(shown, _compiled({_STATE: picking}), rule["Equals"], state, visit)


async def check_assertion(assertion: Assertion, sight: Sight, start: ExecutionStart) -> str | None:
    """None where it holds, else why it does not."""
    host = InProcessHost(assertion.rule, start, sight.document, MockedRouter(), _call_nothing, skip_time=True)
    host.execution.root.variables = ChainMap(dict(sight.variables))
    ended = await host.run()
    if isinstance(ended.result, FailedWith):
        cause = (ended.result.error.cause or "").partition("). ")[2] or ended.result.error.cause
        return f"cannot be evaluated: {cause}"
    assert isinstance(ended.result, Succeeded), "nothing in it takes time"
    got = ended.result.output
    if assertion.equals is MISSING:
        return None if got is True else "does not hold"
    return None if json_equal(got, assertion.equals) else f"is {json_text(got)}"


async def _call_nothing(call: TaskCall) -> JsonValue:
    raise TypeError("an assertion has no Task")


def _choice(rule: dict[str, Any]) -> dict[str, Any]:
    language = "JSONata" if "Condition" in rule else "JSONPath"
    return {
        _STATE: {
            "Type": "Choice",
            "QueryLanguage": language,
            "Choices": [{**rule, "Next": "Holds"}],
            "Default": "Fails",
        },
        "Holds": {"Type": "Pass", "Result": True, "End": True},
        "Fails": {"Type": "Pass", "Result": False, "End": True},
    }


def _compiled(states: dict[str, Any]) -> Definition:
    try:
        return parse_definition(json_text({"StartAt": _STATE, "States": states}), Registry())
    except DefinitionError as error:
        raise AssertionFault("; ".join(dict.fromkeys(found.message for found in error.diagnostics))) from None
