"""Reads the members of one JSON object of a definition: which there may be, types and ranges, each fault reported.

Every reader returns the value, or None where the member is absent or faulty; a faulty one is in the report.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Self

from interpreter.definition.diagnostics import ROOT, Location, Report
from interpreter.definition.schema import (
    COUNTERPARTS,
    EXPRESSION_FIELDS,
    MACHINE_FIELDS,
    PROCESSOR_FIELDS,
    RANGES,
    STATE_FIELDS,
    FieldTable,
    QueryLanguage,
    taken_in,
)
from interpreter.jsonata import is_expression
from interpreter.limits import AWS_DEFINITIONS, DefinitionQuotas
from interpreter.timestamps import parse_timestamp
from interpreter.values import JsonValue, is_integer, is_number, json_type_name

NOT_SUPPORTED: Final = "Field '{}' is not supported"
"""AWS's text for a field that an object does not have (reported of all types of states and of machines, 2026)."""

_NOT_ALLOWED: Final = frozenset({"ResultPath"})
"""Of these another text is reported: `Field ResultPath not allowed`."""

_ARTICLES: Final = {"null": "", "array": "an ", "object": "an "}
_ALL_FIELDS: Final = frozenset().union(MACHINE_FIELDS, PROCESSOR_FIELDS, *STATE_FIELDS.values())
_LONG_NUMBER: Final = 10**100
_LONGEST_MISSPELT: Final = 20
_WHOLE_EXPRESSIONS: Final = frozenset({*EXPRESSION_FIELDS, "Items", "ItemSelector", "BatchInput"})
"""Fields that can be one expression in JSONata and are something else without."""

_NEED_JSONATA: Final = 'expressions need "QueryLanguage": "JSONata"'
_SIMPLE_PATH: Final = re.compile(r"(?P<root>\$\$?)(?P<steps>(?:\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*)")
"""Paths that JSONata reads in the same way, once they have its root."""


