"""From text to compiled paths, each text once: reference paths for our own walker, all others for Jayway's rules."""

from __future__ import annotations

from functools import lru_cache

from interpreter.errors import QueryError
from interpreter.jsonpath.grammar import parse
from interpreter.jsonpath.jayway import JaywayPath, is_definite
from interpreter.jsonpath.path import Path
from interpreter.jsonpath.reference_path import ReferencePath


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Compile any path: on `$` (the document), `$$` (the context object) or `$name` (a variable).

    Raises:
        QueryError: `text` is not a path (code `"syntax"`).
    """
    parsed = parse(text)
    plain = tuple(step for step in parsed.steps if isinstance(step, (str, int)))
    if len(plain) == len(parsed.steps):
        return ReferencePath(text, parsed.variable, parsed.is_context, True, plain)
    return JaywayPath(text, parsed.variable, parsed.is_context, is_definite(parsed.steps), parsed.steps)


def parse_reference_path(text: str) -> ReferencePath:
    """Compile a path of member names and indices only (States Language, Reference Paths); heads as for `parse_path`.

    Raises:
        QueryError: `text` is not a reference path (code `"syntax"`).
    """
    path = parse_path(text)
    if not isinstance(path, ReferencePath):
        raise QueryError("syntax", text, "a reference path has only member names and indices")
    return path


def parse_result_path(text: str) -> ReferencePath:
    """Compile the path of a ResultPath: a reference path on the document.

    Raises:
        QueryError: `text` is something else (code `"syntax"`).
    """
    path = parse_reference_path(text)
    if path.is_context or path.variable is not None:
        raise QueryError("syntax", text, "ResultPath starts at the state's input, '$'", 0)
    return path
