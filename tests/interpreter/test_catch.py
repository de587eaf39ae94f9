"""Which catcher takes an error, and what it hands on (States Language, "Fallback states")."""

from __future__ import annotations

import pytest

from interpreter.catch import error_output, match_catcher
from interpreter.definition.model import Catcher, PathFlow
from interpreter.errors import StatesError, StatesHeartbeatTimeout, StatesRuntime, StatesTaskFailed, StatesTimeout
from interpreter.values import JsonValue

OUTPUTS: list[tuple[StatesError, JsonValue]] = [
    (StatesError("Boom", "broken"), {"Error": "Boom", "Cause": "broken"}),
    (StatesError("Boom", ""), {"Error": "Boom", "Cause": ""}),
    (StatesError("Boom"), {"Error": "Boom", "Cause": None}),
    (StatesError(None, "broken"), {"Error": None, "Cause": "broken"}),
    (StatesError(None), {"Error": None, "Cause": None}),
    (StatesTaskFailed(), {"Error": "States.TaskFailed", "Cause": None}),
    (StatesTimeout(), {"Error": "States.Timeout", "Cause": ""}),
    (StatesTimeout("said so"), {"Error": "States.Timeout", "Cause": "said so"}),
    (StatesHeartbeatTimeout(), {"Error": "States.Timeout", "Cause": ""}),
]


@pytest.mark.parametrize("error, shown", OUTPUTS, ids=lambda value: str(value))
def test_error_output(error: StatesError, shown: JsonValue) -> None:
    assert error_output(error) == shown


def _catcher(next_: str, *names: str) -> Catcher:
    return Catcher(names, next_, PathFlow())


def test_the_first_catcher_that_names_the_error_is_taken() -> None:
    catchers = [_catcher("A", "Other"), _catcher("B", "Boom", "Bang"), _catcher("C", "States.ALL")]

    assert match_catcher(catchers, StatesError("Bang")) is catchers[1]
    assert match_catcher(catchers, StatesError("Unknown")) is catchers[2]
    assert match_catcher(catchers, StatesRuntime("x")) is None
    assert match_catcher([], StatesError("Boom")) is None
