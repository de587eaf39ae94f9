"""A source in which functions and operators report their work to a meter, see `metering`.

An engine takes nothing but text, so a text it is; but what is put where follows from a walk over the grammar
(`references.Reader`), never from what a source looks like: strings, comments, quoted names and regular expressions are
tokens there, and all that is not wrapped stays as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from interpreter.jsonata.functions import ADDED_FUNCTIONS, BUILT_INS
from interpreter.jsonata.lexer import Kind, Token, next_token
from interpreter.jsonata.metering import AS_VALUES
from interpreter.jsonata.references import FUNCTION_WORDS
from interpreter.jsonata.survey import REPEATING, RegionReader, Survey, callee

_COMPARISONS: Final = frozenset({"<", ">", "<=", ">="})
_TRUTHS: Final = frozenset({"=", "!=", "in", "and", "or"}) | _COMPARISONS
"""Operators that are true or false."""

_CALCULATIONS: Final = frozenset({"+", "-", "*", "/", "%"})
_SCALARS: Final = _CALCULATIONS | _TRUTHS | {"&"}
"""Operators whose value has no parts."""

_SCALAR_FUNCTIONS: Final = frozenset({
    "abs", "average", "base64decode", "base64encode", "boolean", "ceil", "contains", "count", "decodeUrl",
    "decodeUrlComponent", "encodeUrl", "encodeUrlComponent", "exists", "floor", "formatBase", "formatInteger",
    "formatNumber", "fromMillis", "join", "length", "lowercase", "max", "millis", "min", "not", "now", "number", "pad",
    "parseInteger", "power", "replace", "round", "sqrt", "string", "substring", "substringAfter", "substringBefore",
    "sum", "toMillis", "trim", "type", "uppercase", "random", "uuid", "hash",
})  # fmt: skip

WRAPPED_CALLS: Final = {"zip": "found", "string": "printed"}
"""Calls of functions for which no function with fixed parameters can stand in exactly."""

_JOINING: Final = frozenset({"append", "zip"})
_FUNCTIONS: Final = BUILT_INS | ADDED_FUNCTIONS
_REPEATABLE: Final = re.compile(r"[\w$.+* -]+")  # a sum of numbers, variables and members
_LONG_RANGE: Final = 4  # digits of the upper end
_SHORT_PART: Final = 500
_FEW: Final = 4  # parts of arrays and objects, beyond the first of each, that need no weighing where nothing iterates


@dataclass(frozen=True, slots=True)
class MeteredSource:
    """A source that counts its work.

    Attributes:
        text: the source with calls of `metering.OPERATORS` in it.
        operators: those of them that it calls.
        values: those of `metering.AS_VALUES` that it takes.
        grows: whether its values can share so many parts that a hundred steps make one too large to be looked at.
    """

    text: str
    operators: frozenset[str]
    values: frozenset[str]
    grows: bool
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def original(self, position: int) -> int:
        """The place in the source as it was written that `position` in `text` stands for."""
        at = bisect_right(self._starts, position)
        return position - (self._shifts[at - 1] if at else 0)


def metered_source(source: str, mark: str) -> MeteredSource:
    """The source with its operators wrapped; names that begin with `mark` do not occur in it."""
    survey = Survey(source)
    survey.read()
    survey.bindings.sort()
    reader = _Wrapper(source, survey)
    reader.read()
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    read = written = 0
    for edit in sorted(reader.edits(), key=lambda edit: (edit.position, edit.order)):
        text = edit.text.format(d=mark)
        parts += [source[read : edit.position], text]
        written += edit.position - read + len(text)
        read = edit.position + edit.removed
        starts.append(written)
        shifts.append(written - read)
    parts.append(source[read:])
    return MeteredSource(
        "".join(parts), reader.operators, frozenset(reader.values), reader.grows, tuple(starts), tuple(shifts)
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    position: int
    order: tuple[int, int]
    text: str
    removed: int = 0


@dataclass(frozen=True, slots=True)
class _Wrap:
    """What is put around a part of the source: a call of `operator`, or other text that ends with a parenthesis."""

    start: int
    end: int
    operator: str
    text: str = ""
    is_joint: bool = False  # needed only where parts can be joined without end


@dataclass(slots=True)
class _Call:
    """A call whose arguments are being read."""

    name: str
    arguments: int = 0
    has_function: bool = False


class _Wrapper(RegionReader):
    """Walks a source and notes what is to be put into it."""

    def __init__(self, source: str, survey: Survey) -> None:
        super().__init__(source)
        self.values: set[str] = set()
        self._survey = survey
        self._wraps: list[_Wrap | None] = []  # None where one is not wanted after all
        self._wrapped: dict[tuple[int, int], list[int]] = {}  # which of them stand around a part of the source
        self._commas: list[int] = []
        self._sights: list[int] = []
        self._renamed: set[int] = set()
        self._scalars: set[tuple[int, int]] = set()
        self._numbers: set[tuple[int, int]] = set()
        self._joining: set[tuple[int, int]] = set()
        self._wrapped_calls: dict[tuple[int, int], str] = {}
        self._truths: set[int] = set()  # where operands end that are true or false, and so need not be looked at
        self._constructed: set[tuple[int, int]] = set()
        self._references: list[tuple[int, int]] = []  # where a variable is read, and where its scope begins
        self._members: dict[int, tuple[str, str]] = {}  # what is read: a variable and the first member of its path
        self._taken: set[tuple[str, str]] = set()
        self._weighed: list[tuple[int, int]] = []
        self._paths: set[int] = set()  # where those begin that have a dot
        self._unweighed: list[int] = []  # where what may repeat a value cannot be weighed by itself
        self._subscripted: dict[int, int] = {}
        self._calls: list[_Call] = []
        self._constructors = 0
        self._has_part = False
        self._is_partial = False

    # what comes of it

    @property
    def grows(self) -> bool:
        """See `MeteredSource`."""
        return not self.values.isdisjoint(_JOINING) or any(wrap.operator == "weighed" for wrap in self._needed())

    @property
    def operators(self) -> frozenset[str]:
        """Those of `metering.OPERATORS` that are called."""
        return frozenset(wrap.operator for wrap in self._needed() if wrap.operator)

    def edits(self) -> list[_Edit]:
        """All that is put into the source. What was noted later stands further out, and so comes first."""
        edits = [_Edit(position, (1, 0), ",", removed=1) for position in self._commas]
        edits += [_Edit(position, (-1, 0), "[${d}seen()]") for position in self._sights]
        edits += [_Edit(position, (3, 0), "${d}", removed=1) for position in self._renamed]
        for number, wrap in enumerate(self._needed()):
            begun = wrap.text or f"${{d}}{wrap.operator}("
            edits.append(_Edit(wrap.start, (2, -number), f" {begun}" if self._follows_word(wrap.start) else begun))
            edits.append(_Edit(wrap.end, (0, number), "[])" if self._stays_array(wrap.end) else ")"))
        return edits

    def _stays_array(self, position: int) -> bool:
        """Whether `[]` follows, which keeps an array of one item, and so must stand in the call, too."""
        bracket = next_token(self._source, position, operand=False)
        return bracket.text == "[" and next_token(self._source, bracket.end, operand=True).text == "]"

    def _follows_word(self, position: int) -> bool:
        """Whether `and`, `or` or `in` ends there, with which a name would be one word."""
        return position > 0 and self._source[position - 1].isalpha()

    def _needed(self) -> list[_Wrap]:
        wraps = [wrap for wrap in self._wraps if wrap is not None]
        is_joint = self._survey.compounds or sum(wrap.is_joint for wrap in wraps) > _FEW
        return [wrap for wrap in wraps if is_joint or not wrap.is_joint]

    def _wrap(self, wrap: _Wrap) -> None:
        self._wrapped.setdefault((wrap.start, wrap.end), []).append(len(self._wraps))
        self._wraps.append(wrap)

    # what was read

    def begun(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        if operator.text == "(":
            self._calls.append(_Call(callee(self._source, start, operator)))
        elif operator.text == "[":
            self._subscripted.setdefault(start, operator.start)

    def combined(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        match operator.text:
            case "&":
                self._wrap(_Wrap(start, self._position, "joined"))
                self._commas.append(operator.start)
            case "=" | "!=":
                self._wrap_compared("measured", start, operator)
            case text if text in _COMPARISONS:
                self._wrap_compared("read", start, operator)
            case "in":
                self._wrap_operand("counted", operator.end)
            case "and" | "or":
                self._wrap_condition(start, operator)
                if self._position not in self._truths:
                    self._wrap_operand("counted", operator.end)
            case "~>":
                self._applied(operator, start)
            case "^" if self._survey.bindings or not self._is_free(start, operator.start):
                self._see(operator.start)  # also where a step before has a name: then one may come many times
            case "^":
                self._wrap(_Wrap(start, operator.start, "ordered"))
            case "#" | "@":
                self._see(self._position)
                self._unweighed.append(start)
            case "(":
                self._called(self._calls.pop(), start)
            case ".":
                self._paths.add(start)
                self._stepped(operator)
            case _:
                pass
        if operator.text in _TRUTHS:
            self._truths.add(self._position)
        if operator.text in _SCALARS:
            self._scalars.add((start, self._position))
        if operator.text in _CALCULATIONS:
            self._numbers.add((start, self._position))

    def condition(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self._wrap_condition(start, operator)

    def constructor(self, close: str, item: Callable[[], None]) -> None:
        """See `Reader`."""
        begun = self._position - 1
        if self._constructors == 0:
            self._has_part = False
            self._taken.clear()
        self._constructors += 1
        super().constructor(close, item)
        self._constructors -= 1
        self._constructed.add((begun, self._position))

    def array_item(self) -> None:
        """See `Reader`."""
        begun = self._position
        self._expression()
        end = self._position
        if self._skip(".."):
            upper = self._position
            self._expression()
            self._wrap_range(self._source[begun:end].strip(), upper)
        elif self._is_spread(begun) and not self._weigh_whole(begun):
            self._wrap_operand("counted", begun, end)
            self._weigh_part(begun, end)

    def _wrap_range(self, lower: str, begun: int) -> None:
        """Count what a range makes, by its upper end, read since `begun`, and its lower one, written again."""
        upper = self._source[begun : self._position].strip()
        if lower.isdigit() and upper.isdigit() and len(upper) < _LONG_RANGE:
            return
        begun = next_token(self._source, begun, operand=True).start
        if not self._is_free(begun, self._position):
            return
        if not _REPEATABLE.fullmatch(lower):
            lower = "0"
        self._wrap(_Wrap(begun, self._position, "ranged", f"${{d}}ranged({lower}, "))

    def _is_spread(self, begun: int) -> bool:
        """Whether the items of what begins there become those of the array around it; an array in it stays one."""
        first = next_token(self._source, begun, operand=True)
        return first.text != "[" or bool(self._unweighed and first.start in self._paths)

    def member_value(self) -> None:
        """See `Reader`."""
        begun = self._position
        self._expression()
        if not self._weigh_whole(begun):
            self._weigh_part(begun, self._position)

    def assigned(self) -> None:
        """See `Reader`."""
        begun = self._position
        super().assigned()
        self._weigh_whole(begun)

    def argument(self) -> None:
        """See `Reader`."""
        begun = self._position
        call = self._calls[-1]
        first = self._peek(operand=True)
        call.has_function = call.has_function or (first.kind is Kind.NAME and first.text in FUNCTION_WORDS)
        self._in_region(self._expression)
        if not self._weigh_whole(begun) and call.name in _JOINING and call.arguments:
            self._weigh(begun, self._position, is_joint=True)
        call.arguments += 1

    def left_open(self) -> None:
        """See `Reader`."""
        self._calls[-1].arguments += 1

    def called(self, *, is_partial: bool) -> None:
        """See `Reader`."""
        self._is_partial = is_partial

    def referred(self, token: Token, declared: int) -> None:
        """See `Reader`."""
        is_own = token.text in self._survey.declared
        if is_own or token.text not in _FUNCTIONS:
            self._references.append((token.start, declared))
            self._members[token.start] = (token.text, self._member_after(token))
        if token.text in AS_VALUES and (is_own or not self._is_next("(")):
            self.values.add(token.text)

    def wildcard(self, token: Token) -> None:
        """See `Reader`."""
        if token.text == "%":
            self._unweighed.append(token.start)
            return
        if self._is_free(token.start, token.end):
            self._wrap(_Wrap(token.start, token.end, "found"))
        else:
            self._see(token.end)

    def function_body(self, parameters: list[str], signature: str, start: int, body: int) -> None:
        """See `Reader`. An engine looks at every item of an array whose items the signature types."""
        repeats = bool(self._calls) and self._calls[-1].name in REPEATING and self._has_outer(start, self._position)
        if not self._weigh_whole(body) and repeats:
            self._weigh(body, self._position)
        if "a<" in signature.replace(" ", ""):
            counts = "; ".join(f"${{d}}counted(${name})" for name in parameters)
            self._wrap(_Wrap(body, self._position, "counted", f"({counts}; "))

    # what is wrapped

    def _called(self, call: _Call, start: int) -> None:
        span = (start, self._position)
        is_built_in = bool(call.name) and call.name not in self._survey.declared
        if is_built_in and call.name in _SCALAR_FUNCTIONS:
            self._scalars.add(span)
        if call.name in WRAPPED_CALLS:
            if self._is_partial:  # its value is a function
                self.values.add(call.name)
                return
            if is_built_in:
                self._renamed.add(start)
            self._wrapped_calls[span] = call.name
            self._wrap(_Wrap(*span, WRAPPED_CALLS[call.name]))
        elif call.name in _JOINING:
            self._joining.add(span)
            if self._is_partial:
                self.values.add(call.name)
        elif (call.name in REPEATING and not call.has_function) or (self._survey.renames and not is_built_in):
            self._wrapped_calls[span] = call.name
            self._wrap(_Wrap(*span, "weighed", is_joint=True))

    def _applied(self, operator: Token, start: int) -> None:
        """`~>` hands its left side to the call on its right, which therefore has to stay one."""
        begun = next_token(self._source, operator.end, operand=True).start
        span = self._applied_call(begun)
        if self._source[self._position - 1] == "|":
            self._wrap(_Wrap(start, operator.start, "changed"))
        call = self._wrapped_calls.get(span)
        if call is None:
            if any(call[0] == begun for call in self._joining):
                self.values.add("append")
            if span in self._wrapped:
                self._wrap(_Wrap(*span, "", "("))
            return
        for place in self._wrapped.pop(span, ()):
            self._wraps[place] = None
        self._renamed.discard(begun)
        if call in WRAPPED_CALLS:
            self.values.add(call)
        else:
            self._wrap(_Wrap(start, self._position, "weighed", is_joint=True))

    def _applied_call(self, begun: int) -> tuple[int, int]:
        """Where the call stands that begins at `begun` and goes on to here, what is in brackets behind it left out."""
        if begun in self._subscripted and begun not in self._paths:
            for call in self._wrapped_calls:
                if (
                    call[0] == begun
                    and next_token(self._source, call[1], operand=False).start == self._subscripted[begun]
                ):
                    return call
        return (begun, self._position)

    def _stepped(self, operator: Token) -> None:
        """A step of a path is evaluated once for each item."""
        first = next_token(self._source, operator.end, operand=True)
        end = self._subscripted.get(first.start, self._position)
        if first.kind in (Kind.NAME, Kind.STRING) and first.text not in FUNCTION_WORDS:
            return
        if first.text in ("[", "*", "**", "%") or not self._has_outer(first.start, end):
            return
        is_fixed = first.kind is Kind.VARIABLE and not self._binds(first.start, end)  # no parent is looked for behind
        if self._is_free(first.start, end) or is_fixed:
            self._weigh(first.start, end)
        else:
            self._unweighed.append(first.start)

    def _see(self, position: int) -> None:
        """Have each item counted that the path has at `position`, unless `#` or `@` follows, where it is done as well.

        What stood before `#` would change what it numbers.
        """
        if next_token(self._source, position, operand=False).text not in ("#", "@"):
            self._sights.append(position)

    def _is_free(self, begun: int, end: int) -> bool:
        """Whether a part of a path can be put into a call: nothing refers to its steps."""
        return not self._binds(begun, end) and self._region() not in self._survey.with_parents

    def _weigh_whole(self, begun: int) -> bool:
        """Weigh what was read since `begun`, a whole part of the source, if steps of paths in it could not be.

        A parent is looked for in the steps of paths, and behind the last one of a block, but not in a call.
        """
        if not self._unweighed or self._unweighed[-1] < begun:
            return False
        self._weigh(begun, self._position)
        return True

    def _weigh_part(self, begun: int, end: int) -> None:
        """Weigh a part of an array or object: what it grows by, if it has another, or is made once for each item."""
        begun = next_token(self._source, begun, operand=True).start
        if (begun, end) in self._constructed or self._is_scalar(begun, end):
            return
        if self._has_context and self._has_outer(begun, end):
            self._weigh(begun, end)
        elif self._has_part and not self._is_apart(begun, end):
            self._weigh(begun, end, is_joint=True)
        else:
            self._take_apart(begun, end)
        self._has_part = True

    def _weigh(self, begun: int, end: int, *, is_joint: bool = False) -> None:
        begun = next_token(self._source, begun, operand=True).start
        if not self._is_scalar(begun, end):
            self._wrap(_Wrap(begun, end, "weighed", is_joint=is_joint))
            self._weighed.append((begun, end))

    def _wrap_compared(self, name: str, start: int, operator: Token) -> None:
        """Wrap the right side of a comparison, which takes as long as the smaller side is large."""
        if not self._is_small(start, operator.start):
            self._wrap_operand(name, operator.end)

    def _wrap_operand(self, name: str, begun: int, end: int | None = None) -> None:
        """Wrap what was read since `begun`, unless it is small."""
        end = self._position if end is None else end
        begun = next_token(self._source, begun, operand=True).start
        if not self._is_small(begun, end) and not self._binds(begun, end):
            self._wrap(_Wrap(begun, end, name))

    def _wrap_condition(self, start: int, operator: Token) -> None:
        """Wrap the left side of an operator that asks whether it is true, which looks at every item of an array."""
        written = self._source[start : operator.start].rstrip()
        if start + len(written) not in self._truths and not self._binds(start, operator.start):
            self._wrap(_Wrap(start, operator.start, "counted"))

    # what it is

    def _is_small(self, begun: int, end: int) -> bool:
        """Whether a part of the source is a literal, or a calculated number."""
        first = next_token(self._source, begun, operand=True)
        is_literal = first.kind in (Kind.VALUE, Kind.STRING) and self._is_all(first.end, end)
        return is_literal or (begun, end) in self._numbers

    def _is_all(self, position: int, end: int) -> bool:
        """Whether nothing but blanks and comments follow up to `end`."""
        return next_token(self._source, position, operand=False).start >= end

    def _is_scalar(self, begun: int, end: int) -> bool:
        first = next_token(self._source, begun, operand=True)
        if first.end == end and first.kind in (Kind.VALUE, Kind.STRING):
            return True
        if (begun, end) in self._scalars:
            return True
        if self._source[begun] != "(" or self._source[end - 1] != ")":
            return False
        return (next_token(self._source, begun + 1, operand=True).start, end - 1) in self._scalars

    def _parts_read(self, begun: int, end: int) -> set[tuple[str, str]]:
        """The variables and members that a part of the source takes values from, those that are weighed left out."""
        spans = [*self._scalars, *self._weighed]
        found = set()
        for position, _ in reversed(self._references):
            if position < begun:
                break
            if position < end and not any(start <= position < stop for start, stop in spans if begun <= start):
                found.add(self._members[position])
        return found

    def _is_apart(self, begun: int, end: int) -> bool:
        """Whether a part takes other members of a variable than those before it, all of which are less than it."""
        if end - begun > _SHORT_PART or len(self._scalars) + len(self._weighed) > _SHORT_PART:
            return False
        read = self._parts_read(begun, end)
        names = {name for name, _ in read | self._taken}
        return (
            bool(self._taken)
            and len(names) == 1
            and all(member for _, member in read | self._taken)
            and not read & self._taken
        )

    def _take_apart(self, begun: int, end: int) -> None:
        if end - begun <= _SHORT_PART and len(self._scalars) + len(self._weighed) <= _SHORT_PART:
            self._taken |= self._parts_read(begun, end)

    def _member_after(self, token: Token) -> str:
        dot = next_token(self._source, token.end, operand=False)
        if dot.kind is not Kind.SYMBOL or dot.text != ".":
            return ""
        member = next_token(self._source, dot.end, operand=True)
        return member.text if member.kind is Kind.NAME and member.text not in FUNCTION_WORDS else ""

    def _has_outer(self, begun: int, end: int) -> bool:
        """Whether a variable is read that is declared outside."""
        for position, declared in reversed(self._references):
            if position < begun:
                return False
            if position < end and declared < begun:
                return True
        return False

    def _binds(self, begun: int, end: int) -> bool:
        """Whether a part of the source refers to steps of its path, or gives them names."""
        bindings = self._survey.bindings
        at = bisect_left(bindings, begun)
        return at < len(bindings) and bindings[at] < end
