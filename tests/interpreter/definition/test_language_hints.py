"""Hints on the query language: what they name must be what the object with the fault really takes.

Each kind of object that belongs to a language gets each field that any has, rightly and wrongly spelt, with values of
several forms. What an object takes is asked of the parser itself, so that no table vouches for itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pytest

from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.schema import (
    CATCHER_FIELDS,
    ITEM_BATCHER_FIELDS,
    ITEM_READER_FIELDS,
    LANGUAGES,
    MACHINE_FIELDS,
    READER_CONFIG_FIELDS,
    RESULT_WRITER_FIELDS,
    RETRIER_FIELDS,
    STATE_FIELDS,
    QueryLanguage,
)
from interpreter.definition.validate import validate_definition
from tests.interpreter.definition.catalogs import TEST_CATALOG

_FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:work"
_MACHINE: Final = {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}
_DISTRIBUTED: Final = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **_MACHINE}
_DISTRIBUTED_MAP: Final = {"Type": "Map", "ItemProcessor": _DISTRIBUTED, "End": True}
_LIST_OBJECTS: Final = "arn:aws:states:::s3:listObjectsV2"
_PUT_OBJECT: Final = "arn:aws:states:::s3:putObject"
_TASK: Final = {"Type": "Task", "Resource": _FUNCTION, "End": True}
_RULES: Final[Mapping[str, Mapping[str, Any]]] = {
    "JSONPath": {"Variable": "$.x", "IsNull": True},
    "JSONata": {"Condition": True},
}

_STATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "Task": _TASK,
    "Wait": {"Type": "Wait", "Seconds": 1, "End": True},
    "Pass": {"Type": "Pass", "End": True},
    "Succeed": {"Type": "Succeed"},
    "Fail": {"Type": "Fail"},
    "Choice": {"Type": "Choice", "Choices": [], "Default": "E"},
    "Parallel": {"Type": "Parallel", "Branches": [_MACHINE], "End": True},
    "Map": _DISTRIBUTED_MAP,
}
_PARTS: Final = ("branch", "rule", "retrier", "catcher", "reader", "reader's config", "batcher", "writer", "machine")
_TABLES: Final = (
    *STATE_FIELDS.values(),
    *(MACHINE_FIELDS, RETRIER_FIELDS, CATCHER_FIELDS, ITEM_READER_FIELDS, READER_CONFIG_FIELDS),
    *(ITEM_BATCHER_FIELDS, RESULT_WRITER_FIELDS),
)
_NAMES: Final = tuple(sorted(frozenset().union(*_TABLES) | {"Variable", "Condition", "NumericEquals", "And"}))
_NEEDED: Final = ("Type", "QueryLanguage", "Resource", "Choices", "ItemProcessor", "Iterator", "States", "StartAt")
"""Which stay as they are where all others are written, as the object would not be looked into without them."""

_SUGGESTIONS: Final = 25
"""Misspelt fields in one definition: of more not all get a hint."""

_VALUES: Final[tuple[object, ...]] = ({}, "{% 1 %}", "$.x", "$", 1, [])


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of object, in a state that is written in a language."""

    kind: str
    language: QueryLanguage

    def definition(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """A definition with such an object, which has these members on top of what it must have."""
        if self.kind == "machine":
            return {"QueryLanguage": self.language, **_MACHINE, **members}
        state = {"QueryLanguage": self.language, **self._state(members)}
        return {"StartAt": "S", "States": {"S": state, "E": {"Type": "Succeed"}}}

    def _state(self, members: Mapping[str, Any]) -> dict[str, Any]:
        rule = _RULES[self.language]
        match self.kind:
            case "branch":
                return {"Type": "Choice", "Choices": [{**rule, "Next": "E", **members}]}
            case "rule":
                nested = [{**_RULES["JSONPath"], **members}]
                return {"QueryLanguage": "JSONPath", "Type": "Choice", "Choices": [{"And": nested, "Next": "E"}]}
            case "retrier":
                return {**_TASK, "Retry": [{"ErrorEquals": ["A"], **members}]}
            case "catcher":
                return {**_TASK, "Catch": [{"ErrorEquals": ["A"], "Next": "E", **members}]}
            case "reader":
                return {**_DISTRIBUTED_MAP, "ItemReader": {"Resource": _LIST_OBJECTS, **members}}
            case "reader's config":
                reader = {"Resource": _LIST_OBJECTS, "ReaderConfig": members}
                return {**_DISTRIBUTED_MAP, "ItemReader": reader}
            case "batcher":
                return {**_DISTRIBUTED_MAP, "ItemBatcher": {"MaxItemsPerBatch": 1, **members}}
            case "writer":
                return {**_DISTRIBUTED_MAP, "ResultWriter": {"Resource": _PUT_OBJECT, **members}}
            case _:
                return {**_STATES[self.kind], **members}


HOLDERS: Final = [Holder(kind, language) for kind in (*_STATES, *_PARTS) for language in LANGUAGES]


@cache
def _takes(holder: Holder, name: str) -> bool:
    found = _found(holder.definition({name: {}}))
    refusals = f"[Ff]ield '?{name}'? (is not supported|not allowed|is only supported)"
    return not any(re.search(refusals, one.message) for one in found)


def _found(definition: Mapping[str, Any]) -> list[Diagnostic]:
    return validate_definition(json.dumps(definition), TEST_CATALOG, machine_type="STANDARD")


def _wrongly_named(holder: Holder, members: Mapping[str, Any]) -> Iterator[str]:
    """The hints that name a field which the object does not take."""
    for one in _found(holder.definition(members)):
        if one.severity != "ERROR" or one.hint is None or one.hint.startswith("found "):
            continue
        proposed = one.hint.partition(" where ")[0]  # what follows is quoted from the definition
        named = set(re.findall(r"[A-Z][A-Za-z]+", proposed)) & {*_NAMES} - {"QueryLanguage"}
        yield from (f"{one.message}: {one.hint}" for name in named if not _takes(holder, name))


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: f"{holder.kind} in {holder.language}")
def test_a_hint_names_only_what_the_object_takes(holder: Holder) -> None:
    all_fields = [name for name in _NAMES if name not in _NEEDED]
    assert [hint for value in _VALUES for hint in _wrongly_named(holder, dict.fromkeys(all_fields, value))] == []


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: f"{holder.kind} in {holder.language}")
def test_a_misspelt_field_is_mended_to_one_that_the_object_takes(holder: Holder) -> None:
    misspelt = [spelt for name in _NAMES for spelt in (name[:-1], f"{name}s") if spelt not in _NAMES]
    some = [misspelt[first : first + _SUGGESTIONS] for first in range(0, len(misspelt), _SUGGESTIONS)]
    assert [hint for names in some for hint in _wrongly_named(holder, dict.fromkeys(names, 1))] == []


