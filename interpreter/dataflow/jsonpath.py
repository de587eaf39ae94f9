"""The data flow of JSONPath states (developer guide, "Processing input and output").

InputPath, Parameters, the state's work, ResultSelector, ResultPath, Assign, OutputPath, in this order.
"""

from __future__ import annotations

from typing import Final

from interpreter.dataflow.lookup import read
from interpreter.dataflow.template import PayloadTemplate
from interpreter.dataflow.view import HandedOn, View
from interpreter.definition.model import PathFlow
from interpreter.errors import StatesRuntime
from interpreter.jsonpath import Path, ReferencePath, Scope
from interpreter.values import MISSING, JsonValue, Missing

_WHOLE: Final = "$"


def take_input(flow: PathFlow, view: View) -> JsonValue:
    """What InputPath lets through; `$` stands for it from now on."""
    view.document = select(flow.input_path, view)
    if view.inspection is not None:
        view.inspection.note("afterInputPath", view.document)
    return view.document


def arguments(flow: PathFlow, view: View) -> JsonValue:
    """What Parameters make of the effective input."""
    value = view.document if flow.parameters is None else flow.parameters.evaluate(view)
    if view.inspection is not None:
        view.inspection.note("afterParameters", value)
    return value


def passed(flow: PathFlow, view: View, result: JsonValue | Missing) -> HandedOn:
    """What a Pass hands on: Result wins over Parameters."""
    if result is MISSING:
        take_input(flow, view)
        result = arguments(flow, view)
    elif view.inspection is not None:
        view.inspection.note("result", result)
    return completed(flow, view, result)


def handed_on(flow: PathFlow, view: View) -> HandedOn:
    """What a state without a result hands on: Assign and OutputPath see the effective input."""
    assigned = None if flow.assign is None else evaluate_assign(flow.assign, view)
    return select(flow.output_path, view), assigned


def completed(flow: PathFlow, view: View, result: JsonValue) -> HandedOn:
    """What a result comes to: Assign sees what ResultSelector made of it, OutputPath what ResultPath did with that."""
    view.document = result
    if flow.result_selector is not None:
        view.document = flow.result_selector.evaluate(view)
    combined = insert_result(flow.result_path, view.frame.input, view.document)
    inspection = view.inspection
    if inspection is not None:
        inspection.note("afterResultSelector", view.document)
        inspection.note("afterResultPath", combined)
    assigned = None if flow.assign is None else evaluate_assign(flow.assign, view)
    view.document = combined
    return select(flow.output_path, view), assigned


def caught(flow: PathFlow, view: View, error_output: JsonValue) -> HandedOn:
    """What a catcher hands on: the raw input with the error output in it; Assign sees the error output."""
    output = insert_result(flow.result_path, view.frame.input, error_output)
    view.document = error_output
    return output, None if flow.assign is None else evaluate_assign(flow.assign, view)


def select(path: Path | None, scope: Scope) -> JsonValue:
    """What InputPath or OutputPath lets through of `scope.document`; None stands for `null` and gives `{}`.

    Raises:
        StatesRuntime: the path leads nowhere, `Invalid path '$.X' : No results for path: $['X']`.
    """
    if path is None:
        return {}
    if path.text == _WHOLE:
        return scope.document
    if scope.document in (None, "") and path.variable is None and not path.is_context:
        raise StatesRuntime("Unable to apply Path transformation to null or empty input.")
    return read(path, scope)


def insert_result(result_path: ReferencePath | None, raw_input: JsonValue, result: JsonValue) -> JsonValue:
    """What ResultPath makes of the state's raw input and its result; None stands for `null` and drops the result.

    Neither argument is changed; the outcome shares their parts.

    Raises:
        StatesReferencePathConflict: the path cannot be applied to this input.
    """
    if result_path is None:
        return raw_input
    return result_path.put(raw_input, result) if result_path.steps else result


def evaluate_assign(template: PayloadTemplate, scope: Scope) -> dict[str, JsonValue]:
    """The variables that an Assign sets, all of them computed from the values before it.

    Raises:
        StatesRuntime: a path leads nowhere, or an intrinsic function fails.
        TypeError: the template is not an object, which validation excludes.
    """
    values = template.evaluate(scope)
    if not isinstance(values, dict):
        raise TypeError("Assign must be an object")
    return values