class Members:
    """One object of a definition, its place, and the report for its faults.

    `language` is that of the state which the object belongs to, and `owner` the place of that state; `quotas` are
    those on the definition.
    """

    def __init__(
        self,
        members: dict[str, JsonValue],
        location: Location,
        report: Report,
        language: QueryLanguage = QueryLanguage.JSONPATH,
        owner: Location = ROOT,
        quotas: DefinitionQuotas = AWS_DEFINITIONS,
    ) -> None:
        self.members = members
        self.location = location
        self.report = report
        self.language = language
        self.owner = owner
        self.quotas = quotas
        self._table: FieldTable = {}

    def of_state(self, language: QueryLanguage) -> Self:
        """The same members, as those of a state in `language`."""
        return type(self)(self.members, self.location, self.report, language, self.location, self.quotas)

    def _inner(self, members: dict[str, JsonValue], location: Location) -> Self:
        return type(self)(members, location, self.report, self.language, self.owner, self.quotas)

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
            hint = self._misspelt(missing[0]) if len(missing) == 1 else None
            self.report.error(self.location, f"These fields are required: [{', '.join(missing)}]", hint=hint)

    def _misspelt(self, name: str) -> str | None:
        """For hints: which member that is a field of no state and no machine `name` was meant to be."""
        unknown = [one for one in self.members if one not in _ALL_FIELDS and len(one) <= _LONGEST_MISSPELT]
        written = self.report.closest(name, unknown) if unknown else None
        return None if written is None else f"did you mean {name!r} where {written!r} stands?"

    def allow(self, table: FieldTable) -> None:
        """Report members that are not in `table`, then those of the other query language.

        Hints on the values of members go by the same table from here on.
        """
        self._table = table
        taken = taken_in(self.language, table)
        self.refuse_unknown(taken, table.keys() - taken)
        for name in self.members:
            owner = table.get(name)
            if owner is not None:
                self.refuse_language((name,), owner, taken)

    def refuse_unknown(self, taken: Collection[str], of_other: Collection[str] = ()) -> None:
        """Report members that are neither in `taken` nor, as fields of the other query language, in `of_other`."""
        known = {*taken, *of_other}
        for name in self.members:
            if name not in known:
                hint = None if name in _ALL_FIELDS else self._meant(name, known, taken)
                text = f"Field {name} not allowed" if name in _NOT_ALLOWED else NOT_SUPPORTED.format(name)
                self.report.unwanted(self.location, name, text, hint=hint)

    def _meant(self, name: str, known: Collection[str], taken: Collection[str]) -> str | None:
        """For hints: what was meant by `name`, or what stands for that in the language of the state."""
        close = self.report.closest(name, [one for one in known if one not in self.members])
        if close is None:
            return None
        return f"did you mean {close!r}?" if close in taken else self._counterpart(close, taken)

    def _counterpart(self, name: str, taken: Collection[str]) -> str | None:
        """For hints: what stands for a field of the other language in an object that takes `taken`."""
        counterpart = COUNTERPARTS[self.language].get(name)
        instead = None if counterpart is None else counterpart.told(taken)
        return None if instead is None else f"in {self.language} it is {instead}"

    def refuse_language(self, names: Iterable[str], owner: QueryLanguage, taken: Collection[str]) -> None:
        """Report members that only a state written in `owner` may have, where the state is written in the other.

        `taken` are the fields that the object has in the language of the state: hints name no others.
        """
        for name in names:
            if name in self.members and self.language is not owner:
                message = _wrong_language(self.language, name, owner)
                self.report.unwanted(self.location, name, message, hint=self._counterpart(name, taken))

    def at_most_one(self, names: Sequence[str]) -> None:
        """Report two or more members of a group of alternatives."""
        present = [name for name in names if name in self.members]
        if len(present) > 1:
            message = f"There should only be one of the following fields: [{', '.join(names)}]"
            hint = f"found {' and '.join(present)}"
            self.report.unwanted(self.location, present[1], message, hint=hint)

    def require_one(self, names: Sequence[str]) -> None:
        """Report that none of a group of alternatives, of which one must be there, is (reported of AWS)."""
        if not any(name in self.members for name in names):
            message = f"This object should have only one of the following fields: [{', '.join(names)}]"
            self.report.error(self.location, message)

    def at_least_one(self, names: Sequence[str]) -> None:
        """Report that none of a group is there of which several may be."""
        if not any(name in self.members for name in names):
            self.report.error(self.location, f"There should be one of the following fields: [{', '.join(names)}]")

    def wrong_type(self, name: str, *types: str) -> None:
        """Report that a member is of none of these types."""
        found = json_type_name(self.members[name])
        hint = self.misplaced(name) or f"found {_ARTICLES.get(found, 'a ')}{found}"
        self.error(name, f"Expected value of type [{', '.join(types)}]", hint)

    def misplaced(self, name: str) -> str | None:
        """Where the value of a member belongs, if it is a path or an expression that cannot stand here."""
        value = self.members[name]
        if not isinstance(value, str):
            return None
        taken = taken_in(self.language, self._table)
        if self.language is QueryLanguage.JSONATA:
            path = _SIMPLE_PATH.fullmatch(value) if name in taken and name in _WHOLE_EXPRESSIONS else None
            return None if path is None else f'in JSONata it is "{_as_expression(path)}"'
        if value.startswith("$") and f"{name}Path" in taken:
            return f"a path goes into {name}Path"
        return self._where_expressions_go(name) if is_expression(value) else None

    def _where_expressions_go(self, name: str) -> str | None:
        """For hints: how to write an expression that stands in a member of a JSONPath state; None where none can."""
        taken = taken_in(QueryLanguage.JSONATA, self._table)
        if name in taken:
            return _NEED_JSONATA if name in _WHOLE_EXPRESSIONS else None
        counterpart = COUNTERPARTS[QueryLanguage.JSONATA].get(name)
        instead = None if counterpart is None else counterpart.told(taken)
        return None if instead is None else f"{_NEED_JSONATA}, where it is {instead}"

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
            hint = self.misplaced(name) or "such as 2027-03-14T01:59:00Z"
            self.error(name, "String does not match RFC3339 timestamp", hint)
            return None
        return value

    def object(self, name: str) -> Self | None:
        """A nested object."""
        value = self.members.get(name)
        if isinstance(value, dict):
            return self._inner(value, self.at(name))
        if name in self.members:
            self.wrong_type(name, "OBJECT")
        return None

    def objects(self, name: str, *, may_be_empty: bool = False) -> Iterator[Self]:
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


def _wrong_language(language: QueryLanguage, field: str, owner: QueryLanguage) -> str:
    """AWS's text for a field of the other query language."""
    return (
        f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for the"
        f" '{owner}' QueryLanguage"
    )


def _as_expression(path: re.Match[str]) -> str:
    root = "$states.input" if path["root"] == "$" else "$states.context"
    return f"{{% {root}{path['steps']} %}}"


def _found_number(value: float) -> str:
    return f"found {value}" if abs(value) < _LONG_NUMBER else "found a number of more than 100 digits"


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits: as good as no bound
        return float("inf")