@pytest.mark.parametrize("kind", [*_STATES, *(part for part in _PARTS if part not in ("rule", "machine"))])
def test_an_expression_that_is_said_to_need_jsonata_is_taken_there(kind: str) -> None:
    holder = Holder(kind, QueryLanguage.JSONPATH)
    for name in _NAMES:
        hints = [one.hint or "" for one in _found(holder.definition({name: "{% 1 %}"}))]
        for hint in (one for one in hints if one.startswith("expressions need")):
            there = hint.rpartition(" where it is ")[2] if " where it is " in hint else name
            mended = Holder(kind, QueryLanguage.JSONATA).definition({there: "{% 1 %}"})
            assert [one.text() for one in _found(mended) if f"'{there}'" in one.message] == []
            assert [one.text() for one in _found(mended) if (one.location or "").endswith(f"/{there}")] == []


@dataclass(frozen=True, slots=True)
class Case:
    """A field of the other language in an object, and the hint."""

    kind: str
    language: QueryLanguage
    name: str
    value: Any
    hint: str | None


_PATHS: Final = QueryLanguage.JSONPATH
_DATA: Final = QueryLanguage.JSONATA
CASES: Final = [
    Case("Task", _DATA, "Parameters", {}, "in JSONata it is Arguments"),
    Case("Pass", _DATA, "Parameters", {}, "in JSONata it is Output"),
    Case("Map", _DATA, "Parameters", {}, "in JSONata it is ItemSelector"),
    Case("Task", _PATHS, "Output", {}, "in JSONPath it is ResultSelector, ResultPath or OutputPath"),
    Case("Pass", _PATHS, "Output", {}, "in JSONPath it is Parameters, ResultPath or OutputPath"),
    Case("Choice", _PATHS, "Output", {}, "in JSONPath it is OutputPath"),
    Case("catcher", _PATHS, "Output", {}, "in JSONPath it is ResultPath"),
    Case("branch", _PATHS, "Output", {}, None),
    Case("branch", _PATHS, "Condition", True, "in JSONPath it is Variable with an operator"),
    Case("branch", _DATA, "Variable", "$.x", "in JSONata it is Condition"),
    Case("Wait", _DATA, "SecondsPath", "$.x", "in JSONata it is an expression in Seconds"),
    Case("Wait", _DATA, "InputPath", "$.x", "in JSONata it is an expression on $states.input"),
    Case("Task", _PATHS, "Argument", {}, "in JSONPath it is Parameters"),
    Case("Task", _PATHS, "Parameters", "{% 1 %}", 'expressions need "QueryLanguage": "JSONata", where it is Arguments'),
    Case("machine", _PATHS, "TimeoutSeconds", "$.x", "found a string"),
    Case("retrier", _PATHS, "MaxAttempts", "{% 1 %}", "found a string"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} in {case.kind} in {case.language}")
def test_what_is_proposed(case: Case) -> None:
    found = _found(Holder(case.kind, case.language).definition({case.name: case.value}))
    assert case.hint in [one.hint for one in found if one.severity == "ERROR"]
