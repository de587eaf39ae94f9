"""A JSON Schema (draft 2020-12) of the Amazon States Language, for editors: completion, hovers, faults while one types.

Made of the tables that the parser reads (`interpreter.definition.schema`, the operators of `interpreter.choice_rules`).
It takes every valid definition. What a schema cannot say is left to `steploom validate`: names of states that do not
exist, expressions that do not parse, paths beyond their beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from interpreter.choice_rules import OPERATORS, OperandType, OperatorKind
from interpreter.definition import descriptions
from interpreter.definition.descriptions import describe
from interpreter.definition.json_schema_fields import (
    DATA,
    PATH,
    PATHS,
    TIMESTAMP,
    Schema,
    has_value,
    name_in,
    object_of,
    one_of,
    pattern_of,
    payload_template,
    payload_value,
    ref,
)
from interpreter.definition.schema import (
    CATCHER_FIELDS,
    DISTRIBUTED_FIELDS,
    EXCLUSIVE_FIELDS,
    LANGUAGES,
    MACHINE_FIELDS,
    NESTED_MACHINE_FIELDS,
    PROCESSOR_FIELDS,
    PROCESSOR_SPELLINGS,
    REQUIRED_FIELDS,
    RETRIER_FIELDS,
    STATE_FIELDS,
    STATE_TYPES,
    TRANSITION_TYPES,
    WAIT_FORMS,
    FieldTable,
    QueryLanguage,
)
from interpreter.limits import AWS_DEFINITIONS

_ACTIVITY: Final = r"^[^:]+:[^:]+:states:[^:]+:[^:]+:activity:"


def asl_json_schema() -> Schema:
    """The schema of a whole definition. A new object each time."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Amazon States Language",
        "description": "The definition of a state machine of AWS Step Functions.",
        **object_of("Machine", MACHINE_FIELDS, None, required=("StartAt", "States")),
        "if": has_value("QueryLanguage", "JSONata"),
        "then": {"properties": {"States": _states(DATA)}},
        "else": {"properties": {"States": _states(None)}},
        "$defs": dict(_definitions()),
    }


def _definitions() -> Iterable[tuple[str, Schema]]:
    yield "payloadTemplate", payload_template()
    yield "payloadValue", payload_value()
    for inner in (None, DATA):
        yield name_in("state", inner), _state(inner)
        yield name_in("branch", inner), _machine(NESTED_MACHINE_FIELDS, inner)
        yield name_in("processor", inner), _machine(PROCESSOR_FIELDS, inner)
        for language in LANGUAGES if inner is None else (inner,):
            for state_type in STATE_TYPES:
                yield _type_name(state_type, language, inner), _typed_state(state_type, language, inner)
    for language in LANGUAGES:
        yield name_in("retrier", language), _retrier(language)
        yield name_in("catcher", language), _catcher(language)
    yield "rule", _rule(())
    yield "branchOfChoice", _rule(("Next", "Comment", "Assign"))
    yield name_in("branchOfChoice", DATA), _condition()


def _type_name(state_type: str, language: QueryLanguage, inner: QueryLanguage | None) -> str:
    return f"{state_type}.{language}" if inner is None else f"{state_type}.{language}.only"


# --- machines and states -----------------------------------------------------------------------------------------


def _machine(table: FieldTable, inner: QueryLanguage | None) -> Schema:
    schema = object_of("Nested", table, None, required=("StartAt", "States"))
    schema["properties"]["States"].update(_states(inner))
    return schema


def _states(inner: QueryLanguage | None) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"minLength": 1, "maxLength": AWS_DEFINITIONS.state_name_characters},
        "additionalProperties": ref(name_in("state", inner)),
    }


def _state(inner: QueryLanguage | None) -> Schema:
    """A state of any type, in a machine whose states are all in `inner`, or None where each says its own."""
    types = [{"const": name, "description": descriptions.STATE_TYPES[name]} for name in STATE_TYPES]
    languages = LANGUAGES if inner is None else (inner,)
    schema: Schema = {
        "type": "object",
        "properties": {
            "Type": {"oneOf": types, "description": describe("Type", "State")},
            "QueryLanguage": {"enum": list(languages), "description": describe("QueryLanguage", "State")},
        },
        "required": ["Type"],
    }
    if inner is not None:
        return {**schema, **_by_type(inner, inner)}
    return {
        **schema,
        "if": has_value("QueryLanguage", "JSONata"),
        "then": _by_type(DATA, None),
        "else": _by_type(PATHS, None),
    }


def _by_type(language: QueryLanguage, inner: QueryLanguage | None) -> Schema:
    return {
        "allOf": [
            {
                "if": has_value("Type", state_type),
                "then": ref(_type_name(state_type, language, inner)),
            }
            for state_type in STATE_TYPES
        ]
    }


