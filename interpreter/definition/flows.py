"""Parses how data flows through a state, a branch of its Choice or a catcher, in the language of the state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final, assert_never

from interpreter.definition.fields import Fields
from interpreter.definition.model import WHOLE_DOCUMENT, WHOLE_RESULT, Flow, JsonataFlow, PathFlow
from interpreter.definition.schema import STATE_FIELDS, QueryLanguage

_WITH_RESULT: Final = frozenset({"Task", "Parallel", "Map"})
"""The types of state that have `$states.result`."""


def parse_flow(state_type: str, fields: Fields) -> Flow:
    """The flow of a state of a type."""
    allowed = STATE_FIELDS[state_type].keys() - ({"Parameters"} if state_type == "Map" else set())
    match fields.language:
        case QueryLanguage.JSONPATH:
            return _path_flow(fields, allowed)
        case QueryLanguage.JSONATA:
            seen = ("result",) if state_type in _WITH_RESULT else ()
            return JsonataFlow(
                arguments=fields.jsonata("Arguments") if "Arguments" in allowed else None,
                output=fields.jsonata("Output", seen) if "Output" in allowed else None,
                assign=fields.jsonata_object("Assign", seen) if "Assign" in allowed else None,
            )
        case _:
            assert_never(fields.language)


def _path_flow(fields: Fields, allowed: Collection[str]) -> PathFlow:
    return PathFlow(
        input_path=fields.path("InputPath") if "InputPath" in allowed else WHOLE_DOCUMENT,
        parameters=fields.template("Parameters") if "Parameters" in allowed else None,
        result_selector=fields.template("ResultSelector") if "ResultSelector" in allowed else None,
        result_path=fields.result_path() if "ResultPath" in allowed else WHOLE_RESULT,
        output_path=fields.path("OutputPath") if "OutputPath" in allowed else WHOLE_DOCUMENT,
        assign=fields.template("Assign") if "Assign" in allowed else None,
    )


def parse_branch_flow(entry: Fields, of_state: Flow) -> Flow:
    """The flow that takes the place of a Choice's own, `of_state`, where one of its branches wins."""
    match of_state:
        case PathFlow():
            return replace(of_state, assign=entry.template("Assign"))
        case JsonataFlow():
            return JsonataFlow(output=entry.jsonata("Output"), assign=entry.jsonata_object("Assign"))
        case _:
            assert_never(of_state)


def parse_catcher_flow(entry: Fields) -> Flow:
    """The flow of a catcher, whose result is the error output."""
    match entry.language:
        case QueryLanguage.JSONPATH:
            return PathFlow(result_path=entry.result_path(), assign=entry.template("Assign"))
        case QueryLanguage.JSONATA:
            seen = ("errorOutput",)
            return JsonataFlow(output=entry.jsonata("Output", seen), assign=entry.jsonata_object("Assign", seen))
        case _:
            assert_never(entry.language)
