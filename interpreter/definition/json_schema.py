"""A JSON Schema (draft 2020-12) of the Amazon States Language, for editors: completion, hovers, faults while one types.

Made of the tables that the parser reads (`interpreter.definition.schema`, the operators of `interpreter.choice_rules`).
It takes every valid definition. What a schema cannot say is left to `steploom validate`: names of states that do not
exist, expressions that do not parse, paths beyond their beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from interpreter.choice_rules import OPERATORS, OperandType, OperatorKind
from interpreter.definition import descriptions
from interpreter.definition.descriptions import describe
from interpreter.definition.schema import (
    BATCHER_EXCLUSIVE_FIELDS,
    BATCHER_LIMITS,
    CATCHER_FIELDS,
    CREDENTIALS_FIELDS,
    CSV_DELIMITERS,
    CSV_HEADER_LOCATIONS,
    DISTRIBUTED_FIELDS,
    EXCLUSIVE_FIELDS,
    EXECUTION_TYPES,
    INPUT_TYPES,
    ITEM_BATCHER_FIELDS,
    ITEM_READER_FIELDS,
    JITTER_STRATEGIES,
    LANGUAGES,
    LONGEST_LABEL,
    MACHINE_FIELDS,
    MANIFEST_TYPES,
    NESTED_MACHINE_FIELDS,
    NOT_IN_LABELS,
    OUTPUT_TYPES,
    PROCESSOR_CONFIG_FIELDS,
    PROCESSOR_FIELDS,
    PROCESSOR_MODES,
    PROCESSOR_SPELLINGS,
    RANGES,
    READER_CONFIG_FIELDS,
    READER_EXCLUSIVE_FIELDS,
    READER_TRANSFORMATIONS,
    REQUIRED_FIELDS,
    RESERVED_ERRORS,
    RESULT_WRITER_FIELDS,
    RETRIER_FIELDS,
    STATE_FIELDS,
    STATE_TYPES,
    TRANSITION_TYPES,
    VERSIONS,
    WAIT_FORMS,
    WRITER_CONFIG_FIELDS,
    WRITER_TRANSFORMATIONS,
    FieldTable,
    QueryLanguage,
)
from interpreter.limits import AWS_DEFINITIONS

Schema: TypeAlias = dict[str, Any]

_PATHS: Final = QueryLanguage.JSONPATH
_DATA: Final = QueryLanguage.JSONATA

_EXPRESSION: Final = r"^\{%[\s\S]*%\}$"
_PATH: Final = r"^\$"
_PATH_OR_CALL: Final = r"^(\$|States\.)"
_RESULT_PATH: Final = r"^\$([.\[][\s\S]*)?$"
_TIMESTAMP: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"
_RESOURCE: Final = r"^arn:aws(-[a-z]+)*:(states|lambda):"
_ACTIVITY: Final = r"^[^:]+:[^:]+:states:[^:]+:[^:]+:activity:"
_VARIABLE: Final = r"^[^\s.$\d][^\s.$]*"

_SAID: Final[Mapping[str, str]] = {
    _EXPRESSION: "A JSONata expression stands between {% and %}.",
    _PATH: "A path begins with $.",
    _PATH_OR_CALL: "A path, which begins with $, or an intrinsic function, which begins with States., is expected.",
    _RESULT_PATH: "A path into the input, which begins with $, is expected.",
}
"""What editors say where a text does not match."""

_ENUMERATIONS: Final[Mapping[str, Sequence[str]]] = {
    "Machine.QueryLanguage": LANGUAGES,
    "Version": VERSIONS,
    "JitterStrategy": JITTER_STRATEGIES,
    "Mode": PROCESSOR_MODES,
    "ExecutionType": EXECUTION_TYPES,
    "InputType": INPUT_TYPES,
    "ManifestType": MANIFEST_TYPES,
    "ReaderConfig.Transformation": READER_TRANSFORMATIONS,
    "CSVDelimiter": CSV_DELIMITERS,
    "CSVHeaderLocation": CSV_HEADER_LOCATIONS,
    "WriterConfig.Transformation": WRITER_TRANSFORMATIONS,
    "OutputType": OUTPUT_TYPES,
}
_TEMPLATES: Final = frozenset(
    {"Parameters", "ResultSelector", "ItemSelector", "BatchInput", "Arguments", "Output", "Assign"}
)
_NAMES: Final = frozenset({"StartAt", "Next", "Default"})


def asl_json_schema() -> Schema:
    """The schema of a whole definition. A new object each time."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Amazon States Language",
        "description": "The definition of a state machine of AWS Step Functions.",
        **_object("Machine", MACHINE_FIELDS, None, required=("StartAt", "States")),
        "if": _is("QueryLanguage", "JSONata"),
        "then": {"properties": {"States": _states(_DATA)}},
        "else": {"properties": {"States": _states(None)}},
        "$defs": dict(_definitions()),
    }


