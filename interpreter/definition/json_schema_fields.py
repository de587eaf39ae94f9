"""The fields of objects in the JSON Schema of definitions (`interpreter.definition.json_schema`): what each may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from interpreter.definition.descriptions import describe
from interpreter.definition.schema import (
    BATCHER_EXCLUSIVE_FIELDS,
    BATCHER_LIMITS,
    CREDENTIALS_FIELDS,
    CSV_DELIMITERS,
    CSV_HEADER_LOCATIONS,
    EXECUTION_TYPES,
    INPUT_TYPES,
    ITEM_BATCHER_FIELDS,
    ITEM_READER_FIELDS,
    JITTER_STRATEGIES,
    LANGUAGES,
    LONGEST_LABEL,
    MANIFEST_TYPES,
    NOT_IN_LABELS,
    OUTPUT_TYPES,
    PROCESSOR_CONFIG_FIELDS,
    PROCESSOR_MODES,
    RANGES,
    READER_CONFIG_FIELDS,
    READER_EXCLUSIVE_FIELDS,
    READER_TRANSFORMATIONS,
    RESERVED_ERRORS,
    RESULT_WRITER_FIELDS,
    RETRIER_FIELDS,
    VERSIONS,
    WRITER_CONFIG_FIELDS,
    WRITER_TRANSFORMATIONS,
    FieldTable,
    QueryLanguage,
)
from interpreter.limits import AWS_DEFINITIONS

Schema: TypeAlias = dict[str, Any]

PATHS: Final = QueryLanguage.JSONPATH
DATA: Final = QueryLanguage.JSONATA

_EXPRESSION: Final = r"^\{%[\s\S]*%\}$"
PATH: Final = r"^\$"
_PATH_OR_CALL: Final = r"^(\$|States\.)"
_RESULT_PATH: Final = r"^\$([.\[][\s\S]*)?$"
TIMESTAMP: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"
_RESOURCE: Final = r"^arn:aws(-[a-z]+)*:(states|lambda):"
_VARIABLE: Final = r"^[^\s.$\d][^\s.$]*"

_SAID: Final[Mapping[str, str]] = {
    _EXPRESSION: "A JSONata expression stands between {% and %}.",
    PATH: "A path begins with $.",
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


def name_in(what: str, language: QueryLanguage | None) -> str:
    """The name of a definition for one language; None where states may be in either."""
    return what if language is None else f"{what}.{language}"


def ref(name: str) -> Schema:
    """What the definition of this name says."""
    return {"$ref": f"#/$defs/{name}"}


# --- objects -----------------------------------------------------------------------------------------------------


def object_of(
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


def pattern_of(pattern: str) -> Schema:
    """The keyword `pattern`, and what Visual Studio Code says where a text does not match."""
    return {"pattern": pattern, "patternErrorMessage": _SAID[pattern]}


def has_value(field: str, value: str) -> Schema:
    """Whether a field is there and has this value."""
    return {"properties": {field: {"const": value}}, "required": [field]}


def one_of(fields: Iterable[str]) -> Schema:
    """Whether exactly one of these fields is there."""
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
    takes_expressions = language is DATA and field not in RETRIER_FIELDS
    return {**schema, "type": [kind, "string"], **pattern_of(_EXPRESSION)} if takes_expressions else schema


def _path(field: str) -> Schema:
    if field in ("InputPath", "OutputPath"):
        return {"type": ["string", "null"], **pattern_of(PATH)}
    if field == "ResultPath":
        return {"type": ["string", "null"], **pattern_of(_RESULT_PATH)}
    return {"type": "string", **pattern_of(_PATH_OR_CALL if field in ("ErrorPath", "CausePath") else PATH)}


# --- templates ---------------------------------------------------------------------------------------------------


def _template(field: str, language: QueryLanguage) -> Schema:
    if field == "Assign":
        names = {"pattern": _VARIABLE + (r"(\.\$)?$" if language is PATHS else "$")}
        longest = AWS_DEFINITIONS.variable_name_characters + (len(".$") if language is PATHS else 0)
        named = {"propertyNames": {**names, "maxLength": longest, "not": {"enum": ["states", "states.$"]}}}
        return {**ref("payloadTemplate"), **named} if language is PATHS else {"type": "object", **named}
    return ref("payloadTemplate") if language is PATHS else {}


def payload_template() -> Schema:
    """The definition `payloadTemplate`: an object in which names that end with `.$` have paths and calls."""
    return {
        "type": "object",
        "patternProperties": {
            r"\.\$$": {
                "type": "string",
                **pattern_of(_PATH_OR_CALL),
                "description": "Where the value is found: a path, or an intrinsic function such as"
                " States.Format('{}', $.x).",
            }
        },
        "additionalProperties": ref("payloadValue"),
    }


def payload_value() -> Schema:
    """The definition `payloadValue`: what may stand in such a template under any other name."""
    return {
        "if": {"type": "object"},
        "then": ref("payloadTemplate"),
        "else": {"if": {"type": "array"}, "then": {"items": ref("payloadValue")}},
    }


# --- fields that are none of the above ---------------------------------------------------------------------------


def _label_pattern() -> str:
    refused = "".join(f"\\{char}" if char in "\\[]^" else char for char in sorted(NOT_IN_LABELS))
    return rf"^[^\s\u0000-\u001f\u007f-\u009f{refused}]+$"


def _timestamp(_owner: str, language: QueryLanguage | None) -> Schema:
    either = rf"^({TIMESTAMP}|\{{%[\s\S]*%\}})$" if language is DATA else f"^{TIMESTAMP}$"
    return {"type": "string", "pattern": either}


def _credentials(_owner: str, language: QueryLanguage | None) -> Schema:
    names = CREDENTIALS_FIELDS[PATHS if language is None else language]
    properties: dict[str, Schema] = {name: {"type": "string", "description": describe(name, "Task")} for name in names}
    if "RoleArn.$" in properties:
        properties["RoleArn.$"]["pattern"] = _PATH_OR_CALL
    return {"type": "object", "properties": properties, **_any_of(names)}


def _resource(owner: str, _language: QueryLanguage | None) -> Schema:
    actions = {"ItemReader": "(getObject|listObjectsV2)", "ResultWriter": "putObject"}.get(owner)
    pattern = _RESOURCE if actions is None else rf"^arn:aws(-[a-z]+)*:states:::s3:{actions}$"
    return {"type": "string", "pattern": pattern}


def _handlers(what: str) -> _Builder:
    return lambda _owner, language: {"type": "array", "items": ref(name_in(what, language))}


def _choices(_owner: str, language: QueryLanguage | None) -> Schema:
    branch = name_in("branchOfChoice", DATA if language is DATA else None)
    return {"type": "array", "minItems": 1, "items": ref(branch)}


def _processor_config(_owner: str, _language: QueryLanguage | None) -> Schema:
    return {
        **object_of("ProcessorConfig", PROCESSOR_CONFIG_FIELDS, None),
        "allOf": [
            {"if": has_value("Mode", "DISTRIBUTED"), "then": {"required": ["ExecutionType"]}},
            {"if": has_value("Mode", "INLINE"), "then": {"properties": {"ExecutionType": False}}},
        ],
    }


def _item_reader(_owner: str, language: QueryLanguage | None) -> Schema:
    return object_of("ItemReader", ITEM_READER_FIELDS, language, required=("Resource",))


def _reader_config(_owner: str, language: QueryLanguage | None) -> Schema:
    exclusive = (READER_EXCLUSIVE_FIELDS,)
    schema = object_of("ReaderConfig", READER_CONFIG_FIELDS, language, exclusive=exclusive)
    return {
        **schema,
        "allOf": [
            *schema.get("allOf", ()),
            {"if": has_value("InputType", "CSV"), "then": {"required": ["CSVHeaderLocation"]}},
            {"if": has_value("InputType", "JSON"), "then": {"properties": {"CSVHeaderLocation": False}}},
            {"if": has_value("CSVHeaderLocation", "GIVEN"), "then": {"required": ["CSVHeaders"]}},
            {"if": has_value("Transformation", "LOAD_AND_FLATTEN"), "then": {"required": ["InputType"]}},
        ],
    }


def _item_batcher(_owner: str, language: QueryLanguage | None) -> Schema:
    schema = object_of("ItemBatcher", ITEM_BATCHER_FIELDS, language, exclusive=BATCHER_EXCLUSIVE_FIELDS)
    return {**schema, **_any_of(BATCHER_LIMITS[PATHS if language is None else language])}


def _result_writer(_owner: str, language: QueryLanguage | None) -> Schema:
    schema = object_of("ResultWriter", RESULT_WRITER_FIELDS, language)
    parameters = "Arguments" if language is DATA else "Parameters"
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
    "Condition": _always({"type": ["boolean", "string"], **pattern_of(_EXPRESSION)}),
    "Variable": _always({"type": "string", **pattern_of(PATH)}),
    "And": _always({}),
    "Or": _always({}),
    "Not": _always({}),
    "Timestamp": _timestamp,
    "Error": _always({"type": "string"}),
    "Cause": _always({"type": "string"}),
    "Branches": _always({"type": "array", "minItems": 1}),
    "ItemProcessor": _always({}),
    "Iterator": _always({}),
    "Items": _always({"type": ["array", "object", "string"], **pattern_of(_EXPRESSION)}),
    "Label": _always({"type": "string", "maxLength": LONGEST_LABEL, "pattern": _label_pattern()}),
    "ItemReader": _item_reader,
    "ReaderConfig": _reader_config,
    "CSVHeaders": _always({"type": "array", "minItems": 1, "items": {"type": "string"}}),
    "ItemsPointer": _always({"type": "string", "pattern": "^(/|$)"}),
    "ItemBatcher": _item_batcher,
    "ResultWriter": _result_writer,
    "WriterConfig": lambda _owner, language: object_of("WriterConfig", WRITER_CONFIG_FIELDS, language),
}
