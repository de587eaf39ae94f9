"""What makes an expression count its work: stand-ins for functions, and a source in which operators report it.

A step of an engine says nothing of what is done in it: `$s & 'x'` is one, and copies megabytes. So an expression that
does not end within a few steps is run in a second form, in which everything that takes time by the size of values hands
that size to a `Meter` of `functions`. Its values are the same; only its steps are more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from interpreter.jsonata.lexer import Kind, Token, next_token
from interpreter.jsonata.references import Reader

_RATES: Final = {
    "text": 1 / 200,
    "scanned": 1 / 30,
    "broken": 1 / 15,
    "printed": 1 / 10,
    "encoded": 1 / 3,
    "cloned": 1 / 2,
    "items": 1 / 15,
    "shuffled": 1 / 4,
    "walked": 1,
    "sorted": 2,
    "spread": 3,
    "named": 6,
    "compared": 50,
}
"""Units of work (0.15 microseconds, measured with jlens 0.25) for a character, item or member that is dealt with so."""


_FREE: Final = 8
"""Units of work that are not counted: to count takes as long."""


def counted(rate: str, size: str) -> str:
    """The text that counts work; in all of these texts `{d}` is a prefix that no name in the source has."""
    per_one = _RATES[rate]
    return f"({size} > {int(_FREE / per_one)} ? ${{d}}spent({per_one:.4g}, {size}))"


def _size(rate: str, of: str, function: str = "length") -> str:
    return counted(rate, f"${{d}}{function}(${of})")


def _print(rate: str, of: str) -> str:
    return f"($n := ${{d}}length(${{d}}string(${of})); {counted(rate, '$n')})"


def _before(name: str, parameters: str, signature: str, measure: str) -> str:
    """A function that is charged for what it is given."""
    first, *rest = parameters.split(", ")
    arguments = ", ".join([f"({measure}; {first})", *rest])
    return f"function({parameters})<{signature}>{{{{${{d}}{name}({arguments})}}}}"


def _after(name: str, parameters: str, signature: str, measure: str) -> str:
    """A function that is charged for its result, `$r`."""
    return f"function({parameters})<{signature}>{{{{($r := ${{d}}{name}({parameters}); {measure}; $r)}}}}"


def _call(base: int, rate: int, picture: str) -> str:
    return f"${{d}}called({base}, {rate}, ${{d}}length(${picture}))"


_PLAIN: Final = ("uppercase", "lowercase")
_BASE_64: Final = ("base64encode", "base64decode")
_ENCODING: Final = ("encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent")
_FOLDS: Final = ("sum", "max", "min", "average")
_ITEMS: Final = _size("items", "a", "count")

STAND_INS: Final = {
    **{name: _before(name, "$s", "s-:s", _size("text", "s")) for name in _PLAIN},
    **{name: _before(name, "$s", "s-:s", _size("scanned", "s")) for name in _BASE_64},
    **{name: _before(name, "$s", "s-:s", _size("encoded", "s")) for name in _ENCODING},
    **{name: _before(name, "$a", "a<n>:n", _ITEMS) for name in _FOLDS},
    "length": _before("length", "$s", "s-:n", _size("text", "s")),
    "trim": _before("trim", "$s", "s-:s", _size("scanned", "s")),
    "substring": _before("substring", "$s, $n, $m", "s-nn?:s", _size("scanned", "s")),
    "substringBefore": _before("substringBefore", "$s, $c", "s-s:s", _size("scanned", "s")),
    "substringAfter": _before("substringAfter", "$s, $c", "s-s:s", _size("scanned", "s")),
    "contains": _before("contains", "$s, $c", "s-(sf):b", _size("encoded", "s")),
    "pad": _after("pad", "$s, $n, $c", "s-ns?:s", _size("scanned", "r")),
    "join": _after("join", "$a, $c", "a<s>s?:s", f"({_ITEMS}; {_size('scanned', 'r')})"),
    "formatInteger": _after("formatInteger", "$n, $p", "n-s:s", f"({_call(50, 1, 'p')}; {_size('printed', 'r')})"),
    "formatNumber": _before("formatNumber", "$n, $p, $o", "n-so?:s", _call(10, 1, "p")),
    "fromMillis": _before("fromMillis", "$n, $p, $z", "n-s?s?:s", _call(60, 2, "p")),
    "toMillis": _before("toMillis", "$s, $p", "s-s?:n", _call(150, 4, "p")),
    "parseInteger": _before("parseInteger", "$s, $p", "s-s:n", _call(100, 8, "s")),
    "now": f"function($p, $z)<s?s?:s>{{{{({_call(50, 2, 'p')}; ${{d}}now($p, $z))}}}}",
    "count": _before("count", "$a", "a:n", _ITEMS),
    "reverse": _before("reverse", "$a", "a:a", _ITEMS),
    "shuffle": _before("shuffle", "$a", "a:a", _size("shuffled", "a", "count")),
    "lookup": _before("lookup", "$a, $k", "x-s:x", _size("walked", "a", "count")),
    "boolean": _before("boolean", "$a", "x-:b", _ITEMS),
    "not": _before("not", "$a", "x-:b", _ITEMS),
    "sort": f"function($a, $f)<af?:a>{{{{({_size('sorted', 'a', 'count')}; ${{d}}type($f) = 'function' ? "
    "${d}sort($a, $f) : ${d}sort($a))}}",
    "spread": _after("spread", "$a", "x-:a<o>", _size("spread", "r", "count")),
    "assert": _before("assert", "$c, $m", "bs?:x", _size("text", "m")),
    "clone": _after("clone", "$a", "(oa)-:o", _print("cloned", "r")),
}
"""What an expression sees instead of functions that take time by the size of a value."""

OPERATORS: Final = {
    "joined": f"function($a, $b){{{{($r := $a & $b; {_size('text', 'r')}; $r)}}}}",
    "measured": "function($v){{($t := ${d}type($v); $t = 'string' ? "
    f"{_size('text', 'v')} : $t = 'array' or $t = 'object' ? {_print('printed', 'v')}; $v)}}}}",
    "ordered": f"function($v){{{{({_size('sorted', 'v', 'count')}; $v)}}}}",
    "changed": f"function($v){{{{({_print('cloned', 'v')}; $v)}}}}",
    "printed": f"function($v){{{{({_size('printed', 'v')}; $v)}}}}",
    "counted": f"function($v){{{{({_size('items', 'v', 'count')}; $v)}}}}",
    "found": f"function($v){{{{({_size('walked', 'v', 'count')}; $v)}}}}",
}
"""What operators are wrapped into, by `metered_source`."""

STRING_REFERENCE: Final = f"function($x)<x-:s>{{{{($r := ${{d}}string($x); {_size('printed', 'r')}; $r)}}}}"
"""What stands in for `$string` where it is handed on as a function; where it is called, the call is wrapped."""

_WRAPPED_CALLS: Final = {"$zip": "found", "$string": "printed"}
"""Calls of functions for which no function with fixed parameters can stand in."""

_PARTIAL: Final = re.compile(r"[(,]\s*\?\s*[,)]")

REUSED: Final = ("length", "type", "string", "count")
"""Functions that all of these use under a name of their own."""


_TRUTHS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "in", "and", "or"})
"""Operators that are true or false."""


_SLOW: Final = re.compile(
    r"\$(?:sort|keys|spread|clone|distinct|string|shuffle|zip|merge|match|split|replace|encodeUrl\w*|decodeUrl\w*)\b"
    r"|~>\s*\||\^\s*\(|\*\*"
)


def slow_parts(source: str) -> int:
    """How many calls and operators in a source take time by all that they are given, about 50 nanoseconds a byte."""
    return len(_SLOW.findall(source))


@dataclass(frozen=True, slots=True)
class MeteredSource:
    """A source that counts its work.

    Attributes:
        text: the source with calls of `OPERATORS` in it.
        operators: those of them that it calls.
    """

    text: str
    operators: frozenset[str]
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def original(self, position: int) -> int:
        """The place in the source as it was written that `position` in `text` stands for."""
        at = bisect_right(self._starts, position)
        return position - (self._shifts[at - 1] if at else 0)


def metered_source(source: str, mark: str) -> MeteredSource:
    """The source with its operators wrapped; names that begin with `mark` do not occur in it."""
    reader = _Wrapper(source)
    reader.read()
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    read = written = 0
    for edit in sorted(reader.edits, key=lambda edit: (edit.position, edit.order)):
        text = edit.text.format(d=mark)
        parts += [source[read : edit.position], text]
        written += edit.position - read + len(text)
        read = edit.position + edit.removed
        starts.append(written)
        shifts.append(written - read)
    parts.append(source[read:])
    return MeteredSource("".join(parts), frozenset(reader.operators), tuple(starts), tuple(shifts))


@dataclass(frozen=True, slots=True)
class _Edit:
    position: int
    order: tuple[int, int]
    text: str
    removed: int = 0


class _Wrapper(Reader):
    """Walks a source and notes what is to be put into it."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.edits: list[_Edit] = []
        self.operators: set[str] = set()
        self._truths: set[int] = set()  # where operands end that are true or false, and so need not be looked at
        self._wraps_paths = not any(sign in source for sign in "@#%")  # which refer to steps of the path itself

    def combined(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        match operator.text:
            case "&":
                self._open("joined", start)
                self.edits.append(_Edit(operator.start, (1, 0), ",", removed=1))
                self._close(self._position)
            case "=" | "!=":
                self._wrap_operand("measured", operator.end)
            case "in":
                self._wrap_operand("counted", operator.end)
            case "and" | "or":
                self._wrap_condition(start, operator)
                if self._position not in self._truths:
                    self._wrap_operand("counted", operator.end)
            case "~>" if self._source[self._position - 1] == "|":
                self._open("changed", start)
                self._close(operator.start)
            case "^" if self._wraps_paths:
                self._open("ordered", start)
                self._close(operator.start)
            case "(" if (called := self._source[start : operator.start].rstrip()) in _WRAPPED_CALLS:
                if not _PARTIAL.search(self._source, operator.start, self._position):  # its value is a function
                    self._open(_WRAPPED_CALLS[called], start)
                    self._close(self._position)
            case _:
                pass
        if operator.text in _TRUTHS:
            self._truths.add(self._position)

    def condition(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self._wrap_condition(start, operator)

    def array_item(self) -> None:
        """See `Reader`."""
        begun = self._position
        self._expression()
        end = self._position
        if self._skip(".."):
            self._expression()
        elif self._source[next_token(self._source, begun, operand=True).start] != "[":  # else it stays an item
            self._wrap_operand("counted", begun, end)

    def wildcard(self, token: Token) -> None:
        """See `Reader`."""
        if self._wraps_paths and token.text != "%":
            self._open("found", token.start)
            self._close(token.end)

    def function_body(self, parameters: list[str], signature: str, start: int) -> None:
        """See `Reader`. An engine looks at every item of an array whose items the signature types."""
        if "a<" not in signature.replace(" ", ""):
            return
        counts = "; ".join(f"${{d}}counted(${name})" for name in parameters)
        self.operators.add("counted")
        self.edits.append(_Edit(start, (2, -len(self.edits)), f"({counts}; "))
        self._close(self._position)

    def _wrap_operand(self, name: str, begun: int, end: int | None = None) -> None:
        """Wrap what was read since `begun`, unless it is a literal, which is small."""
        end = self._position if end is None else end
        first = next_token(self._source, begun, operand=True)
        if first.end == end and first.kind in (Kind.VALUE, Kind.STRING):
            return
        self._open(name, first.start)
        self._close(end)

    def _wrap_condition(self, start: int, operator: Token) -> None:
        """Wrap the left side of an operator that asks whether it is true, which looks at every item of an array."""
        written = self._source[start : operator.start].rstrip()
        if self._wraps_paths and start + len(written) not in self._truths:
            self._open("counted", start)
            self._close(operator.start)

    def _open(self, name: str, position: int) -> None:
        """Those noted later stand further out, and so come first."""
        self.operators.add(name)
        self.edits.append(_Edit(position, (2, -len(self.edits)), f"${{d}}{name}("))

    def _close(self, position: int) -> None:
        self.edits.append(_Edit(position, (0, 0), ")"))