def _typed_state(state_type: str, language: QueryLanguage, inner: QueryLanguage | None) -> Schema:
    alternatives = [*_alternatives(state_type, language)]
    schema = object_of(
        state_type,
        STATE_FIELDS[state_type],
        language,
        required=REQUIRED_FIELDS.get(state_type, ()),
        exclusive=[group for group in EXCLUSIVE_FIELDS if all(set(group).isdisjoint(one) for one in alternatives)],
    )
    rules: list[Schema] = [*schema.pop("allOf", ()), *map(one_of, alternatives)]
    if state_type == "Task":
        rules.append(_without_credentials())
    if state_type == "Parallel":
        schema["properties"]["Branches"]["items"] = ref(name_in("branch", inner))
    if state_type == "Map":
        for field in PROCESSOR_SPELLINGS:
            schema["properties"][field].update(ref(name_in("processor", inner)))
        rules.append(_only_distributed())
    return {**schema, "allOf": rules} if rules else schema


def _alternatives(state_type: str, language: QueryLanguage) -> Iterable[Sequence[str]]:
    """Groups of fields of which a state has exactly one."""
    if state_type in TRANSITION_TYPES:
        yield ("Next", "End")
    if state_type == "Wait":
        yield WAIT_FORMS[language]
    if state_type == "Map":
        yield PROCESSOR_SPELLINGS


def _without_credentials() -> Schema:
    """What a Task on an activity has not."""
    activity = {"properties": {"Resource": {"pattern": _ACTIVITY}}, "required": ["Resource"]}
    return {"if": activity, "then": {"properties": {"Credentials": False}}}


def _only_distributed() -> Schema:
    """What a Map has in the mode DISTRIBUTED only."""
    processor = {"properties": {"ProcessorConfig": has_value("Mode", "DISTRIBUTED")}, "required": ["ProcessorConfig"]}
    is_distributed = {
        "anyOf": [{"properties": {field: processor}, "required": [field]} for field in PROCESSOR_SPELLINGS]
    }
    return {"if": is_distributed, "else": {"properties": dict.fromkeys(DISTRIBUTED_FIELDS, False)}}


# --- Retry, Catch, Choice ----------------------------------------------------------------------------------------


def _retrier(language: QueryLanguage) -> Schema:
    return object_of("Retrier", RETRIER_FIELDS, language, required=("ErrorEquals",))


def _catcher(language: QueryLanguage) -> Schema:
    return object_of("Catcher", CATCHER_FIELDS, language, required=("ErrorEquals", "Next"))


def _condition() -> Schema:
    """A branch of a JSONata Choice."""
    table: FieldTable = dict.fromkeys(("Condition", "Next", "Comment", "Assign", "Output"))
    return object_of("Branch", table, DATA, required=("Condition", "Next"))


def _rule(beside: Sequence[str]) -> Schema:
    """A rule of a JSONPath Choice; `beside` are the fields of a branch, none for a rule in a rule."""
    table: FieldTable = dict.fromkeys((*beside, "Comment", "Variable", "And", "Or", "Not"))
    schema = object_of("Branch", table, PATHS, required=("Next",) if beside else ())
    schema["properties"].update({name: _operator(kind) for name, kind in OPERATORS.items()})
    parts = {"type": "array", "minItems": 1, "items": ref("rule")}
    for field, value in (("And", parts), ("Or", parts), ("Not", ref("rule"))):
        schema["properties"][field].update(value)
    combinations = [
        {
            "required": [field],
            "not": {"required": ["Variable"]},
            "errorMessage": f"There may be only one of Variable and {field}.",
        }
        for field in ("And", "Or", "Not")
    ]
    schema["oneOf"] = [{"required": ["Variable"], **one_of(OPERATORS)}, *combinations]
    return schema


def _operator(kind: OperatorKind) -> Schema:
    if kind.is_path:
        text = f"As {kind.name.removesuffix('Path')}, with the value that this path leads to."
        return {"type": "string", **pattern_of(PATH), "description": text}
    return {**_OPERANDS[kind.operand], "description": f"Compares the value of Variable: {_spelt(kind.name)}."}


def _spelt(name: str) -> str:
    """`StringLessThanEquals` as words."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


_OPERANDS: Final[Mapping[OperandType, Schema]] = {
    OperandType.STRING: {"type": "string"},
    OperandType.NUMBER: {"type": "number"},
    OperandType.BOOLEAN: {"type": "boolean"},
    OperandType.TIMESTAMP: {"type": "string", "pattern": f"^{TIMESTAMP}$"},
}
