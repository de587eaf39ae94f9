"""Compiles the members of one JSON object of a definition: paths, templates and expressions, each fault reported.

Every reader returns the compiled value, or None where the member is absent or faulty; a faulty one is in the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final, TypeVar, assert_never

from interpreter.dataflow.template import (
    FailText,
    PayloadTemplate,
    TemplateError,
    compile_template,
    parse_fail_text,
    template_faults,
)
from interpreter.definition.diagnostics import (
    UNSUPPORTED_JSONATA_EXPRESSION,
    Location,
    location_text,
)
from interpreter.definition.members import Members
from interpreter.definition.model import WHOLE_DOCUMENT, WHOLE_RESULT, Quantity, Share, Template
from interpreter.definition.schema import QueryLanguage
from interpreter.errors import QueryError
from interpreter.jsonata import Expression, ExpressionError, JsonataTemplate, is_expression, parse_expression
from interpreter.jsonata import compile_template as compile_jsonata
from interpreter.jsonata import template_faults as jsonata_faults
from interpreter.jsonpath import Path, ReferencePath, parse_path, parse_result_path
from interpreter.values import JsonValue

_EXPRESSION: Final = "a valid JSONPath or a valid intrinsic function call"
_NO_PATH: Final = "Value must be a valid JSONPath."
_NO_REFERENCE_PATH: Final = "Value is not a Reference Path"
_ODD_BRACKET: Final = re.compile(r"\[(?!['\"0-9-])")
_ROOTS: Final = "a path begins with $, $$ or $ and the name of a variable"
_OPEN: Final = "{%"
_UNCLOSED: Final = "JSONata string must start with {% and end with %}"
"""Reported of AWS; what has something before `{%` is text (recorded)."""

_BARE_NAME: Final = re.compile(r"Reference to '(\w+|\$)' at the top level is not supported\.")

_Number = TypeVar("_Number", int, float)

_GUARDED: Final = frozenset({"result", "errorOutput"})
"""The members of `$states` that only some fields see; others may be named anywhere (developer guide)."""


class Fields(Members):
    """The members of one object, compiled in the query language of its state."""

    def path(self, name: str) -> Path | None:
        """Any path; the whole document where the member is absent, None where it is `null`."""
        if name not in self.members:
            return WHOLE_DOCUMENT
        value = self.members[name]
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong_type(name, "STRING", "NULL")
            return None
        try:
            return parse_path(value)
        except QueryError as error:
            self.error(name, _NO_PATH, _fault_place(error.detail, error.position))
            return None

    def reference(self, name: str) -> ReferencePath | None:
        """A reference path on the document, the context object or a variable."""
        value = self.text(name)
        if value is not None and not value.startswith("$"):
            self.error(name, _NO_PATH, _ROOTS)
            return None
        return None if value is None else self._reference(name, value)

    def rule_path(self, name: str) -> ReferencePath | None:
        """A reference path in a rule of a Choice."""
        value = self.text(name)
        if value is not None and not value.startswith("$"):
            self.error(name, f"{_NO_REFERENCE_PATH}: Reference path didn't start with '$'", _ROOTS)
            return None
        if value is None:
            return None
        odd_bracket = _ODD_BRACKET.search(value) is not None
        return self._reference(name, value, ": '[' must be followed by ' or '['" if odd_bracket else "")

    def _reference(self, name: str, value: str, reason: str = "") -> ReferencePath | None:
        message = _NO_REFERENCE_PATH + reason
        try:
            path = parse_path(value)
        except QueryError as error:
            self.error(name, message, _fault_place(error.detail, error.position))
            return None
        if not isinstance(path, ReferencePath):
            self.error(name, message, "a reference path has only member names and indices")
            return None
        return path

    def result_path(self, name: str = "ResultPath") -> ReferencePath | None:
        """Where a result goes: everywhere where the member is absent, None where it is `null`."""
        if name not in self.members:
            return WHOLE_RESULT
        value = self.members[name]
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong_type(name, "STRING", "NULL")
            return None
        if not value.startswith("$"):
            self.error(name, _NO_PATH, "it begins with $")
            return None
        try:
            return parse_result_path(value)
        except QueryError as error:
            self.error(name, _NO_REFERENCE_PATH, _fault_place(error.detail, error.position))
            return None

    def fail_text(self, name: str) -> FailText | None:
        """A path or an intrinsic function call that gives a string."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse_fail_text(value, self.quotas.nested_calls)
        except QueryError as error:
            self.error(name, f"Value must be {_EXPRESSION}", _fault_place(error.detail, error.position))
            return None

    # --- in the language of the state ----------------------------------------------------------------------------

    def quantity(self, name: str) -> Quantity | None:
        """An integer in the range of its field, or where to find one: a `...Path` in JSONPath, else an expression."""
        match self.language:
            case QueryLanguage.JSONPATH:
                written, path = self._written(name, self.integer), self.reference(f"{name}Path")
                return written if path is None else path
            case QueryLanguage.JSONATA:
                return self.expression(name) if self._opens_expression(name) else self._written(name, self.integer)
            case _:
                assert_never(self.language)

    def share(self, name: str) -> Share | None:
        """A percentage, or where to find one, as for `quantity`."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._opens_expression(name) else self._written(name, self.number)
        written, path = self._written(name, self.number), self.reference(f"{name}Path")
        return written if path is None else path

    def _written(self, name: str, read: Callable[[str], _Number | None]) -> _Number | None:
        """A number where an expression could stand as well: AWS has another text for strings there (reported)."""
        if isinstance(self.members.get(name), str):
            self.error(name, "Expected value of type Integer", self.misplaced(name) or "found a string")
            return None
        return read(name)

    def items(self, name: str) -> JsonataTemplate | Expression | None:
        """The items of a JSONata Map: an array or an object, or an expression."""
        if self._opens_expression(name):
            return self.expression(name)
        if name in self.members and not isinstance(self.members[name], dict | list):
            self.wrong_type(name, "ARRAY")
            return None
        return self.jsonata(name)

    def timestamp_anywhere(self, name: str) -> str | Path | Expression | None:
        """An RFC 3339 timestamp, or where to find one."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._opens_expression(name) else self.timestamp(name)
        written, path = self.timestamp(name), self.reference(f"{name}Path")
        return written if path is None else path

    def text_anywhere(self, name: str) -> str | FailText | Expression | None:
        """A text of a Fail state, or where to find it."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._opens_expression(name) else self.text(name)
        written, found = self.text(name), self.fail_text(f"{name}Path")
        return written if found is None else found

    def condition(self, name: str) -> bool | Expression | None:
        """A boolean, or an expression that gives one."""
        if self._opens_expression(name):
            return self.expression(name)
        value = self.members.get(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            self.error(name, "Expected value of type [BOOLEAN]", "found a string; an expression goes between {% and %}")
        elif name in self.members:
            self.wrong_type(name, "BOOLEAN")
        return None

    def object_template(self, name: str) -> Template | None:
        """A template that is an object."""
        return self.template(name) if self.language is QueryLanguage.JSONPATH else self.jsonata_object(name)

    def _opens_expression(self, name: str) -> bool:
        """Whether a member is an expression, or one without its end, which is a text in stored definitions."""
        value = self.members.get(name)
        return isinstance(value, str) and (is_expression(value) or (not self.report.stored and _is_unclosed(value)))

    def expression(self, name: str, visible: Collection[str] = ()) -> Expression | None:
        """A member that is a JSONata expression; `visible` are the guarded members of `$states` it may read."""
        text = str(self.members[name])
        if not is_expression(text):
            self.error(name, _UNCLOSED)
            return None
        try:
            expression = parse_expression(text)
        except ExpressionError as error:
            self._report_expression(name, error)
            return None
        return expression if self._check_sight(name, expression, visible) else None

    def jsonata(self, name: str, visible: Collection[str] = ()) -> JsonataTemplate | None:
        """A JSONata template: any JSON; `visible` as in `expression`."""
        if name not in self.members:
            return None
        value = self.members[name]
        faults = list(jsonata_faults(value))
        for fault in faults:
            self._report_expression(name, fault)
        unclosed = [] if self.report.stored else list(_unclosed(value))
        for place in unclosed:
            self.report.error(self.at(name), _UNCLOSED, place=(*self.at(name), *place))
        if faults or unclosed:
            return None
        template = compile_jsonata(value, location_text(self.at(name)[len(self.owner) :]).removeprefix("/"))
        seen = [self._check_sight(name, expression, visible) for expression in template.expressions]
        return template if all(seen) else None

    def jsonata_object(self, name: str, visible: Collection[str] = ()) -> JsonataTemplate | None:
        """A JSONata template that is an object."""
        if name in self.members and not isinstance(self.members[name], dict):
            self.wrong_type(name, "OBJECT")
            return None
        return self.jsonata(name, visible)

    def _report_expression(self, name: str, error: ExpressionError) -> None:
        place = (*self.at(name), *error.location)
        self.report.error(self.at(name), error.detail, code=error.diagnostic, place=place, hint=_expression_hint(error))

    def _check_sight(self, name: str, expression: Expression, visible: Collection[str]) -> bool:
        hidden = sorted((expression.reads_states or frozenset()) & _GUARDED - frozenset(visible))
        for member in hidden:
            message = f"Reference to '$states.{member}' is not supported in this field."
            self.report.error(self.at(name), message, code=UNSUPPORTED_JSONATA_EXPRESSION)
        return not hidden

    # --- JSONPath templates --------------------------------------------------------------------------------------

    def template(self, name: str) -> PayloadTemplate | None:
        """A payload template: an object."""
        value = self.members.get(name)
        if not isinstance(value, dict):
            if name in self.members:
                self.wrong_type(name, "OBJECT")
            return None
        try:
            return compile_template(value, self.quotas.nested_calls)
        except TemplateError:
            self._report_template(name, value)
            return None

    def _report_template(self, name: str, value: JsonValue) -> None:
        for fault in template_faults(value, self.quotas.nested_calls):
            message, hint = fault.detail, None
            if fault.is_expression:
                message = f"The value for the field '{fault.field}' must be {_EXPRESSION}"
                hint = _fault_place(fault.detail, fault.position)
            self.report.error(self.at(name), message, place=(*self.at(name), *fault.location), hint=hint)


def _unclosed(value: JsonValue) -> Iterator[Location]:
    """The places in a JSONata template of texts that begin as an expression and do not end as one."""
    match value:
        case str() if _is_unclosed(value):
            yield ()
        case dict() | list():
            for key, member in value.items() if isinstance(value, dict) else enumerate(value):
                yield from ((key, *place) for place in _unclosed(member))


def _is_unclosed(text: str) -> bool:
    return text.startswith(_OPEN) and not is_expression(text)


def _fault_place(detail: str, position: int | None) -> str:
    return f"{detail} (character {position + 1})" if position else detail


def _expression_hint(error: ExpressionError) -> str | None:
    if error.position is None or not error.expression:
        return None
    place = f"character {error.position + 1} of the expression {error.expression!r}"
    name = _BARE_NAME.fullmatch(error.detail)
    if name is None:
        return place
    return f"{place}; the input of the state is $states.input{'' if name[1] == '$' else f'.{name[1]}'}"
