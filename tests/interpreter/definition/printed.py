"""Prints a definition's model as the JSON that it comes from, without fields that say what is true without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from interpreter.choice_rules import And, ChoiceRule, Comparison, Not, Or
from interpreter.dataflow.template import FailText, PayloadTemplate
from interpreter.definition.model import (
    WHOLE_DOCUMENT,
    WHOLE_RESULT,
    Catcher,
    ChoiceBranch,
    ChoiceState,
    Definition,
    Distribution,
    FailState,
    Flow,
    ItemReader,
    Machine,
    MapState,
    ParallelState,
    PassState,
    PathFlow,
    Retrier,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from interpreter.intrinsics import Intrinsic
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import Path
from interpreter.values import MISSING

Json = dict[str, Any]


def print_definition(definition: Definition) -> Json:
    """The definition as JSON; every state names its query language."""
    top = {"Comment": definition.comment, "TimeoutSeconds": definition.timeout_seconds}
    return {**_given(top), **_machine(definition.machine)}


def _given(members: Mapping[str, Any]) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _machine(machine: Machine) -> Json:
    return {"StartAt": machine.start_at, "States": {name: _state(state) for name, state in machine.states.items()}}


def _state(state: State) -> Json:
    language = "JSONPath" if isinstance(state.flow, PathFlow) else "JSONata"
    common = {"Type": type(state).__name__.removesuffix("State"), "QueryLanguage": language, **_flow(state.flow)}
    match state:
        case PassState():
            result = {} if state.result is MISSING else {"Result": state.result}
            return {**common, **result, **_leads_to(state.next)}
        case SucceedState():
            return common
        case FailState():
            return {**common, **_either("Error", state.error), **_either("Cause", state.cause)}
        case WaitState():
            waits = {**_either("Seconds", state.seconds), **_either("Timestamp", state.timestamp)}
            return {**common, **waits, **_leads_to(state.next)}
        case ChoiceState():
            default = _given({"Default": state.default})
            return {**common, "Choices": [_branch(one, state.flow) for one in state.choices], **default}
        case TaskState():
            return {**common, **_task(state), **_handlers(state), **_leads_to(state.next)}
        case ParallelState():
            branches = [_machine(branch) for branch in state.branches]
            return {**common, "Branches": branches, **_handlers(state), **_leads_to(state.next)}
        case MapState():
            return {**common, **_map(state), **_handlers(state), **_leads_to(state.next)}
        case _:
            assert_never(state)


def _leads_to(target: str | None) -> Json:
    return {"End": True} if target is None else {"Next": target}


def _flow(flow: Flow) -> Json:
    if isinstance(flow, PathFlow):
        paths = {
            "InputPath": (flow.input_path, WHOLE_DOCUMENT),
            "ResultPath": (flow.result_path, WHOLE_RESULT),
            "OutputPath": (flow.output_path, WHOLE_DOCUMENT),
        }
        written = {name: path and path.text for name, (path, default) in paths.items() if path != default}
        templates = {"Parameters": flow.parameters, "ResultSelector": flow.result_selector, "Assign": flow.assign}
        return {**written, **_templates(templates)}
    return _templates({"Arguments": flow.arguments, "Output": flow.output, "Assign": flow.assign})


def _templates(templates: Mapping[str, PayloadTemplate | JsonataTemplate | None]) -> Json:
    return {name: template.source for name, template in templates.items() if template is not None}


def _either(name: str, value: float | str | Path | FailText | Expression | None) -> Json:
    """A field as it is written out, as a path beside it, or as an expression."""
    match value:
        case None:
            return {}
        case Path() | FailText():
            return {f"{name}Path": _text(value)}
        case Expression():
            return {name: f"{{% {value.text} %}}"}
        case _:
            return {name: value}


def _text(value: Path | FailText) -> str:
    expression = value.expression if isinstance(value, FailText) else value
    assert isinstance(expression, Path | Intrinsic)
    return expression.text


def _task(state: TaskState) -> Json:
    return {
        "Resource": state.resource.arn,
        **_templates({"Credentials": state.credentials}),
        **_either("TimeoutSeconds", state.timeout_seconds),
        **_either("HeartbeatSeconds", state.heartbeat_seconds),
    }


def _handlers(state: TaskState | ParallelState | MapState) -> Json:
    handlers = {
        "Retry": [_retrier(retrier) for retrier in state.retriers],
        "Catch": [_catcher(catcher) for catcher in state.catchers],
    }
    return {name: entries for name, entries in handlers.items() if entries}


def _retrier(retrier: Retrier) -> Json:
    plain = Retrier(())
    fields = {
        "IntervalSeconds": (retrier.interval_seconds, plain.interval_seconds),
        "MaxAttempts": (retrier.max_attempts, plain.max_attempts),
        "BackoffRate": (retrier.backoff_rate, plain.backoff_rate),
        "MaxDelaySeconds": (retrier.max_delay_seconds, plain.max_delay_seconds),
        "JitterStrategy": ("FULL" if retrier.full_jitter else None, None),
    }
    written = {name: value for name, (value, default) in fields.items() if value != default}
    return {"ErrorEquals": list(retrier.error_equals), **written}


def _catcher(catcher: Catcher) -> Json:
    return {"ErrorEquals": list(catcher.error_equals), **_flow(catcher.flow), "Next": catcher.next}


def _branch(branch: ChoiceBranch, of_state: Flow) -> Json:
    own = _templates({"Assign": branch.flow.assign}) if isinstance(of_state, PathFlow) else _flow(branch.flow)
    match branch.rule:
        case bool() | Expression():
            return {**_either("Condition", branch.rule), **own, "Next": branch.next}
        case rule:
            return {**_rule(rule), **own, "Next": branch.next}


def _rule(rule: ChoiceRule) -> Json:
    match rule:
        case Comparison():
            operand = rule.operand.text if isinstance(rule.operand, Path) else rule.operand
            return {"Variable": rule.variable.text, rule.operator: operand}
        case And(rules):
            return {"And": [_rule(part) for part in rules]}
        case Or(rules):
            return {"Or": [_rule(part) for part in rules]}
        case Not(negated):
            return {"Not": _rule(negated)}
        case _:
            assert_never(rule)


def _map(state: MapState) -> Json:
    items: Json = {}
    match state.items:
        case Path():
            items = {} if state.items == WHOLE_DOCUMENT else {"ItemsPath": state.items.text}
        case Expression() | None:
            items = _either("Items", state.items)
        case JsonataTemplate():
            items = {"Items": state.items.source}
    concurrency = {} if state.max_concurrency == 0 else _either("MaxConcurrency", state.max_concurrency)
    config: Json = {}
    if state.distribution is not None:
        config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": state.distribution.execution_type}}
        items |= _distribution(state.distribution)
    processor = {"ItemProcessor": {**config, **_machine(state.processor)}}
    return {**items, **_templates({"ItemSelector": state.item_selector}), **concurrency, **processor}


def _distribution(distribution: Distribution) -> Json:
    batcher, writer = distribution.batcher, distribution.writer
    printed = {
        **_given({"Label": distribution.label}),
        **_either("ToleratedFailureCount", distribution.tolerated_failure_count),
        **_either("ToleratedFailurePercentage", distribution.tolerated_failure_percentage),
    }
    if distribution.reader is not None:
        printed["ItemReader"] = _reader(distribution.reader)
    if batcher is not None:
        limits = {
            **_either("MaxItemsPerBatch", batcher.max_items),
            **_either("MaxInputBytesPerBatch", batcher.max_input_bytes),
        }
        printed["ItemBatcher"] = {**limits, **_templates({"BatchInput": batcher.batch_input})}
    if writer is not None:
        config = _given({"Transformation": writer.transformation, "OutputType": writer.output_type})
        target = {} if writer.resource is None else {"Resource": writer.resource.arn, **_parameters(writer.parameters)}
        printed["ResultWriter"] = {**target, **({"WriterConfig": config} if config else {})}
    return printed


def _parameters(template: PayloadTemplate | JsonataTemplate | None) -> Json:
    return _templates({"Arguments" if isinstance(template, JsonataTemplate) else "Parameters": template})


def _reader(reader: ItemReader) -> Json:
    config = reader.config
    written = {
        **_given(
            {
                "InputType": config.input_type,
                "ManifestType": config.manifest_type,
                "Transformation": config.transformation,
                "CSVDelimiter": config.csv_delimiter,
                "CSVHeaderLocation": config.csv_header_location,
                "CSVHeaders": None if config.csv_headers is None else list(config.csv_headers),
                "ItemsPointer": config.items_pointer,
            }
        ),
        **_either("MaxItems", config.max_items),
    }
    return {
        "Resource": reader.resource.arn,
        **_parameters(reader.parameters),
        **({"ReaderConfig": written} if written else {}),
    }
