"""What an expression refers to, read off its text before anything runs.

One walk over the grammar of JSONata 2.0.6 (operator precedence as in its reference implementation) finds the variables
that an expression takes from outside, the members of `$states` that it reads, and what Step Functions refuses: names,
`$` and wildcards where there is no context item, which is everywhere but inside paths, predicates, sorts, groupings and
transforms; `$$` anywhere; operators that came after 2.0.6.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Final

from interpreter.jsonata.errors import ExpressionError
from interpreter.jsonata.lexer import REGEX, Kind, Token, next_token

STATES: Final = "states"
MAX_NESTING: Final = 120  # more than AWS evaluates (`bounds.AWS_BOUNDS`), far less than Python's stack

_POWERS: Final = {
    ":=": 10, "?": 20, "or": 25, "and": 30,
    "=": 40, "!=": 40, "<": 40, ">": 40, "<=": 40, ">=": 40, "in": 40, "~>": 40, "^": 40,
    "+": 50, "-": 50, "&": 50, "*": 60, "/": 60, "%": 60,
    "{": 70, ".": 75, "[": 80, "(": 80, "@": 80, "#": 80,
}  # fmt: skip
_NEGATION_POWER: Final = 70
_WORD_OPERATORS: Final = frozenset({"and", "or", "in"})
FUNCTION_WORDS: Final = frozenset({"function", "\u03bb"})

_REPETITION: Final = re.compile(r"\{(?:\d*,)?(\d+)(?:,)?\}")
_MANY_REPETITIONS: Final = 1_000
_SLOW: Final = frozenset({
    "sort", "keys", "spread", "clone", "distinct", "string", "shuffle", "zip", "merge", "match", "split", "replace",
    "encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reference that Step Functions does not support: AWS's text, and its offset in the source."""

    detail: str
    position: int


@dataclass(frozen=True, slots=True)
class References:
    """What an expression refers to.

    Attributes:
        names: variables and functions taken from outside, without their dollar, `states` among them.
        states_members: the members of `$states` that are read; None if that cannot be told.
        path: the names in an expression that is only a variable and member names, `$a.b.c`; else None.
        refusals: what AWS refuses, in the order of the source.
        has_regexes: whether there is a regular expression in it.
        has_large_regexes: whether one of them repeats something more than a thousand times, by numbers.
        slow_parts: how many functions and operators in it take time by all they are given, some 50 nanoseconds a byte.
    """

    names: frozenset[str]
    states_members: frozenset[str] | None
    path: tuple[str, ...] | None
    refusals: tuple[Refusal, ...]
    has_regexes: bool
    has_large_regexes: bool
    slow_parts: int


def read_references(source: str) -> References:
    """Read the references of an expression that an engine could compile.

    Raises:
        ExpressionError: the source uses an operator that JSONata 2.0.6 lacks, or nests too deeply.
    """
    reader = Reader(source)
    reader.read()
    whole = reader.whole_states_read
    return References(
        frozenset(reader.names),
        None if whole else frozenset(reader.states_members),
        _plain_path(source),
        tuple(reader.refusals),
        reader.has_regexes,
        reader.has_large_regexes,
        reader.slow_parts,
    )


def _plain_path(source: str) -> tuple[str, ...] | None:
    token = next_token(source, 0, operand=True)
    if token.kind is not Kind.VARIABLE or token.text in ("", "$"):
        return None
    names = [token.text]
    while (dot := next_token(source, token.end, operand=False)).text == "." and dot.kind is Kind.SYMBOL:
        token = next_token(source, dot.end, operand=True)
        if token.kind is not Kind.NAME:
            return None
        names.append(token.text)
    return tuple(names) if dot.kind is Kind.END else None


@dataclass(slots=True)
class _Frame:
    """A scope: a block, or a function's parameters.

    `later` holds what function bodies inside it refer to, and is compared with `declared` only when the frame is
    left: a body may name a variable that is assigned after the function, itself for one.
    """

    start: int = -1
    is_function: bool = False
    declared: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)


