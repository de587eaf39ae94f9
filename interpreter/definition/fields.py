"""Reads the members of one JSON object of a definition: types, ranges, paths and templates, each fault reported.

Every reader returns the compiled value, or None where the member is absent or faulty; a faulty one is in the report.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, assert_never

from interpreter.dataflow.template import (
    FailText,
    PayloadTemplate,
    TemplateError,
    compile_template,
    parse_fail_text,
    template_faults,
)
from interpreter.definition.diagnostics import (
    ROOT,
    UNSUPPORTED_JSONATA_EXPRESSION,
    Location,
    Report,
    location_text,
)
from interpreter.definition.model import WHOLE_DOCUMENT, WHOLE_RESULT, Quantity, Share, Template
from interpreter.definition.schema import COUNTERPARTS, RANGES, STATE_FIELDS, FieldTable, QueryLanguage
from interpreter.errors import QueryError
from interpreter.jsonata import Expression, ExpressionError, JsonataTemplate, is_expression, parse_expression
from interpreter.jsonata import compile_template as compile_jsonata
from interpreter.jsonata import template_faults as jsonata_faults
from interpreter.jsonpath import Path, ReferencePath, parse_path, parse_result_path
from interpreter.timestamps import parse_timestamp
from interpreter.values import JsonValue, is_integer, is_number, json_type_name

_EXPRESSION: Final = "a valid JSONPath or a valid intrinsic function call"
_NO_REFERENCE_PATH: Final = "Value is not a Reference Path"
_ARTICLES: Final = {"null": "", "array": "an ", "object": "an "}
_ALL_FIELDS: Final = frozenset(name for fields in STATE_FIELDS.values() for name in fields)
_LONG_NUMBER: Final = 10**100
_BARE_NAME: Final = re.compile(r"Reference to '(\w+|\$)' at the top level is not supported\.")

_GUARDED: Final = frozenset({"result", "errorOutput"})
"""The members of `$states` that only some fields see; others may be named anywhere (developer guide)."""


class Fields:
    """One object of a definition, its place, and the report for its faults.

    `language` is that of the state which the object belongs to, and `owner` the place of that state.
    """

    def __init__(
        self,
        members: dict[str, JsonValue],
        location: Location,
        report: Report,
        language: QueryLanguage = QueryLanguage.JSONPATH,
        owner: Location = ROOT,
    ) -> None:
        self.members = members
        self.location = location
        self.report = report
        self.language = language
        self.owner = owner

    def of_state(self, language: QueryLanguage) -> Fields:
        """The same members, as those of a state in `language`."""
        return Fields(self.members, self.location, self.report, language, self.location)

    def _inner(self, members: dict[str, JsonValue], location: Location) -> Fields:
        return Fields(members, location, self.report, self.language, self.owner)

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def at(self, name: str) -> Location:
        """The place of a member."""
        return (*self.location, name)

    def error(self, name: str, message: str, hint: str | None = None) -> None:
        """Report a fault of one member."""
        self.report.error(self.at(name), message, hint=hint)

    def require(self, names: Iterable[str]) -> None:
        """Report the names that are absent, all in one diagnostic."""
        missing = [name for name in names if name not in self.members]
        if missing:
            self.report.error(self.location, f"These fields are required: [{', '.join(missing)}]")

    def allow(self, table: FieldTable) -> None:
        """Report members that are not in `table`, then those of the other query language."""
        self.refuse_unknown(table)
        for name in self.members:
            owner = table.get(name)
            if owner is not None:
                self.refuse_language((name,), owner)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Report members that are none of `known`."""
        for name in self.members:
            if name not in known:
                others = [one for one in known if one not in self.members]
                hint = None if name in _ALL_FIELDS else self.report.did_you_mean(name, others)
                self.report.error(self.location, f"Field '{name}' is not supported", place=self.at(name), hint=hint)

    def refuse_language(self, names: Iterable[str], owner: QueryLanguage) -> None:
        """Report members that only a state written in `owner` may have, where the state is written in the other."""
        for name in names:
            if name in self.members and self.language is not owner:
                message = wrong_language(self.language, name, owner)
                instead = COUNTERPARTS[self.language].get(name)
                hint = None if instead is None else f"in {self.language} it is {instead}"
                self.report.error(self.location, message, place=self.at(name), hint=hint)

    def at_most_one(self, names: Sequence[str]) -> None:
        """Report two or more members of a group of alternatives."""
        present = [name for name in names if name in self.members]
        if len(present) > 1:
            message = f"There should only be one of the following fields: [{', '.join(names)}]"
            hint = f"found {' and '.join(present)}"
            self.report.error(self.location, message, place=self.at(present[1]), hint=hint)

    def at_least_one(self, names: Sequence[str]) -> None:
        """Report that none of a group of alternatives is there."""
        if not any(name in self.members for name in names):
            self.report.error(self.location, f"There should be one of the following fields: [{', '.join(names)}]")

    def wrong_type(self, name: str, *types: str) -> None:
        """Report that a member is of none of these types."""
        found = json_type_name(self.members[name])
        hint = self._misplaced(name) or f"found {_ARTICLES.get(found, 'a ')}{found}"
        self.error(name, f"Expected value of type [{', '.join(types)}]", hint)

    def _misplaced(self, name: str) -> str | None:
        """Where the value of a member belongs, if it is a path or an expression that cannot stand here."""
        value = self.members[name]
        if self.language is QueryLanguage.JSONATA or not isinstance(value, str):
            return None
        if value.startswith("$") and f"{name}Path" in COUNTERPARTS[QueryLanguage.JSONATA]:
            return f"a path goes into {name}Path"
        return 'expressions need "QueryLanguage": "JSONata"' if is_expression(value) else None

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.members.get(name)
        if isinstance(value, str):
            return value
        if name in self.members:
            self.wrong_type(name, "STRING")
        return None

    def one_of(self, name: str, values: Sequence[str]) -> str | None:
        """A string out of a closed set."""
        value = self.text(name)
        if value is not None and value not in values:
            self.error(
                name,
                f"Value should be one of the following: [{', '.join(values)}]",
                self.report.did_you_mean(value, values),
            )
            return None
        return value

    def integer(self, name: str) -> int | None:
        """An integer in the range of its field."""
        value = self.members.get(name)
        if is_integer(value):
            return value if self._in_range(name, value) else None
        if name in self.members:
            self.wrong_type(name, "INTEGER")
        return None

    def number(self, name: str) -> float | None:
        """A number in the range of its field."""
        value = self.members.get(name)
        if is_number(value):
            return _as_float(value) if self._in_range(name, value) else None
        if name in self.members:
            self.wrong_type(name, "NUMBER")
        return None

    def _in_range(self, name: str, value: float) -> bool:
        allowed = RANGES[name]
        if value < allowed.minimum:
            self.error(name, f"Minimum value is {allowed.minimum}", _found_number(value))
            return False
        if allowed.maximum is not None and value > allowed.maximum:
            self.error(name, f"Maximum value is {allowed.maximum}", _found_number(value))
            return False
        return True

    def true(self, name: str) -> None:
        """A member that can only be `true`."""
        if name in self.members and self.members[name] is not True:
            if isinstance(self.members[name], bool):
                self.error(name, "Value should be one of the following: [true]")
            else:
                self.wrong_type(name, "BOOLEAN")

    def timestamp(self, name: str) -> str | None:
        """An RFC 3339 timestamp, as its text."""
        value = self.text(name)
        if value is not None and parse_timestamp(value) is None:
            hint = self._misplaced(name) or "such as 2027-03-14T01:59:00Z"
            self.error(name, "String does not match RFC3339 timestamp", hint)
            return None
        return value

    def object(self, name: str) -> Fields | None:
        """A nested object."""
        value = self.members.get(name)
        if isinstance(value, dict):
            return self._inner(value, self.at(name))
        if name in self.members:
            self.wrong_type(name, "OBJECT")
        return None

    def objects(self, name: str, *, may_be_empty: bool = False) -> Iterator[Fields]:
        """The objects of an array."""
        value = self.members.get(name)
        if not isinstance(value, list):
            if name in self.members:
                self.wrong_type(name, "ARRAY")
            return
        if not value and not may_be_empty:
            self.error(name, "Value cannot be empty")
        for index, item in enumerate(value):
            location = (*self.at(name), index)
            if isinstance(item, dict):
                yield self._inner(item, location)
            else:
                self.report.error(location, "Expected value of type [OBJECT]")

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings of a non-empty array."""
        value = self.members.get(name)
        if not isinstance(value, list):
            if name in self.members:
                self.wrong_type(name, "ARRAY")
            return ()
        if not value:
            self.error(name, "Value cannot be empty")
        for index, item in enumerate(value):
            if not isinstance(item, str):
                self.report.error((*self.at(name), index), "Expected value of type [STRING]")
        return tuple(item for item in value if isinstance(item, str))

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
            self.error(name, "Value must be a valid JSONPath.", _fault_place(error.detail, error.position))
            return None

    def reference(self, name: str) -> Path | None:
        """A reference path on the document, the context object or a variable."""
        value = self.text(name)
        if value is None:
            return None
        try:
            path = parse_path(value)
        except QueryError as error:
            self.error(name, _NO_REFERENCE_PATH, _fault_place(error.detail, error.position))
            return None
        if not isinstance(path, ReferencePath):
            self.error(name, _NO_REFERENCE_PATH, "a reference path has only member names and indices")
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
            return parse_fail_text(value)
        except QueryError as error:
            self.error(name, f"Value must be {_EXPRESSION}", _fault_place(error.detail, error.position))
            return None

    # --- in the language of the state ----------------------------------------------------------------------------

    def quantity(self, name: str) -> Quantity | None:
        """An integer in the range of its field, or where to find one: a `...Path` in JSONPath, else an expression."""
        match self.language:
            case QueryLanguage.JSONPATH:
                written, path = self.integer(name), self.reference(f"{name}Path")
                return written if path is None else path
            case QueryLanguage.JSONATA:
                return self.expression(name) if self._is_expression(name) else self.integer(name)
            case _:
                assert_never(self.language)

    def share(self, name: str) -> Share | None:
        """A percentage, or where to find one, as for `quantity`."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._is_expression(name) else self.number(name)
        written, path = self.number(name), self.reference(f"{name}Path")
        return written if path is None else path

    def items(self, name: str) -> JsonataTemplate | Expression | None:
        """The items of a JSONata Map: an array or an object, or an expression."""
        if self._is_expression(name):
            return self.expression(name)
        if name in self.members and not isinstance(self.members[name], dict | list):
            self.wrong_type(name, "ARRAY")
            return None
        return self.jsonata(name)

    def timestamp_anywhere(self, name: str) -> str | Path | Expression | None:
        """An RFC 3339 timestamp, or where to find one."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._is_expression(name) else self.timestamp(name)
        written, path = self.timestamp(name), self.reference(f"{name}Path")
        return written if path is None else path

    def text_anywhere(self, name: str) -> str | FailText | Expression | None:
        """A text of a Fail state, or where to find it."""
        if self.language is QueryLanguage.JSONATA:
            return self.expression(name) if self._is_expression(name) else self.text(name)
        written, found = self.text(name), self.fail_text(f"{name}Path")
        return written if found is None else found

    def condition(self, name: str) -> bool | Expression | None:
        """A boolean, or an expression that gives one."""
        if self._is_expression(name):
            return self.expression(name)
        value = self.members.get(name)
        if isinstance(value, bool):
            return value
        if name in self.members:
            self.wrong_type(name, "BOOLEAN")
        return None

    def object_template(self, name: str) -> Template | None:
        """A template that is an object."""
        return self.template(name) if self.language is QueryLanguage.JSONPATH else self.jsonata_object(name)

    def _is_expression(self, name: str) -> bool:
        value = self.members.get(name)
        return isinstance(value, str) and is_expression(value)

    def expression(self, name: str, visible: Collection[str] = ()) -> Expression | None:
        """A member that is a JSONata expression; `visible` are the guarded members of `$states` it may read."""
        try:
            expression = parse_expression(str(self.members[name]))
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
        if faults:
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
            return compile_template(value)
        except TemplateError:
            self._report_template(name, value)
            return None

    def _report_template(self, name: str, value: JsonValue) -> None:
        for fault in template_faults(value):
            message, hint = fault.detail, None
            if fault.is_expression:
                message = f"The value for the field '{fault.field}' must be {_EXPRESSION}"
                hint = _fault_place(fault.detail, fault.position)
            self.report.error(self.at(name), message, place=(*self.at(name), *fault.location), hint=hint)


def wrong_language(language: QueryLanguage, field: str, owner: QueryLanguage) -> str:
    """AWS's text for a field of the other query language."""
    return (
        f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for the"
        f" '{owner}' QueryLanguage"
    )


def _fault_place(detail: str, position: int | None) -> str:
    return f"{detail} (character {position + 1})" if position else detail


def _found_number(value: float) -> str:
    return f"found {value}" if abs(value) < _LONG_NUMBER else "found a number of more than 100 digits"


def _expression_hint(error: ExpressionError) -> str | None:
    if error.position is None or not error.expression:
        return None
    place = f"character {error.position + 1} of the expression {error.expression!r}"
    name = _BARE_NAME.fullmatch(error.detail)
    if name is None:
        return place
    return f"{place}; the input of the state is $states.input{'' if name[1] == '$' else f'.{name[1]}'}"


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits: as good as no bound
        return float("inf")
