"""Text to steps: the grammar of Jayway's JSONPath dialect, with the heads that Step Functions adds (`$$`, `$name`).

jsonpath-ng's own parser is not used: it refuses what Jayway takes (`a:b`, `$.[0]`, functions, `in`), takes what Jayway
refuses (slice steps, `|`, `where`, arithmetic), and reads some member names as operators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import re2

from interpreter.errors import QueryError
from interpreter.jsonpath.steps import (
    All,
    AnyOf,
    Condition,
    Descend,
    Exists,
    Filter,
    Function,
    Indices,
    Literal,
    Names,
    Negation,
    Operand,
    Pattern,
    Relation,
    RelativePath,
    Slice,
    Step,
    Wildcard,
)
from interpreter.values import JsonValue

FUNCTIONS: Final = frozenset({"length", "min", "max", "avg", "sum", "stddev", "first", "last", "keys"})
RELATIONS: Final = (
    "===", "!==", "==", "!=", "<=", ">=", "=~", "<", ">",
    "in", "nin", "subsetof", "anyof", "noneof", "contains", "size", "empty",
)  # fmt: skip

_MAX_FILTER_DEPTH: Final = 32
_HEAD: Final = re.compile(r"\$(?:\$|([^\W\d]\w*))?")
_DOT_NAME: Final = re.compile(r"[^\s.,()\[\]{}'\"?]+")
_DOT_NAME_IN_FILTER: Final = re.compile(r"[^\s.,()\[\]{}'\"?=!<>&|~]+")
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")
_WORD: Final = re.compile(r"[a-z]+")
_SYMBOL: Final = re.compile(r"===|!==|==|!=|<=|>=|=~|<|>")
_REGEX_FLAGS: Final = {"i": "i", "m": "m", "s": "s", "u": ""}  # RE2 knows Unicode anyway, and nothing like Java's x
_REGEX_OPTIONS: Final = re2.Options()
_REGEX_OPTIONS.log_errors = False
_WORDS: Final[dict[str, JsonValue]] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class ParsedPath:
    """A path taken apart. At most one of `variable` and `is_context` is set; with neither it starts at the document."""

    variable: str | None
    is_context: bool
    steps: tuple[Step, ...]


def parse(text: str) -> ParsedPath:
    """Take a path apart.

    Raises:
        QueryError: `text` is not a path (code `"syntax"`, with the position).
    """
    head = _HEAD.match(text)
    if head is None:
        raise QueryError("syntax", text, "a path starts with '$'", 0)
    reader = _Reader(text, head.end())
    steps = reader.steps(_DOT_NAME)
    if reader.position != len(text):
        raise reader.fault("'.' or '[' expected")
    return ParsedPath(head.group(1), head.group() == "$$", steps)


class _Reader:
    """A position in the text of one path, moving forward."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self._filter_depth = 0

    def fault(self, expected: str) -> QueryError:
        return QueryError("syntax", self.text, expected, self.position)

    def steps(self, dot_name: re.Pattern[str]) -> tuple[Step, ...]:
        """All steps up to the first character that cannot go on the path."""
        steps: list[Step] = []
        while self._at(".") or self._at("["):
            if steps and isinstance(steps[-1], Function):
                raise self.fault("a function ends the path")
            if self._take(".."):
                steps.append(Descend())
                steps.append(self._bracket() if self._at("[") else self._dot_step(dot_name))
            elif self._take("."):
                steps.append(self._bracket() if self._at("[") else self._dot_step(dot_name))
            else:
                steps.append(self._bracket())
        return tuple(steps)

    def _dot_step(self, dot_name: re.Pattern[str]) -> Step:
        if self._take("*"):
            return Wildcard()
        name = self._match(dot_name)
        if name is None:
            raise self.fault("a member name expected")
        if self._take("()"):
            if name not in FUNCTIONS:
                raise self.fault(f"{name}() is not a function")
            return Function(name)
        return name

    def _bracket(self) -> Step:
        self._expect("[")
        self._spaces()
        step = self._bracket_content()
        self._spaces()
        self._expect("]")
        return step

    def _bracket_content(self) -> Step:
        if self._take("*"):
            return Wildcard()
        if self._at("'") or self._at('"'):
            return self._names()
        if self._take("?"):
            return self._filter()
        return self._numbers()

    def _names(self) -> Step:
        names = [self._quoted()]
        while self._take_spaced(","):
            names.append(self._quoted())
        return names[0] if len(names) == 1 else Names(tuple(names))

    def _numbers(self) -> Step:
        first = self._integer()
        if self._take_spaced(":"):
            end = self._integer()
            if first is None and end is None:
                raise self.fault("a slice needs a bound")
            return Slice(first, end)
        if first is None:
            raise self.fault("a quoted name, an index, '*' or '?' expected")
        indices = [first]
        while self._take_spaced(","):
            index = self._integer()
            if index is None:
                raise self.fault("an index expected")
            indices.append(index)
        return first if len(indices) == 1 else Indices(tuple(indices))

    def _integer(self) -> int | None:
        digits = self._match(_INTEGER)
        return None if digits is None else int(digits)

    def _quoted(self) -> str:
        r"""A quoted text. `\` escapes itself and the quote in use; before anything else it stays (recorded on AWS)."""
        quote = self.text[self.position : self.position + 1]
        if quote not in {"'", '"'}:
            raise self.fault("a quoted text expected")
        characters: list[str] = []
        at = self.position + 1
        while at < len(self.text):
            character = self.text[at]
            if character == quote:
                self.position = at + 1
                return "".join(characters)
            if character == "\\" and self.text[at + 1 : at + 2] in (quote, "\\"):
                at += 1
                character = self.text[at]
            characters.append(character)
            at += 1
        raise self.fault("the quote is not closed")

    def _filter(self) -> Filter:
        self._spaces()
        self._expect("(")
        self._filter_depth += 1
        if self._filter_depth > _MAX_FILTER_DEPTH:
            raise self.fault("the filter is nested too deeply")
        condition = self._any_of()
        self._filter_depth -= 1
        self._spaces()
        self._expect(")")
        return Filter(condition)

    def _any_of(self) -> Condition:
        conditions = [self._all()]
        while self._take_spaced("||"):
            conditions.append(self._all())
        return conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))

    def _all(self) -> Condition:
        conditions = [self._negation()]
        while self._take_spaced("&&"):
            conditions.append(self._negation())
        return conditions[0] if len(conditions) == 1 else All(tuple(conditions))

    def _negation(self) -> Condition:
        negated = False
        while self._take_spaced("!"):
            negated = not negated
        condition = self._primary()
        return Negation(condition) if negated else condition

    def _primary(self) -> Condition:
        if self._at("("):
            return self._filter().condition
        left = self._operand()
        operator = self._operator()
        if operator is not None:
            return Relation(left, operator, self._operand())
        if not isinstance(left, RelativePath):
            raise self.fault("a comparison operator expected")
        return Exists(left)

    def _operator(self) -> str | None:
        self._spaces()
        symbol = self._match(_SYMBOL)
        if symbol is not None:
            return symbol
        word = self._match(_WORD)
        if word is not None and word not in RELATIONS:
            raise self.fault(f"{word} is not an operator")
        return word

    def _operand(self) -> Operand:
        self._spaces()
        for head, from_root in (("@", False), ("$", True)):
            if self._take(head):
                return RelativePath(from_root, self.steps(_DOT_NAME_IN_FILTER))
        if self._take("/"):
            return self._pattern()
        return Literal(self._literal())

    def _literal(self) -> JsonValue:
        if self._at("'") or self._at('"'):
            return self._quoted()
        if self._take("["):
            return self._list()
        number = self._match(_NUMBER)
        if number is not None:
            return float(number) if any(mark in number for mark in ".eE") else int(number)
        word = self._match(_WORD)
        if word is None or word not in _WORDS:
            raise self.fault("a path or a constant expected")
        return _WORDS[word]

    def _list(self) -> JsonValue:
        items: list[JsonValue] = []
        if self._take_spaced("]"):
            return items
        while True:
            self._spaces()
            if self._at("["):
                raise self.fault("a list in a filter holds constants only")
            items.append(self._literal())
            if not self._take_spaced(","):
                break
        self._spaces()
        self._expect("]")
        return items

    def _pattern(self) -> Pattern:
        start = self.position
        at = start
        while at < len(self.text) and self.text[at] != "/":
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise self.fault("the pattern is not closed")
        source = self.text[start:at].replace("\\/", "/")
        self.position = at + 1
        flags = ""
        for letter in self._match(_WORD) or "":
            if letter not in _REGEX_FLAGS:
                raise self.fault(f"{letter} is not a pattern flag")
            flags += _REGEX_FLAGS[letter]
        try:
            return Pattern(re2.compile(f"(?{flags}){source}" if flags else source, _REGEX_OPTIONS))
        except re2.error as error:
            detail = f"not a regular expression that RE2 knows: {_reason(error)}"
            raise QueryError("syntax", self.text, detail, start) from error

    def _at(self, literal: str) -> bool:
        return self.text.startswith(literal, self.position)

    def _take(self, literal: str) -> bool:
        if not self._at(literal):
            return False
        self.position += len(literal)
        return True

    def _take_spaced(self, literal: str) -> bool:
        """Take `literal` with the blanks around it, or nothing at all."""
        start = self.position
        self._spaces()
        if self._take(literal):
            self._spaces()
            return True
        self.position = start
        return False

    def _expect(self, literal: str) -> None:
        if not self._take(literal):
            raise self.fault(f"{literal!r} expected")

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.position)
        if match is None:
            return None
        self.position = match.end()
        return match.group()

    def _spaces(self) -> None:
        while self._at(" "):
            self.position += 1


def _reason(error: re2.error) -> str:
    """What RE2 says of a pattern. Its binding gives C++'s text as bytes in UTF-8, and its own as a string."""
    reason = error.args[0]
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