def _definitions() -> Iterable[tuple[str, Schema]]:
    yield "payloadTemplate", _payload_template()
    yield "payloadValue", _payload_value()
    for inner in (None, _DATA):
        yield _name("state", inner), _state(inner)
        yield _name("branch", inner), _machine(NESTED_MACHINE_FIELDS, inner)
        yield _name("processor", inner), _machine(PROCESSOR_FIELDS, inner)
        for language in LANGUAGES if inner is None else (inner,):
            for state_type in STATE_TYPES:
                yield _type_name(state_type, language, inner), _typed_state(state_type, language, inner)
    for language in LANGUAGES:
        yield _name("retrier", language), _retrier(language)
        yield _name("catcher", language), _object("Catcher", CATCHER_FIELDS, language, required=("ErrorEquals", "Next"))
    yield "rule", _rule(())
    yield "branchOfChoice", _rule(("Next", "Comment", "Assign"))
    yield _name("branchOfChoice", _DATA), _condition()


def _name(what: str, language: QueryLanguage | None) -> str:
    """The name of a definition for one language; None where states may be in either."""
    return what if language is None else f"{what}.{language}"


def _type_name(state_type: str, language: QueryLanguage, inner: QueryLanguage | None) -> str:
    return f"{state_type}.{language}" if inner is None else f"{state_type}.{language}.only"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


# --- objects -----------------------------------------------------------------------------------------------------


def _object(
    owner: str,
    table: FieldTable,
    language: QueryLanguage | None,
    *,
    required: Sequence[str] = (),
    exclusive: Iterable[Sequence[str]] = (),
) -> Schema:
    """An object with the fields of `table` that there are in `language`."""
    fields = [field for field, only in table.items() if only is None or language is None or only is language]
    schema: Schema = {
        "type": "object",
        "properties": {field: _field(field, owner, language) for field in fields},
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    groups = [[field for field in group if field in fields] for group in exclusive]
    rules = [rule for group in groups for rule in _at_most_one(group)]
    if rules:
        schema["allOf"] = rules
    return schema


def _at_most_one(group: Sequence[str]) -> list[Schema]:
    return [
        {"not": {"required": [one, other]}, "errorMessage": f"There may be only one of {one} and {other}."}
        for index, one in enumerate(group)
        for other in group[index + 1 :]
    ]


def _pattern(pattern: str) -> Schema:
    """The keyword `pattern`, and what Visual Studio Code says where a text does not match."""
    return {"pattern": pattern, "patternErrorMessage": _SAID[pattern]}


def _is(field: str, value: str) -> Schema:
    """Whether a field is there and has this value."""
    return {"properties": {field: {"const": value}}, "required": [field]}


def _one_of(fields: Iterable[str]) -> Schema:
    return {"oneOf": [{"required": [field]} for field in fields]}


def _any_of(fields: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [field]} for field in fields]}


def _field(field: str, owner: str, language: QueryLanguage | None) -> Schema:
    return {**_value(field, owner, language), "description": describe(field, owner)}


def _value(field: str, owner: str, language: QueryLanguage | None) -> Schema:
    """What a field may be."""
    values = _ENUMERATIONS.get(f"{owner}.{field}") or _ENUMERATIONS.get(field)
    if values is not None:
        return {"enum": list(values)}
    if field in RANGES:
        return _number(field, language)
    if field in _TEMPLATES and language is not None:
        return _template(field, language)
    if field.endswith("Path"):
        return _path(field)
    if field in _NAMES:
        return {"type": "string", "minLength": 1, "maxLength": AWS_DEFINITIONS.state_name_characters}
    return _OTHERS[field](owner, language)


