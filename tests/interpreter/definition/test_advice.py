"""What advice says of paths behind a Result is true: the execution fails there, and does not where nothing is said."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.registry import Registry
from activities.router import Router
from interpreter.definition.diagnostics import PATH_NEVER_MATCHES
from interpreter.definition.parse import parse_definition
from interpreter.definition.validate import validate_definition
from interpreter.effects import TaskCall
from interpreter.history import render
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue, json_text
from tests.interpreter.definition.strategies import DATA
from tests.support.executions import Case, execution_start

NAMES: Final = st.sampled_from(("a", "b"))
RESULTS: Final = st.recursive(
    st.sampled_from((1, "t", None, [], "")) | DATA,
    lambda inner: st.dictionaries(NAMES, inner, max_size=2) | st.lists(inner, max_size=2),
    max_leaves=6,
)
PATHS: Final = st.lists(NAMES.map(".{}".format) | st.just("[0]"), min_size=1, max_size=3).map("".join).map("${}".format)

FORMS: Final[dict[str, dict[str, Any]]] = {
    "InputPath": {"Type": "Pass", "InputPath": "PATH", "End": True},
    "OutputPath": {"Type": "Wait", "Seconds": 0, "OutputPath": "PATH", "End": True},
    "Parameters": {"Type": "Pass", "Parameters": {"x.$": "PATH"}, "End": True},
    "a function": {"Type": "Pass", "Parameters": {"x.$": "States.Array(PATH)"}, "End": True},
    "a rule": {"Type": "Choice", "Choices": [{"Variable": "PATH", "IsNull": True, "Next": "E"}], "Default": "E"},
    "ItemsPath": {
        "Type": "Map",
        "ItemsPath": "PATH",
        "ItemProcessor": {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}},
        "End": True,
    },
    "SecondsPath": {"Type": "Wait", "SecondsPath": "PATH", "End": True},
}


async def _answer(call: TaskCall) -> JsonValue:
    raise AssertionError("there is no Task")


def _with_path(form: Any, path: str) -> Any:
    match form:
        case dict():
            return {name: _with_path(value, path) for name, value in form.items()}
        case list():
            return [_with_path(value, path) for value in form]
        case str():
            return form.replace("PATH", path)
        case _:
            return form


def _succeeds(text: str) -> bool:
    start = execution_start(Case(name="x", definition=None, source="", status="SUCCEEDED", history=()))
    host = InProcessHost(parse_definition(text, Registry()), start, None, Router(), _answer, skip_time=True)
    asyncio.run(host.run())
    return render(host.events)[-1]["type"] == "ExecutionSucceeded"


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None)
@given(result=RESULTS, path=PATHS)
def test_it_fails_where_a_path_is_said_to_lead_nowhere(form: str, result: Any, path: str) -> None:
    state = _with_path(FORMS[form], path)
    states = {"R": {"Type": "Pass", "Result": result, "Next": "S"}, "S": state}
    if state["Type"] == "Choice":
        states["E"] = {"Type": "Succeed"}
    text = json_text({"StartAt": "R", "States": states})
    said = any(found.code == PATH_NEVER_MATCHES for found in validate_definition(text, Registry()))
    if said:
        assert not _succeeds(text)
    elif form != "SecondsPath" and not path.endswith("[0]"):  # numbers and ends of arrays are not judged
        assert _succeeds(text)
