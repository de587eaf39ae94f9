"""One expression looked at alone: a JSONPath, an intrinsic function or JSONata, as a state would evaluate it.

The expression becomes the one field of a Pass (or, where it reads `$states.result` or `$states.errorOutput`, of a Task
with a mocked outcome), which the interpreter runs in process. What it gives, and what AWS would say where it fails,
are the interpreter's.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from activities.registry import Registry
from api.service.test_state.mocks import MockedRouter
from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.errors import DefinitionError, QueryError, StatesError
from interpreter.execution import Succeeded
from interpreter.hosts.inprocess import InProcessHost
from interpreter.inspection import FixedContext, Inspection, Mock
from interpreter.jsonata import is_expression
from interpreter.jsonpath import parse_path
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, Missing, json_text

QueryLanguage: TypeAlias = Literal["JSONPath", "JSONata"]

_STATE: Final = "Expression"
_MACHINE_ARN: Final = "arn:aws:states:us-east-1:123456789012:stateMachine:test-expression"
_TASK: Final[dict[str, JsonValue]] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "f"},
    "End": True,
}
_MEMBERS: Final = {"result": "--result", "errorOutput": "--error-output"}
"""The members of `$states` that there are not everywhere, and the option of the command line that gives them."""
_ROLE_ARN: Final = "arn:aws:iam::123456789012:role/test-expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an expression can see.

    Attributes:
        input: `$` in JSONPath, `$states.input` in JSONata.
        context: the whole context object; None for one of an imagined execution.
        variables: by name, without dollars.
        result: `$states.result`, which there is in JSONata only.
        error_output: `$states.errorOutput`, which there is in the catchers of JSONata states only: the error's name
            and its cause.
    """

    input: JsonValue
    context: dict[str, JsonValue] | None = None
    variables: Mapping[str, JsonValue]
    result: JsonValue | Missing = MISSING
    error_output: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The expression's value."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Failed:
    """The error with which the state fails; or why no definition with the expression would be taken.

    `hint` is what AWS's text leaves open, for people.
    """

    error: str
    cause: str
    hint: str | None = None


def guess_language(expression: str) -> QueryLanguage:
    """The language that an expression seems to be written in.

    JSONata stands between `{%` and `%}` or begins with `$states`. What begins with `$.`, `$[`, `$$` or `States.` is
    JSONPath, and so is a path on a variable, `$name.member`; anything else is JSONata.
    """
    text = expression.strip()
    if is_expression(text) or text == "$states" or text.startswith("$states."):
        return "JSONata"
    if text == "$" or text.startswith(("$.", "$[", "$$", "States.")):
        return "JSONPath"
    try:
        parse_path(text)
    except QueryError:
        return "JSONata"
    return "JSONPath"


async def evaluate(expression: str, language: QueryLanguage, seen: Surroundings) -> Evaluated | Failed:
    """Evaluate an expression."""
    try:
        definition = parse_definition(json_text(_definition(expression.strip(), language, seen)), Registry())
    except DefinitionError as refused:
        first = next(one for one in refused.diagnostics if one.severity == "ERROR")
        return Failed(first.code, first.message, _hint(first))
    inspection = Inspection(
        mock=_mock(seen),
        context=None if seen.context is None else FixedContext(seen.context),
        variables=seen.variables,
    )
    host = InProcessHost(definition, _start(), seen.input, MockedRouter(), _never, inspection=inspection)
    result = (await host.run()).result
    if isinstance(result, Succeeded):
        output = result.output
        return Evaluated(output["value"] if language == "JSONPath" and isinstance(output, dict) else output)
    assert result is not None, "the host returns when the state has ended"
    return Failed(result.error.name or "", result.error.cause or "")


def _mock(seen: Surroundings) -> Mock | None:
    if seen.error_output is not None:
        return Mock(StatesError(*seen.error_output))
    return None if seen.result is MISSING else Mock(seen.result)


def _hint(refused: Diagnostic) -> str | None:
    """The place of the fault; or what is to be given so that there is what the expression names."""
    for member, option in _MEMBERS.items():
        if f"'$states.{member}'" in refused.message:
            return f"there is one with {option}"
    return refused.hint


def _definition(expression: str, language: QueryLanguage, seen: Surroundings) -> JsonValue:
    state: dict[str, JsonValue] = {"Type": "Pass", "End": True}
    if language == "JSONPath":
        state["Parameters"] = {"value.$": expression}
    else:
        output = expression if is_expression(expression) else f"{{% {expression} %}}"
        if seen.error_output is not None:
            catcher: JsonValue = {"ErrorEquals": ["States.ALL"], "Output": output, "Next": _STATE}
            return {"QueryLanguage": language, "StartAt": _STATE, "States": {_STATE: {**_TASK, "Catch": [catcher]}}}
        state = {**(state if seen.result is MISSING else _TASK), "Output": output}
    return {"QueryLanguage": language, "StartAt": _STATE, "States": {_STATE: state}}


def _start() -> ExecutionStart:
    name = "test-expression"
    return ExecutionStart(
        definition="",
        execution_arn=f"arn:aws:states:us-east-1:123456789012:execution:test-expression:{name}",
        state_machine_arn=_MACHINE_ARN,
        name=name,
        role_arn=_ROLE_ARN,
        start_date=time.time_ns() // 1_000_000,
        seed=secrets.token_hex(32),
    )


async def _never(call: TaskCall) -> JsonValue:
    raise AssertionError(f"{call.call.activity_type} is called")