def _number(field: str, language: QueryLanguage | None) -> Schema:
    allowed = RANGES[field]
    kind = "number" if isinstance(allowed.minimum, float) else "integer"
    schema: Schema = {"type": kind, "minimum": allowed.minimum}
    if allowed.maximum is not None:
        schema["maximum"] = allowed.maximum
    takes_expressions = language is _DATA and field not in RETRIER_FIELDS
    return {**schema, "type": [kind, "string"], **_pattern(_EXPRESSION)} if takes_expressions else schema


def _path(field: str) -> Schema:
    if field in ("InputPath", "OutputPath"):
        return {"type": ["string", "null"], **_pattern(_PATH)}
    if field == "ResultPath":
        return {"type": ["string", "null"], **_pattern(_RESULT_PATH)}
    return {"type": "string", **_pattern(_PATH_OR_CALL if field in ("ErrorPath", "CausePath") else _PATH)}


# --- templates ---------------------------------------------------------------------------------------------------


def _template(field: str, language: QueryLanguage) -> Schema:
    if field == "Assign":
        names = {"pattern": _VARIABLE + (r"(\.\$)?$" if language is _PATHS else "$")}
        longest = AWS_DEFINITIONS.variable_name_characters + (len(".$") if language is _PATHS else 0)
        named = {"propertyNames": {**names, "maxLength": longest, "not": {"enum": ["states", "states.$"]}}}
        return {**_ref("payloadTemplate"), **named} if language is _PATHS else {"type": "object", **named}
    return _ref("payloadTemplate") if language is _PATHS else {}


def _payload_template() -> Schema:
    return {
        "type": "object",
        "patternProperties": {
            r"\.\$$": {
                "type": "string",
                **_pattern(_PATH_OR_CALL),
                "description": "Where the value is found: a path, or an intrinsic function such as"
                " States.Format('{}', $.x).",
            }
        },
        "additionalProperties": _ref("payloadValue"),
    }


def _payload_value() -> Schema:
    return {
        "if": {"type": "object"},
        "then": _ref("payloadTemplate"),
        "else": {"if": {"type": "array"}, "then": {"items": _ref("payloadValue")}},
    }


# --- machines and states -----------------------------------------------------------------------------------------


def _machine(table: FieldTable, inner: QueryLanguage | None) -> Schema:
    schema = _object("Nested", table, None, required=("StartAt", "States"))
    schema["properties"]["States"].update(_states(inner))
    return schema


def _states(inner: QueryLanguage | None) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"minLength": 1, "maxLength": AWS_DEFINITIONS.state_name_characters},
        "additionalProperties": _ref(_name("state", inner)),
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
        "if": _is("QueryLanguage", "JSONata"),
        "then": _by_type(_DATA, None),
        "else": _by_type(_PATHS, None),
    }


def _by_type(language: QueryLanguage, inner: QueryLanguage | None) -> Schema:
    return {
        "allOf": [
            {
                "if": _is("Type", state_type),
                "then": _ref(_type_name(state_type, language, inner)),
            }
            for state_type in STATE_TYPES
        ]
    }


def _typed_state(state_type: str, language: QueryLanguage, inner: QueryLanguage | None) -> Schema:
    alternatives = [*_alternatives(state_type, language)]
    schema = _object(
        state_type,
        STATE_FIELDS[state_type],
        language,
        required=REQUIRED_FIELDS.get(state_type, ()),
        exclusive=[group for group in EXCLUSIVE_FIELDS if all(set(group).isdisjoint(one) for one in alternatives)],
    )
    rules: list[Schema] = [*schema.pop("allOf", ()), *map(_one_of, alternatives)]
    if state_type == "Task":
        rules.append(_without_credentials())
    if state_type == "Parallel":
        schema["properties"]["Branches"]["items"] = _ref(_name("branch", inner))
    if state_type == "Map":
        for field in PROCESSOR_SPELLINGS:
            schema["properties"][field].update(_ref(_name("processor", inner)))
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
    processor = {"properties": {"ProcessorConfig": _is("Mode", "DISTRIBUTED")}, "required": ["ProcessorConfig"]}
    is_distributed = {
        "anyOf": [{"properties": {field: processor}, "required": [field]} for field in PROCESSOR_SPELLINGS]
    }
    return {"if": is_distributed, "else": {"properties": dict.fromkeys(DISTRIBUTED_FIELDS, False)}}


