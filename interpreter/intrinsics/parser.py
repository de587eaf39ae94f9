r"""From the text of an intrinsic function call to a compiled one.

Grammar (States Language, Intrinsic Functions): a name, then in parentheses arguments that are each a text in single
quotes (escapes `\'`, `\{`, `\}`, `\\` and no other), a number, `true`, `false`, `null`, a path, or another call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final, TypeAlias, assert_never

from interpreter.errors import QueryError, StatesRuntime
from interpreter.intrinsics.arguments import Function
from interpreter.intrinsics.registry import FUNCTIONS
from interpreter.jsonpath import Path, Scope, parse_path
from interpreter.limits import AWS_DEFINITIONS, AWS_INTRINSICS
from interpreter.values import MISSING, JsonValue, json_text, parse_json

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,2})?(?![\w.])")
_TEXT: Final = re.compile(r"'((?:[^'\\]|\\['{}\\])*)'")
_ESCAPE: Final = re.compile(r"\\(['{}\\])")
_KEYWORDS: Final[dict[str, JsonValue]] = {"true": True, "false": False, "null": None}
# One piece of a path argument: a quoted text, or one character of any kind.
_PATH_PIECE: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Constant:
    value: JsonValue


@dataclass(frozen=True, slots=True)
class _Call:
    function: Function
    arguments: tuple[_Argument, ...]


_Argument: TypeAlias = _Constant | Path | _Call
_Run: TypeAlias = Callable[[Scope], JsonValue]


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """A compiled call, immutable.

    Attributes:
        text: the call as written.
        variables: the names of the variables that its paths read.
    """

    text: str
    variables: frozenset[str]
    _call: _Call
    _run: _Run = field(repr=False, compare=False)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths among its arguments and those of the calls within it, in the order of the text."""
        return tuple(part for part in _parts(self._call) if isinstance(part, Path))

    def static_faults(self) -> list[str]:
        """What is wrong with each call, the inner ones too, whatever the paths lead to."""
        calls = [part for part in _parts(self._call) if isinstance(part, _Call)]
        faults = [(call.function.name, _static_fault(call)) for call in calls]
        return [f"{name}: {fault}" for name, fault in faults if fault is not None]

    def evaluate(self, scope: Scope) -> JsonValue:
        """The result of the call.

        Raises:
            StatesRuntime: a path leads nowhere or an argument does not fit, in AWS's words
                `The function '<text>' had the following error: <detail>`.
        """
        try:
            return self._run(scope)
        except QueryError as error:
            raise StatesRuntime(f"The function '{self.text}' had the following error: {error.detail}") from error


@lru_cache(maxsize=4096)
def parse_intrinsic(text: str, nested_calls: int = AWS_DEFINITIONS.nested_calls) -> Intrinsic:
    """Compile a call such as `States.Format('{} of {}', $.n, 3)`. How many arguments fit is found out by calling.

    `nested_calls` says how many calls may be inside each other.

    Raises:
        QueryError: not a call, an unknown function, or too deep a nesting (code `"syntax"`, with the position).
    """
    reader = _Reader(text, nested_calls)
    call = reader.call(1)
    reader.spaces()
    if reader.position != len(text):
        raise reader.fault("the call should end here")
    paths = [part for part in _parts(call) if isinstance(part, Path)]
    variables = frozenset(path.variable for path in paths if path.variable is not None)
    return Intrinsic(text, variables, call, _compiled(call))


def _parts(argument: _Argument) -> Iterator[_Argument]:
    yield argument
    if isinstance(argument, _Call):
        for inner in argument.arguments:
            yield from _parts(inner)


class _NoChance:
    """Stands for the source of chance where only faults count."""

    def uuid(self) -> str:
        return ""

    def random(self) -> float:
        return 0.0


def _static_fault(call: _Call) -> str | None:
    """What is wrong with a call: the number of its arguments, or, as far as they are written out, their values."""
    fault = call.function.count_fault(len(call.arguments))
    written = [part.value for part in call.arguments if isinstance(part, _Constant)]
    is_written = len(written) == len(call.arguments)
    has_template = call.function.name == "States.Format" and written and isinstance(call.arguments[0], _Constant)
    if fault is not None or not (is_written or has_template):
        return fault
    values = [part.value if isinstance(part, _Constant) else "" for part in call.arguments]
    try:
        call.function.apply(tuple(values), _NoChance(), AWS_INTRINSICS)
    except QueryError as error:
        return error.detail
    return None


