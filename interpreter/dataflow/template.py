"""Payload templates: JSON in which a key ending in `.$` takes its value from a path or an intrinsic function.

Parameters, ResultSelector, ItemSelector, Assign and their like (States Language, Payload Template), and the two texts
of a Fail state. A template is compiled once into closures; what does not depend on the scope is shared, never copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from interpreter.dataflow.lookup import look_up
from interpreter.errors import QueryError, StatesRuntime
from interpreter.intrinsics import Intrinsic, parse_intrinsic
from interpreter.jsonpath import Path, ReferencePath, Scope, parse_path, parse_reference_path
from interpreter.limits import AWS_DEFINITIONS
from interpreter.measure import MANY_PARTS
from interpreter.values import MISSING, JsonValue, json_text

MAX_DEPTH: Final = 100  # objects and arrays inside each other: far above any use, far below Python's stack

_MARK: Final = ".$"

_Evaluate: TypeAlias = Callable[[Scope], JsonValue]


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One fault of a template.

    Attributes:
        field: the key at fault as written, such as `x.$`.
        location: the keys and indices from the template's root to it, the key itself included.
        detail: what is wrong.
        is_expression: whether it is the value of a `.$` key that is wrong, not the key or the nesting.
        position: offset of the fault in that value, or None.
    """

    field: str
    location: tuple[str | int, ...]
    detail: str
    is_expression: bool = False
    position: int | None = None


class TemplateError(QueryError):
    """A template cannot be compiled; `field` is the key at fault as written, such as `x.$`."""

    def __init__(self, expression: str, fault: TemplateFault) -> None:
        super().__init__("syntax", expression, fault.detail)
        self.field = fault.field


@dataclass(frozen=True, slots=True)
class PayloadTemplate:
    """A compiled template, immutable; equal to another of the same source.

    Attributes:
        source: the template as written.
        variables: the names of the variables that it reads.
    """

    source: JsonValue = field(hash=False)
    variables: frozenset[str]
    _evaluate: _Evaluate = field(repr=False, compare=False)
    _may_repeat: bool = field(repr=False, compare=False)  # one large part many times

    def evaluate(self, scope: Scope) -> JsonValue:
        """The value of the template; the very same object each time if nothing in it depends on the scope.

        Raises:
            StatesRuntime: a path leads nowhere, or an intrinsic function fails; the cause is AWS's text.
            StatesDataLimitExceeded: the value is too large to be looked at.
        """
        value = self._evaluate(scope)
        if self._may_repeat:
            scope.check_printable(value)
        return value


def compile_template(value: JsonValue, nested_calls: int = AWS_DEFINITIONS.nested_calls) -> PayloadTemplate:
    """Compile a template; so many intrinsic functions may be called inside each other.

    Raises:
        TemplateError: the first of `template_faults(value)`.
    """
    for fault in _faults(value, (), nested_calls):
        raise TemplateError(json_text(value), fault)
    paths: list[Path] = []
    part = _compile(value, paths, nested_calls)
    evaluate = part.evaluate if isinstance(part, _Dynamic) else lambda _scope: value
    may_repeat = len(paths) > MANY_PARTS or any(path.repeats for path in paths)
    return PayloadTemplate(value, _variables(paths), evaluate, may_repeat)


def _variables(paths: Iterable[Path]) -> frozenset[str]:
    """The names of the variables that paths read."""
    return frozenset(path.variable for path in paths if path.variable is not None)


def template_faults(value: JsonValue, nested_calls: int = AWS_DEFINITIONS.nested_calls) -> list[TemplateFault]:
    """All faults of a template in the order of its text: `.$` keys without a valid expression, keys given twice."""
    return list(_faults(value, (), nested_calls))


def _faults(value: JsonValue, location: tuple[str | int, ...], nested_calls: int) -> Iterator[TemplateFault]:
    if len(location) > MAX_DEPTH:
        yield TemplateFault(str(location[-1]), location, f"nested more than {MAX_DEPTH} deep")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, (*location, index), nested_calls)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _member_faults(value, key, member, (*location, key), nested_calls)