# --- Retry, Choice -----------------------------------------------------------------------------------------------


def _retrier(language: QueryLanguage) -> Schema:
    return _object("Retrier", RETRIER_FIELDS, language, required=("ErrorEquals",))


def _condition() -> Schema:
    """A branch of a JSONata Choice."""
    table: FieldTable = dict.fromkeys(("Condition", "Next", "Comment", "Assign", "Output"))
    return _object("Branch", table, _DATA, required=("Condition", "Next"))


def _rule(beside: Sequence[str]) -> Schema:
    """A rule of a JSONPath Choice; `beside` are the fields of a branch, none for a rule in a rule."""
    table: FieldTable = dict.fromkeys((*beside, "Comment", "Variable", "And", "Or", "Not"))
    schema = _object("Branch", table, _PATHS, required=("Next",) if beside else ())
    schema["properties"].update({name: _operator(kind) for name, kind in OPERATORS.items()})
    parts = {"type": "array", "minItems": 1, "items": _ref("rule")}
    for field, value in (("And", parts), ("Or", parts), ("Not", _ref("rule"))):
        schema["properties"][field].update(value)
    combinations = [
        {
            "required": [field],
            "not": {"required": ["Variable"]},
            "errorMessage": f"There may be only one of Variable and {field}.",
        }
        for field in ("And", "Or", "Not")
    ]
    schema["oneOf"] = [{"required": ["Variable"], **_one_of(OPERATORS)}, *combinations]
    return schema


def _operator(kind: OperatorKind) -> Schema:
    if kind.is_path:
        text = f"As {kind.name.removesuffix('Path')}, with the value that this path leads to."
        return {"type": "string", **_pattern(_PATH), "description": text}
    return {**_OPERANDS[kind.operand], "description": f"Compares the value of Variable: {_spelt(kind.name)}."}


