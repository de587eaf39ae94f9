"""Parses what only a Map in DISTRIBUTED mode has: reader, batcher, writer, label and tolerated failures.

Rules: developer guide, "Distributed mode" and the pages on ItemReader, ItemBatcher and ResultWriter. What AWS's texts
for single combinations are is not recorded: the general forms are used, as for the fields of states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from interpreter.definition.diagnostics import DUPLICATE_LABEL_NAME, INVALID_LABEL_NAME, NO_EFFECT
from interpreter.definition.fields import Fields
from interpreter.definition.members import NOT_SUPPORTED
from interpreter.definition.model import (
    Distribution,
    ItemBatcher,
    ItemReader,
    ReaderConfig,
    ResultWriter,
    ServiceResource,
    TaskPattern,
    Template,
)
from interpreter.definition.resources import parse_resource
from interpreter.definition.schema import (
    BATCHER_EXCLUSIVE_FIELDS,
    BATCHER_LIMITS,
    CSV_DELIMITERS,
    CSV_HEADER_LOCATIONS,
    DISTRIBUTED_FIELDS,
    INPUT_TYPES,
    ITEM_BATCHER_FIELDS,
    ITEM_READER_FIELDS,
    LONGEST_LABEL,
    MANIFEST_TYPES,
    NOT_IN_LABELS,
    OUTPUT_TYPES,
    READER_CONFIG_FIELDS,
    READER_EXCLUSIVE_FIELDS,
    READER_TRANSFORMATIONS,
    RESULT_WRITER_FIELDS,
    WRITER_CONFIG_FIELDS,
    WRITER_TRANSFORMATIONS,
    QueryLanguage,
)
from interpreter.definition.walk import Walk

TOLERATED_FIELDS: Final = (
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
)
"""Without effect in the mode INLINE, where AWS was recorded to take them."""

MOST_CHILDREN: Final = 10_000
"""Child executions that one Distributed Map runs at once (AWS quota)."""

_GET_OBJECT: Final = ("s3", "getObject")
_LIST_OBJECTS: Final = ("s3", "listObjectsV2")
_PUT_OBJECT: Final = ("s3", "putObject")
_REQUIRED_PARAMETERS: Final[Mapping[tuple[str, str], Sequence[str]]] = {
    _GET_OBJECT: ("Bucket", "Key"),
    _LIST_OBJECTS: ("Bucket",),
    _PUT_OBJECT: ("Bucket",),
}
_CSV_FIELDS: Final = ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders")
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def parse_distribution(fields: Fields, execution_type: str | None, walk: Walk) -> Distribution | None:
    """What a Map in DISTRIBUTED mode has besides; None where its type of execution is faulty."""
    reader = _reader(fields)
    batcher = _batcher(fields)
    writer = _writer(fields)
    label = _parse_label(fields, walk)
    count, percentage = fields.quantity("ToleratedFailureCount"), fields.share("ToleratedFailurePercentage")
    concurrency = fields.members.get("MaxConcurrency")
    if isinstance(concurrency, int) and concurrency > MOST_CHILDREN:
        message = f"MaxConcurrency above {MOST_CHILDREN} has no effect: no more child executions run at once"
        fields.report.warning(fields.at("MaxConcurrency"), message, code=NO_EFFECT)
    if execution_type is None:
        return None
    return Distribution(
        execution_type=execution_type,
        label=label,
        reader=reader,
        batcher=batcher,
        writer=writer,
        tolerated_failure_count=count,
        tolerated_failure_percentage=percentage,
    )


def check_inline(fields: Fields, walk: Walk) -> None:
    """What a Map in INLINE mode must not have, and what does nothing there."""
    for name in DISTRIBUTED_FIELDS:
        if name in fields:
            fields.report.unwanted(
                fields.location,
                name,
                NOT_SUPPORTED.format(name),
                hint='it needs "ProcessorConfig": {"Mode": "DISTRIBUTED", ...} in the ItemProcessor',
            )
    fields.quantity("ToleratedFailureCount")
    fields.share("ToleratedFailurePercentage")
    _parse_label(fields, walk)
    for name in (*TOLERATED_FIELDS, "Label"):
        if name in fields:
            _no_effect(fields, name, "on a Map in INLINE mode")


def _no_effect(fields: Fields, name: str, where: str) -> None:
    fields.report.warning(fields.at(name), f"Field '{name}' has no effect {where}", code=NO_EFFECT)


# --- ItemReader --------------------------------------------------------------------------------------------------


def _reader(fields: Fields) -> ItemReader | None:
    reader = fields.object("ItemReader")
    if reader is None:
        return None
    reader.require(("Resource",))
    reader.allow(ITEM_READER_FIELDS)
    resource = _resource(reader, (_GET_OBJECT, _LIST_OBJECTS))
    parameters = _parameters(reader, resource)
    config = reader.object("ReaderConfig")
    parsed = ReaderConfig() if config is None else _reader_config(config, resource)
    return None if resource is None else ItemReader(resource=resource, parameters=parameters, config=parsed)


def _resource(holder: Fields, known: Sequence[tuple[str, str]]) -> ServiceResource | None:
    """The Resource of a reader or writer, if it is one of `known` (service and action)."""
    arn = holder.text("Resource")
    if arn is None:
        return None
    resource = parse_resource(arn)
    if (
        not isinstance(resource, ServiceResource)
        or resource.pattern is not TaskPattern.REQUEST_RESPONSE
        or (resource.service, resource.action) not in known
    ):
        hint = f"here it may be {' or '.join(':'.join(one) for one in known)}"
        holder.error("Resource", "The field 'Resource' does not match any of the allowed values", hint)
        return None
    return resource


def _parameters_name(holder: Fields) -> str:
    return "Parameters" if holder.language is QueryLanguage.JSONPATH else "Arguments"


def _parameters(holder: Fields, resource: ServiceResource | None) -> Template | None:
    name = _parameters_name(holder)
    written = holder.members.get(name)
    if resource is not None and isinstance(written, dict):
        for required in _REQUIRED_PARAMETERS[resource.service, resource.action]:
            if required not in written and not (name == "Parameters" and f"{required}.$" in written):
                holder.error(name, f"The field '{required}' is required but was missing")
    return _template(holder, name)


def _template(holder: Fields, name: str) -> Template | None:
    return holder.template(name) if holder.language is QueryLanguage.JSONPATH else holder.jsonata(name)


def _reader_config(config: Fields, resource: ServiceResource | None) -> ReaderConfig:
    config.allow(READER_CONFIG_FIELDS)
    config.at_most_one(READER_EXCLUSIVE_FIELDS)
    parsed = ReaderConfig(
        input_type=config.one_of("InputType", INPUT_TYPES),
        manifest_type=config.one_of("ManifestType", MANIFEST_TYPES),
        transformation=config.one_of("Transformation", READER_TRANSFORMATIONS),
        csv_delimiter=config.one_of("CSVDelimiter", CSV_DELIMITERS),
        csv_header_location=config.one_of("CSVHeaderLocation", CSV_HEADER_LOCATIONS),
        csv_headers=config.texts("CSVHeaders") if "CSVHeaders" in config else None,
        items_pointer=_items_pointer(config),
        max_items=config.quantity("MaxItems"),
    )
    if parsed.input_type == "CSV" and "CSVHeaderLocation" not in config:
        config.report.error(config.location, "The field 'CSVHeaderLocation' is required")
    if parsed.input_type == "JSON" and "CSVHeaderLocation" in config:
        message = NOT_SUPPORTED.format("CSVHeaderLocation")
        config.report.error(config.location, message, place=config.at("CSVHeaderLocation"))
    if parsed.csv_header_location == "GIVEN":
        config.require(("CSVHeaders",))
    if parsed.transformation == "LOAD_AND_FLATTEN":
        config.require(("InputType",))
    for name, where in _idle_reader_fields(parsed, resource):
        if name in config:
            _no_effect(config, name, where)
    return parsed


def _items_pointer(config: Fields) -> str | None:
    pointer = config.text("ItemsPointer")
    if pointer is not None and not _POINTER.fullmatch(pointer):
        config.error("ItemsPointer", "Value must be a valid JSON Pointer", "such as /data/items")
        return None
    return pointer


def _idle_reader_fields(config: ReaderConfig, resource: ServiceResource | None) -> Iterator[tuple[str, str]]:
    """The fields that do nothing beside the others, and beside which."""
    if config.input_type not in (None, "CSV"):
        refused = "CSVHeaderLocation" if config.input_type == "JSON" else None
        yield from ((name, f"where InputType is {config.input_type}") for name in _CSV_FIELDS if name != refused)
    elif config.csv_header_location != "GIVEN":
        yield "CSVHeaders", "where CSVHeaderLocation is not GIVEN"
    if config.input_type not in (None, "JSON"):
        yield "ItemsPointer", f"where InputType is {config.input_type}"
    if resource is None:
        return
    if (resource.service, resource.action) == _GET_OBJECT:
        yield "Transformation", "where Resource is s3:getObject"
    else:
        yield "ManifestType", "where Resource is s3:listObjectsV2"


# --- ItemBatcher, ResultWriter -----------------------------------------------------------------------------------


def _batcher(fields: Fields) -> ItemBatcher | None:
    batcher = fields.object("ItemBatcher")
    if batcher is None:
        return None
    batcher.allow(ITEM_BATCHER_FIELDS)
    for group in BATCHER_EXCLUSIVE_FIELDS:
        batcher.at_most_one(group)
    batcher.at_least_one(BATCHER_LIMITS[batcher.language])
    return ItemBatcher(
        batch_input=_template(batcher, "BatchInput"),
        max_items=batcher.quantity("MaxItemsPerBatch"),
        max_input_bytes=batcher.quantity("MaxInputBytesPerBatch"),
    )


def _writer(fields: Fields) -> ResultWriter | None:
    writer = fields.object("ResultWriter")
    if writer is None:
        return None
    target = ("Resource", _parameters_name(writer))
    if "WriterConfig" not in writer or any(name in writer for name in target):
        writer.require(target)
    writer.allow(RESULT_WRITER_FIELDS)
    resource = _resource(writer, (_PUT_OBJECT,))
    parameters = _parameters(writer, resource)
    config = writer.object("WriterConfig")
    if config is not None:
        config.allow(WRITER_CONFIG_FIELDS)
    return ResultWriter(
        resource=resource,
        parameters=parameters,
        transformation=None if config is None else config.one_of("Transformation", WRITER_TRANSFORMATIONS),
        output_type=None if config is None else config.one_of("OutputType", OUTPUT_TYPES),
    )


# --- Label -------------------------------------------------------------------------------------------------------


def _parse_label(fields: Fields, walk: Walk) -> str | None:
    label = fields.text("Label")
    if label is None:
        return None
    place = fields.at("Label")
    if not label:
        walk.report.error(place, "Label must have at least 1 character", code=INVALID_LABEL_NAME)
    elif len(label) > LONGEST_LABEL:
        limit = f"exceeds the {LONGEST_LABEL}-character limit allowed by the service"
        walk.report.error(place, f"Invalid Label name: Label '{label}' {limit}", code=INVALID_LABEL_NAME)
    bad = next((char for char in label if not _may_stand_in_label(char)), None)
    if bad is not None:
        walk.report.error(place, f"Label must not contain the character {bad!a}", code=INVALID_LABEL_NAME)
    if label in walk.labels:
        walk.report.error(place, f"Duplicate Label name: {label}", code=DUPLICATE_LABEL_NAME)
    walk.labels.add(label)
    return label


def _may_stand_in_label(char: str) -> bool:
    code = ord(char)
    is_control = code < 0x20 or 0x7F <= code <= 0x9F
    is_surrogate = 0xD800 <= code <= 0xDFFF
    return not (is_control or is_surrogate or char.isspace() or char in NOT_IN_LABELS)