def unusable_keys(value: JsonValue) -> Iterator[str]:
    """The `.$` keys in a template's value, which came with data, whose own value would be no expression."""
    if isinstance(value, list):
        for item in value:
            yield from unusable_keys(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if not key.endswith(_MARK):
                yield from unusable_keys(member)
            elif not _is_expression(member):
                yield key


def _is_expression(value: JsonValue) -> bool:
    try:
        _parse_expression(value, AWS_DEFINITIONS.nested_calls)
    except QueryError:
        return False
    return True


def _member_faults(
    template: dict[str, JsonValue], key: str, member: JsonValue, location: tuple[str | int, ...], nested_calls: int
) -> Iterator[TemplateFault]:
    if not key.endswith(_MARK):
        yield from _faults(member, location, nested_calls)
        return
    if key.removesuffix(_MARK) in template:
        yield TemplateFault(key, location, f"the keys {key.removesuffix(_MARK)!r} and {key!r} are the same")
    try:
        _parse_expression(member, nested_calls)
    except QueryError as error:
        yield TemplateFault(key, location, error.detail, is_expression=True, position=error.position)


def _parse_expression(value: JsonValue, nested_calls: int) -> Path | Intrinsic:
    if not isinstance(value, str):
        raise QueryError("syntax", json_text(value), "a path or an intrinsic function call expected")
    return parse_path(value) if value.startswith("$") else parse_intrinsic(value, nested_calls)


@dataclass(frozen=True, slots=True)
class _Dynamic:
    """A part of a template that depends on the scope."""

    evaluate: _Evaluate


def _compile(value: JsonValue, paths: list[Path], nested_calls: int) -> JsonValue | _Dynamic:
    """`value` itself if it is constant, else how to get its value; the paths in it are added to `paths`."""
    if isinstance(value, dict):
        return _compile_object(value, paths, nested_calls)
    if isinstance(value, list):
        return _compile_array(value, paths, nested_calls)
    return value


def _compile_object(template: dict[str, JsonValue], paths: list[Path], nested_calls: int) -> JsonValue | _Dynamic:
    outline: dict[str, JsonValue] = {}  # all members in their order, null where the scope decides
    dynamic: list[tuple[str, _Evaluate]] = []
    for key, member in template.items():
        name = key.removesuffix(_MARK)
        compile_member = _compile if not key.endswith(_MARK) else partial(_compile_field, key)
        part = compile_member(member, paths, nested_calls)
        outline[name] = None if isinstance(part, _Dynamic) else part
        if isinstance(part, _Dynamic):
            dynamic.append((name, part.evaluate))
    if not dynamic:
        return template

    def evaluate(scope: Scope) -> JsonValue:
        result = outline.copy()
        for name, member in dynamic:
            result[name] = member(scope)
        return result

    return _Dynamic(evaluate)


def _compile_array(template: list[JsonValue], paths: list[Path], nested_calls: int) -> JsonValue | _Dynamic:
    parts = [_compile(item, paths, nested_calls) for item in template]
    dynamic = [(index, part.evaluate) for index, part in enumerate(parts) if isinstance(part, _Dynamic)]
    if not dynamic:
        return template

    def evaluate(scope: Scope) -> JsonValue:
        result = template.copy()
        for index, item in dynamic:
            result[index] = item(scope)
        return result

    return _Dynamic(evaluate)


def _compile_field(key: str, value: JsonValue, paths: list[Path], nested_calls: int) -> _Dynamic:
    expression = _parse_expression(value, nested_calls)
    if isinstance(expression, Intrinsic):
        paths += expression.paths
        return _Dynamic(expression.evaluate)
    paths.append(expression)

    def evaluate(scope: Scope) -> JsonValue:
        found = look_up(expression, scope)
        return _when_missing(expression, key, scope) if found is MISSING else found

    return _Dynamic(evaluate)


def _when_missing(path: Path, field: str, scope: Scope) -> JsonValue:
    """Give null for an index past the end of an array, as reported of AWS; otherwise the state fails."""
    if isinstance(path, ReferencePath) and path.is_past_end(scope):
        return None
    raise _not_found(path, field, scope)


def _not_found(path: Path, field: str, scope: Scope) -> StatesRuntime:
    document = json_text(scope.document)
    return StatesRuntime(
        f"The JSONPath '{path.text}' specified for the field '{field}' could not be found in the input '{document}'"
    )


@dataclass(frozen=True, slots=True)
class FailText:
    """A compiled ErrorPath or CausePath: a reference path or an intrinsic function call, giving a string."""

    expression: ReferencePath | Intrinsic

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables that it reads."""
        return self.expression.variables if isinstance(self.expression, Intrinsic) else _variables([self.expression])

    def evaluate(self, scope: Scope, field: str) -> str:
        """The text, for `field` `"ErrorPath"` or `"CausePath"`.

        Raises:
            StatesRuntime: the path leads nowhere, the function fails, or the value is not a string.
        """
        value = self._value(scope, field)
        if not isinstance(value, str):
            text = self.expression.text
            raise StatesRuntime(f"The {field} parameter does not reference a string: {text} == {json_text(value)}")
        return value

    def _value(self, scope: Scope, field: str) -> JsonValue:
        if isinstance(self.expression, Intrinsic):
            return self.expression.evaluate(scope)
        found = look_up(self.expression, scope)
        if found is MISSING:
            raise _not_found(self.expression, field, scope)
        return found


def parse_fail_text(text: str, nested_calls: int = AWS_DEFINITIONS.nested_calls) -> FailText:
    """Compile an ErrorPath or CausePath; `nested_calls` as for `compile_template`.

    Raises:
        QueryError: `text` is neither a reference path nor an intrinsic function call (code `"syntax"`).
    """
    return FailText(parse_reference_path(text) if text.startswith("$") else parse_intrinsic(text, nested_calls))
