"""Reference paths (member names and indices only): a walker of our own, and the place where ResultPath writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from interpreter.errors import StatesReferencePathConflict
from interpreter.jsonpath.path import Path
from interpreter.jsonpath.scope import Scope
from interpreter.values import MISSING, JsonValue, Missing, json_text


def bracket_notation(steps: tuple[str | int, ...]) -> str:
    """The normal form of a path in AWS's causes: `$['a'][0]`."""
    return "$" + "".join(f"['{step}']" if isinstance(step, str) else f"[{step}]" for step in steps)


def walk(value: JsonValue, steps: tuple[str | int, ...]) -> JsonValue | Missing:
    """Follow `steps` from `value`; MISSING where a member or an element is not there."""
    at: Any = value  # subscripted without narrowing: this loop is the hottest of the interpreter
    try:
        for step in steps:
            if step.__class__ is int and at.__class__ is not list:
                return MISSING
            at = at[step]
    except (KeyError, IndexError, TypeError):
        return MISSING
    found: JsonValue = at
    return found


@dataclass(frozen=True, slots=True)
class ReferencePath(Path):
    """A path that names one place: `steps` are member names and indices (an index below 0 counts from the end)."""

    steps: tuple[str | int, ...]

    def find_or_missing(self, scope: Scope) -> JsonValue | Missing:
        """See `Path`."""
        if self.variable is None and not self.is_context:
            return walk(scope.document, self.steps)
        head = self.head(scope)
        return MISSING if head is MISSING else walk(head, self.steps)

    def is_past_end(self, scope: Scope) -> bool:
        """Whether the last step is an index outside of an array that is there."""
        head = self.head(scope)
        return (
            head is not MISSING
            and bool(self.steps)
            and isinstance(self.steps[-1], int)
            and isinstance(walk(head, self.steps[:-1]), list)
        )

    def why_missing(self, scope: Scope) -> str:
        """See `Path`."""
        at = self.head(scope)
        if at is MISSING:
            return f"The variable '{self.variable}' is not set"
        for depth, step in enumerate(self.steps[:-1]):
            at = walk(at, (step,))
            if at is MISSING and isinstance(step, str):
                return f"Missing property in path {bracket_notation(self.steps[: depth + 1])}"
            if at is MISSING:
                break
        return f"No results for path: {bracket_notation(self.steps)}"

    def failing_step(self, scope: Scope) -> tuple[str | int, JsonValue]:
        """The step that leads nowhere, and the value it starts from; call it only after `find_or_missing` gave MISSING.

        Of a variable that is not set, it is the variable itself, and the document.
        """
        at = self.head(scope)
        if at is MISSING:
            return f"${self.variable}", scope.document
        for step in self.steps[:-1]:
            found = walk(at, (step,))
            if found is MISSING:
                return step, at
            at = found
        return self.steps[-1], at

    def put(self, document: JsonValue, value: JsonValue) -> JsonValue:
        """`document` with `value` at this path: a new document that shares all but the containers on the way.

        Objects that are not there are made. Source: States Language, ResultPath.

        Raises:
            StatesReferencePathConflict: a value on the way is no object, or has no such element.
        """
        holder: Any = [document]
        key: str | int = 0
        root = holder
        for step in self.steps:
            container = _opened(holder.get(key, MISSING) if isinstance(holder, dict) else holder[key], step)
            holder[key] = container
            holder, key = container, step
        holder[key] = value
        changed: JsonValue = root[0]
        return changed


def _opened(value: JsonValue | Missing, step: str | int) -> dict[str, JsonValue] | list[JsonValue]:
    """A copy of the container `value`, in which `step` may be set."""
    if isinstance(step, str):
        if value is MISSING:
            return {}
        if isinstance(value, dict):
            return dict(value)
    elif isinstance(value, list) and -len(value) <= step < len(value):
        return list(value)
    found = "null" if value is MISSING else json_text(value)
    raise StatesReferencePathConflict(f'Unable to apply step "{step}" to input {found}')
