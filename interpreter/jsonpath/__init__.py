"""JSONPath as Step Functions speaks it: Jayway's dialect, with `$$` for the context and `$name` for variables."""

from interpreter.jsonpath.parse import parse_path, parse_reference_path, parse_result_path
from interpreter.jsonpath.path import Path
from interpreter.jsonpath.reference_path import ReferencePath
from interpreter.jsonpath.scope import Chance, Context, Scope

__all__ = [
    "Chance",
    "Context",
    "Path",
    "ReferencePath",
    "Scope",
    "parse_path",
    "parse_reference_path",
    "parse_result_path",
]
