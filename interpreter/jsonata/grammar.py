"""The grammar of JSONata 2.0.6, as one walk over a source (operator precedence as in its reference implementation).

What wants to know something of a source walks it: `references`, `survey` and `rewriting`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from interpreter.jsonata.errors import ExpressionError
from interpreter.jsonata.lexer import REGEX, Kind, Token, next_token

MAX_NESTING: Final = 120  # more than AWS evaluates (`bounds.AWS_BOUNDS`), far less than Python's stack
FUNCTION_WORDS: Final = frozenset({"function", "\u03bb"})

_POWERS: Final = {
    ":=": 10, "?": 20, "or": 25, "and": 30,
    "=": 40, "!=": 40, "<": 40, ">": 40, "<=": 40, ">=": 40, "in": 40, "~>": 40, "^": 40,
    "+": 50, "-": 50, "&": 50, "*": 60, "/": 60, "%": 60,
    "{": 70, ".": 75, "[": 80, "(": 80, "@": 80, "#": 80,
}  # fmt: skip
_NEGATION_POWER: Final = 70
_WORD_OPERATORS: Final = frozenset({"and", "or", "in"})


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
    """One walk over one source; every method reads its piece of the grammar.

    Whoever walks overrides methods without an underscore: some tell what was just read, others do the reading.

    Attributes:
        names: the variables and functions that the source takes from outside, without their dollar.
    """

    def __init__(self, source: str) -> None:
        self.names: set[str] = set()
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
            ExpressionError: the source uses an operator that JSONata 2.0.6 lacks, or nests too deeply.
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
                    self.regex(token)
            case Kind.STRING, _:
                if self._is_next("."):  # the first step of a path, where a string is a name
                    self._read_context(token)
            case Kind.VARIABLE, _:
                self._variable(token)
            case Kind.NAME, text if text in FUNCTION_WORDS and self._is_next("("):
                self._function(token)
            case Kind.NAME, _:
                self._read_context(token)
            case Kind.SYMBOL, "-":
                self._expression(_NEGATION_POWER)
            case Kind.SYMBOL, ("*" | "**" | "%"):
                self._read_context(token)
                self.wildcard(token)
            case Kind.SYMBOL, "(":
                self._block()
            case Kind.SYMBOL, "[":
                self.constructor("]", self.array_item)
            case Kind.SYMBOL, "{":
                self.constructor("}", self._member)
            case Kind.SYMBOL, "|":
                self.transform()
            case _:
                raise self._syntax_error(token)

    def regex(self, token: Token) -> None:
        """A regular expression was read."""

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
                self._list(")", self._argument)
            case "^":
                self._expect("(")
                self._in_context(lambda: self._list(")", self._sort_term))
            case "@" | "#":
                self._declare(self._take().text)
            case text:
                self._expression(_POWERS[text])

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
            self.left_open()
        else:
            self.argument()

    def left_open(self) -> None:
        """A place in a call was left open: its value is a function."""

    def argument(self) -> None:
        """Read an argument of a call."""
        self._expression()

    def _sort_term(self) -> None:
        if not self._skip("<"):
            self._skip(">")
        self._expression()

    def transform(self) -> None:
        """Read the rest of a transform."""
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

    # names

    def _read_context(self, token: Token) -> None:
        if not self._has_context:
            self.contextless(token)

    def contextless(self, token: Token) -> None:
        """A name, `$` or a wildcard was read where there is no context item that it could be a part of."""

    def root(self, token: Token) -> None:
        """`$$` was read."""

    def _variable(self, token: Token) -> None:
        match token.text:
            case "":
                self._read_context(token)
            case "$":
                self.root(token)
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

    def _leave_frame(self) -> None:
        frame = self._frames.pop()
        outside = self._frames[-1].later if self._frames else self.names
        outside |= frame.later - frame.declared