class Reader:
    """One walk over one source; every method reads its piece of the grammar and notes what it refers to.

    `survey` and `rewriting` walk it for other notes, by the methods without an underscore.
    """

    def __init__(self, source: str) -> None:
        self.names: set[str] = set()
        self.states_members: set[str] = set()
        self.whole_states_read = False
        self.has_regexes = False
        self.has_large_regexes = False
        self.slow_parts = 0
        self.refusals: list[Refusal] = []
        self.is_partial = False  # of the call that was read last
        self._source = source
        self._position = 0
        self._peeked_at = (-1, False)  # the same token is asked for again and again
        self._peeked = Token(Kind.END, "", 0, 0)
        self._frames = [_Frame()]
        self._has_context = False
        self._nesting = 0

    def read(self) -> None:
        """Read all of the source.

        Raises:
            ExpressionError: see `read_references`.
        """
        self._expression(0)
        end = self._peek()
        if end.kind is not Kind.END:
            raise self._syntax_error(end)
        self._leave_frame()

    # tokens

    def _peek(self, *, operand: bool = False) -> Token:
        place = (self._position, operand)
        if self._peeked_at != place:
            self._peeked_at = place
            self._peeked = next_token(self._source, self._position, operand=operand)
        return self._peeked

    def _take(self, *, operand: bool = False) -> Token:
        token = self._peek(operand=operand)
        self._position = token.end
        return token

    def _is_next(self, symbol: str) -> bool:
        token = self._peek()
        return token.kind is Kind.SYMBOL and token.text == symbol

    def _skip(self, symbol: str) -> bool:
        """Take the next token if it is `symbol`."""
        found = self._is_next(symbol)
        if found:
            self._take()
        return found

    def _expect(self, symbol: str) -> None:
        if not self._skip(symbol):
            raise self._syntax_error(self._peek())

    def _syntax_error(self, token: Token) -> ExpressionError:
        detail = f'S0201: Syntax error: "{token.text}"'
        return ExpressionError("INVALID_JSONATA_EXPRESSION", self._source, detail, token.start)

    def _list(self, close: str, item: Callable[[], None]) -> None:
        """Items between commas, up to and with `close`."""
        while not self._skip(close):
            item()
            if not self._skip(","):
                self._expect(close)
                return

    # expressions

    def _expression(self, power: int = 0) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            detail = f"The expression is nested too deeply (the limit is {MAX_NESTING} levels)"
            raise ExpressionError("INVALID_JSONATA_EXPRESSION", self._source, detail, self._position)
        start = self._first_operand()
        while self._power(operator := self._peek()) > power:
            self._take()
            if operator.text != "?":
                self.begun(operator, start)
                self._operation(operator)
                self.combined(operator, start)
                continue
            self.condition(operator, start)
            if self._condition():  # else-parts are read here: chains of them are long, and reach as far as they can
                start = self._first_operand()
                power = 0
        self._nesting -= 1

    def _first_operand(self) -> int:
        """Read an operand; where it begins."""
        token = self._take(operand=True)
        self._operand(token)
        return token.start

    def begun(self, operator: Token, start: int) -> None:
        """An operator was read; its left side begins at `start`, its right side follows."""

    def combined(self, operator: Token, start: int) -> None:
        """An operator and its right side were read; its left side begins at `start`."""

    def condition(self, operator: Token, start: int) -> None:
        """The `?` after a condition that begins at `start` was read."""

    @staticmethod
    def _power(token: Token) -> int:
        is_operator = token.kind is Kind.SYMBOL or (token.kind is Kind.NAME and token.text in _WORD_OPERATORS)
        return _POWERS.get(token.text, 0) if is_operator else 0

    def _operand(self, token: Token) -> None:
        match token.kind, token.text:
            case Kind.VALUE, text:
                if text == REGEX:
                    self._regex(self._source[token.start : token.end])
            case Kind.STRING, text:
                if self._is_next("."):  # the first step of a path, where a string is a name
                    self._refer_to_context(text, token)
            case Kind.VARIABLE, _:
                self._variable(token)
            case Kind.NAME, text if text in FUNCTION_WORDS and self._is_next("("):
                self._function(token)
            case Kind.NAME, text:
                self._refer_to_context(text, token)
            case Kind.SYMBOL, "-":
                self._expression(_NEGATION_POWER)
            case Kind.SYMBOL, ("*" | "**" | "%") as wildcard:
                self._refer_to_context(wildcard, token)
                self.slow_parts += wildcard == "**"
                self.wildcard(token)
            case Kind.SYMBOL, "(":
                self._block()
            case Kind.SYMBOL, "[":
                self.constructor("]", self.array_item)
            case Kind.SYMBOL, "{":
                self.constructor("}", self._member)
            case Kind.SYMBOL, "|":
                self._transform()
            case _:
                raise self._syntax_error(token)

    def _regex(self, text: str) -> None:
        self.has_regexes = True
        repeated = prod(max(1, int(number[:9])) for number in _REPETITION.findall(text))
        self.has_large_regexes = self.has_large_regexes or repeated > _MANY_REPETITIONS

    def _operation(self, operator: Token) -> None:
        match operator.text:
            case ".":
                self._in_context(lambda: self._expression(_POWERS["."]))
            case "[":
                if not self._skip("]"):
                    self._in_context(self._expression)
                    self._expect("]")
            case "{":
                self._in_context(lambda: self.constructor("}", self._member))
            case "(":
                self._call()
            case "^":
                self.slow_parts += 1
                self._expect("(")
                self._in_context(lambda: self._list(")", self._sort_term))
            case "@" | "#":
                self._declare(self._take().text)
            case text:
                self._expression(_POWERS[text])

    def _call(self) -> None:
        outside, self.is_partial = self.is_partial, False
        self._list(")", self._argument)
        inside, self.is_partial = self.is_partial, outside
        self.called(is_partial=inside)

    def _in_context(self, read: Callable[[], None]) -> None:
        """Read what is evaluated once for each context item."""
        outside, self._has_context = self._has_context, True
        read()
        self._has_context = outside

    def _condition(self) -> bool:
        """Read up to the else-part, and tell whether there is one."""
        following = self._peek()
        if following.kind is Kind.SYMBOL and following.text in ("?", ":"):  # `??` and `?:` came with 2.1
            detail = f'S0211: The symbol "{following.text}" cannot be used as a unary operator'
            raise ExpressionError("INVALID_JSONATA_EXPRESSION", self._source, detail, following.start)
        self._expression()
        return self._skip(":")

    def _block(self) -> None:
        self._frames.append(_Frame(self._position))
        while not self._skip(")"):
            self._expression()
            if not self._skip(";"):
                self._expect(")")
                break
        self._leave_frame()

    def wildcard(self, token: Token) -> None:
        """`*`, `**` or `%` was read where an operand is."""

    def constructor(self, close: str, item: Callable[[], None]) -> None:
        """Read the rest of an array, an object or a grouping."""
        self._list(close, item)

    def array_item(self) -> None:
        """Read an item of an array, or a range."""
        self._expression()
        if self._skip(".."):
            self._expression()

    def _member(self) -> None:
        self._expression()
        self._expect(":")
        self.member_value()

    def member_value(self) -> None:
        """Read the value of an object's member."""
        self._expression()

    def _argument(self) -> None:
        if self._skip("?"):  # a place left open in a partial application
            self.is_partial = True
            self.left_open()
        else:
            self.argument()

    def left_open(self) -> None:
        """A place in a call was left open."""

    def argument(self) -> None:
        """Read an argument of a call."""
        self._expression()

    def called(self, *, is_partial: bool) -> None:
        """The arguments of a call were read; `combined` follows. It is partial if it leaves a place open."""

    def _sort_term(self) -> None:
        if not self._skip("<"):
            self._skip(">")
        self._expression()

    def _transform(self) -> None:
        self.slow_parts += 1
        self._in_context(self._transform_parts)

    def _transform_parts(self) -> None:
        self._expression()
        self._expect("|")
        self._expression()
        if self._skip(","):
            self._expression()
        self._expect("|")

    def _function(self, word: Token) -> None:
        frame = _Frame(self._position, is_function=True)
        self._frames.append(frame)
        self._expect("(")
        parameters: list[str] = []
        self._list(")", lambda: parameters.append(self._take().text))
        for parameter in parameters:
            self._declare(parameter)
        signed_at = self._position
        if self._is_next("<"):
            self._signature()
        signature = self._source[signed_at : self._position]
        self._expect("{")
        body = self._position
        self._expression()
        self.function_body(parameters, signature, word.start, body)
        self._expect("}")
        self._leave_frame()

    def function_body(self, parameters: list[str], signature: str, start: int, body: int) -> None:
        """The body of a function was read; the function begins at `start`, its body at `body`."""

    def _signature(self) -> None:
        depth = 0
        while True:
            token = self._take()
            depth += (token.text == "<") - (token.text == ">")
            if depth == 0 or token.kind is Kind.END:
                return

    # references

    def _refer_to_context(self, name: str, token: Token) -> None:
        if not self._has_context:
            detail = f"Reference to '{name}' at the top level is not supported."
            self.refusals.append(Refusal(detail, token.start))

    def _variable(self, token: Token) -> None:
        match token.text:
            case "":
                self._refer_to_context("$", token)
            case "$":
                self.refusals.append(Refusal("Reference to '$$' is not supported.", token.start))
            case name if self._skip(":="):
                self.assigned()
                self._declare(name)
            case name:
                self._refer(name, token)

    def assigned(self) -> None:
        """Read what a variable is set to."""
        self._expression(_POWERS[":="] - 1)

    def _declare(self, name: str) -> None:
        self._frames[-1].declared.add(name)

    def referred(self, token: Token, declared: int) -> None:
        """The value of a variable is asked for; the scope that declares it begins at `declared`, -1 where none does."""

    def _refer(self, name: str, token: Token) -> None:
        self.slow_parts += name in _SLOW
        scope = next((frame for frame in reversed(self._frames) if name in frame.declared), self._frames[0])
        self.referred(token, scope.start)
        for frame in reversed(self._frames):
            if name in frame.declared:
                return
            if frame.is_function:
                frame.later.add(name)
                break
        else:
            self.names.add(name)
        if name == STATES:
            self._note_member()

    def _note_member(self) -> None:
        if not self._is_next("."):
            self.whole_states_read = True
            return
        dot = self._peek()
        member = next_token(self._source, dot.end, operand=True)
        if member.kind in (Kind.NAME, Kind.STRING):
            self.states_members.add(member.text)
        else:
            self.whole_states_read = True

    def _leave_frame(self) -> None:
        frame = self._frames.pop()
        outside = self._frames[-1].later if self._frames else self.names
        outside |= frame.later - frame.declared