def _spelt(name: str) -> str:
    """`StringLessThanEquals` as words."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


_OPERANDS: Final[Mapping[OperandType, Schema]] = {
    OperandType.STRING: {"type": "string"},
    OperandType.NUMBER: {"type": "number"},
    OperandType.BOOLEAN: {"type": "boolean"},
    OperandType.TIMESTAMP: {"type": "string", "pattern": f"^{_TIMESTAMP}$"},
}


# --- fields that are none of the above ---------------------------------------------------------------------------


def _label_pattern() -> str:
    refused = "".join(f"\\{char}" if char in "\\[]^" else char for char in sorted(NOT_IN_LABELS))
    return rf"^[^\s\u0000-\u001f\u007f-\u009f{refused}]+$"


def _timestamp(_owner: str, language: QueryLanguage | None) -> Schema:
    either = rf"^({_TIMESTAMP}|\{{%[\s\S]*%\}})$" if language is _DATA else f"^{_TIMESTAMP}$"
    return {"type": "string", "pattern": either}


def _credentials(_owner: str, language: QueryLanguage | None) -> Schema:
    names = CREDENTIALS_FIELDS[_PATHS if language is None else language]
    properties: dict[str, Schema] = {name: {"type": "string", "description": describe(name, "Task")} for name in names}
    if "RoleArn.$" in properties:
        properties["RoleArn.$"]["pattern"] = _PATH_OR_CALL
    return {"type": "object", "properties": properties, **_any_of(names)}


def _resource(owner: str, _language: QueryLanguage | None) -> Schema:
    actions = {"ItemReader": "(getObject|listObjectsV2)", "ResultWriter": "putObject"}.get(owner)
    pattern = _RESOURCE if actions is None else rf"^arn:aws(-[a-z]+)*:states:::s3:{actions}$"
    return {"type": "string", "pattern": pattern}


def _handlers(what: str) -> _Builder:
    return lambda _owner, language: {"type": "array", "items": _ref(_name(what, language))}


def _choices(_owner: str, language: QueryLanguage | None) -> Schema:
    branch = _name("branchOfChoice", _DATA if language is _DATA else None)
    return {"type": "array", "minItems": 1, "items": _ref(branch)}


def _processor_config(_owner: str, _language: QueryLanguage | None) -> Schema:
    return {
        **_object("ProcessorConfig", PROCESSOR_CONFIG_FIELDS, None),
        "allOf": [
            {"if": _is("Mode", "DISTRIBUTED"), "then": {"required": ["ExecutionType"]}},
            {"if": _is("Mode", "INLINE"), "then": {"properties": {"ExecutionType": False}}},
        ],
    }


def _item_reader(_owner: str, language: QueryLanguage | None) -> Schema:
    return _object("ItemReader", ITEM_READER_FIELDS, language, required=("Resource",))


def _reader_config(_owner: str, language: QueryLanguage | None) -> Schema:
    exclusive = (READER_EXCLUSIVE_FIELDS,)
    schema = _object("ReaderConfig", READER_CONFIG_FIELDS, language, exclusive=exclusive)
    return {
        **schema,
        "allOf": [
            *schema.get("allOf", ()),
            {"if": _is("InputType", "CSV"), "then": {"required": ["CSVHeaderLocation"]}},
            {"if": _is("InputType", "JSON"), "then": {"properties": {"CSVHeaderLocation": False}}},
            {"if": _is("CSVHeaderLocation", "GIVEN"), "then": {"required": ["CSVHeaders"]}},
            {"if": _is("Transformation", "LOAD_AND_FLATTEN"), "then": {"required": ["InputType"]}},
        ],
    }


def _item_batcher(_owner: str, language: QueryLanguage | None) -> Schema:
    schema = _object("ItemBatcher", ITEM_BATCHER_FIELDS, language, exclusive=BATCHER_EXCLUSIVE_FIELDS)
    return {**schema, **_any_of(BATCHER_LIMITS[_PATHS if language is None else language])}


def _result_writer(_owner: str, language: QueryLanguage | None) -> Schema:
    schema = _object("ResultWriter", RESULT_WRITER_FIELDS, language)
    parameters = "Arguments" if language is _DATA else "Parameters"
    together = {"Resource": [parameters], parameters: ["Resource"]}
    return {**schema, "dependentRequired": together, **_any_of(("Resource", "WriterConfig"))}


_Builder: TypeAlias = Callable[[str, QueryLanguage | None], Schema]


def _always(schema: Schema) -> _Builder:
    return lambda _owner, _language: dict(schema)


_OTHERS: Final[Mapping[str, _Builder]] = {
    "Type": lambda owner, _language: {"const": owner},
    "QueryLanguage": _always({"enum": list(LANGUAGES)}),
    "Comment": _always({"type": "string"}),
    "End": _always({"const": True}),
    "States": _always({}),  # filled in where it is known which states there may be
    "ProcessorConfig": _processor_config,
    "Result": _always({}),
    "Resource": _resource,
    "Credentials": _credentials,
    "Retry": _handlers("retrier"),
    "Catch": _handlers("catcher"),
    "ErrorEquals": _always(
        {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"enum": sorted(RESERVED_ERRORS)}, {"type": "string"}]},
            "if": {"contains": {"const": "States.ALL"}},
            "then": {"maxItems": 1},
        }
    ),
    "Choices": _choices,
    "Condition": _always({"type": ["boolean", "string"], **_pattern(_EXPRESSION)}),
    "Variable": _always({"type": "string", **_pattern(_PATH)}),
    "And": _always({}),
    "Or": _always({}),
    "Not": _always({}),
    "Timestamp": _timestamp,
    "Error": _always({"type": "string"}),
    "Cause": _always({"type": "string"}),
    "Branches": _always({"type": "array", "minItems": 1}),
    "ItemProcessor": _always({}),
    "Iterator": _always({}),
    "Items": _always({"type": ["array", "object", "string"], **_pattern(_EXPRESSION)}),
    "Label": _always({"type": "string", "maxLength": LONGEST_LABEL, "pattern": _label_pattern()}),
    "ItemReader": _item_reader,
    "ReaderConfig": _reader_config,
    "CSVHeaders": _always({"type": "array", "minItems": 1, "items": {"type": "string"}}),
    "ItemsPointer": _always({"type": "string", "pattern": "^(/|$)"}),
    "ItemBatcher": _item_batcher,
    "ResultWriter": _result_writer,
    "WriterConfig": lambda _owner, language: _object("WriterConfig", WRITER_CONFIG_FIELDS, language),
}