def _compiled(argument: _Argument) -> _Run:
    """How to get the value of an argument."""
    match argument:
        case _Constant(value):
            return lambda _: value
        case _Call(function, arguments):
            return _compiled_call(function, [_compiled(inner) for inner in arguments])
        case Path():
            return partial(_read, argument)
        case _:
            assert_never(argument)


def _compiled_call(function: Function, arguments: Sequence[_Run]) -> _Run:
    def run(scope: Scope) -> JsonValue:
        return function.apply(tuple([argument(scope) for argument in arguments]), scope.chance, scope.quotas)

    return run


def _read(path: Path, scope: Scope) -> JsonValue:
    found = path.find_or_missing(scope)
    if found is MISSING:
        raise _missing_argument(path, scope)
    return found


def _missing_argument(path: Path, scope: Scope) -> QueryError:
    shown = path.text_from_document
    detail = (
        f"The JsonPath argument for the field '{shown}' could not be found in the input '{json_text(scope.document)}'"
    )
    return QueryError("not-found", path.text, detail)


class _Reader:
    """A position in the text of a call, moving forward."""

    def __init__(self, text: str, nested_calls: int) -> None:
        self.text = text
        self.position = 0
        self._nested_calls = nested_calls

    def fault(self, detail: str) -> QueryError:
        return QueryError("syntax", self.text, detail, self.position)

    def call(self, nesting: int) -> _Call:
        name = self._match(_NAME)
        if name is None or name not in FUNCTIONS:
            raise self.fault("the name of an intrinsic function expected" if name is None else f"no function {name}")
        if nesting > self._nested_calls:
            raise self.fault(f"calls are nested more than {self._nested_calls} deep")
        self.spaces()
        self._expect("(")
        return _Call(FUNCTIONS[name], tuple(self._arguments(name, nesting)))

    def _arguments(self, function: str, nesting: int) -> Iterator[_Argument]:
        self.spaces()
        if self._take(")"):
            return
        first = True
        while True:
            self.spaces()
            yield self._argument(nesting, keeps_braces=first and function == "States.Format")
            self.spaces()
            if self._take(")"):
                return
            self._expect(",")
            first = False

    def _argument(self, nesting: int, *, keeps_braces: bool) -> _Argument:
        if self.text.startswith("'", self.position):
            return _Constant(self._quoted(keeps_braces=keeps_braces))
        if self.text.startswith("$", self.position):
            return self._path()
        number = self._match(_NUMBER)
        if number is not None:
            return _Constant(parse_json(number))
        start = self.position
        word = self._match(_NAME)
        if word in _KEYWORDS:
            return _Constant(_KEYWORDS[word])
        self.position = start
        return self.call(nesting + 1)

    def _quoted(self, *, keeps_braces: bool) -> str:
        """A text without its escapes; the template of States.Format keeps them, it resolves them itself."""
        match = _TEXT.match(self.text, self.position)
        if match is None:
            raise self.fault("the text is not closed, or holds a backslash before another character than ' { } \\")
        self.position = match.end()
        return match.group(1) if keeps_braces else _ESCAPE.sub(r"\1", match.group(1))

    def _path(self) -> Path:
        """A path: everything up to the comma or parenthesis that belongs to the call."""
        start, depth = self.position, 0
        for piece in _PATH_PIECE.finditer(self.text, start):
            mark = piece.group()
            if depth == 0 and mark in {",", ")"}:
                self.position = piece.start()
                break
            depth += (mark in {"(", "["}) - (mark in {")", "]"})
        else:
            raise self.fault("the call is not closed")
        path = self.text[start : self.position].rstrip()
        try:
            return parse_path(path)
        except QueryError as error:
            raise QueryError("syntax", self.text, error.detail, start + (error.position or 0)) from error

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.position)
        if match is None:
            return None
        self.position = match.end()
        return match.group()

    def _take(self, literal: str) -> bool:
        if not self.text.startswith(literal, self.position):
            return False
        self.position += len(literal)
        return True

    def _expect(self, literal: str) -> None:
        if not self._take(literal):
            raise self.fault(f"{literal!r} expected")

    def spaces(self) -> None:
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1
