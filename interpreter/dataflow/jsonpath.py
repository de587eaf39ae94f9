"""The data flow of JSONPath states: InputPath, ResultPath, Assign, OutputPath (developer guide, Input and output)."""

from __future__ import annotations

from typing import Final

from interpreter.dataflow.lookup import read
from interpreter.dataflow.template import PayloadTemplate
from interpreter.errors import StatesRuntime
from interpreter.jsonpath import Path, ReferencePath, Scope
from interpreter.values import JsonValue

_WHOLE: Final = "$"


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
