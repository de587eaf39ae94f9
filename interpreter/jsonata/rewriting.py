"""A source in which functions and operators report their work to a meter, see `metering`.

An engine takes nothing but text, so a text it is; but what is put where follows from a walk over the grammar
(`grammar.Reader`), never from what a source looks like: strings, comments, quoted names and regular expressions are
tokens there, and all that is not wrapped stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from interpreter.jsonata.edits import JOINING, Edits, MeteredSource, Span, Wrap
from interpreter.jsonata.functions import ADDED_FUNCTIONS, BUILT_INS
from interpreter.jsonata.grammar import FUNCTION_WORDS
from interpreter.jsonata.lexer import Kind, Token, next_token
from interpreter.jsonata.metering import AS_VALUES
from interpreter.jsonata.parts import COMPARISONS, Parts
from interpreter.jsonata.survey import ASKING_FOR_PARAMETERS, CALLING_BACK, REPEATING, Survey, callee
from interpreter.jsonata.tails import TailReader

_WRAPPED_CALLS: Final = {"zip": "found", "string": "printed"}
"""Calls of functions for which no function with fixed parameters can stand in exactly."""

_APPLIED: Final = {"zip": "weighed", "string": "printed"}
"""What counts them behind `~>`, by which their value is handed on: a call could not end a block as it does."""

_FUNCTIONS: Final = BUILT_INS | ADDED_FUNCTIONS
_SHORT_RANGE: Final = 2  # digits of the upper end


def metered_source(source: str, mark: str) -> MeteredSource:
    """The source with its operators wrapped; names that begin with `mark` do not occur in it."""
    survey = Survey(source)
    survey.read()
    rewriter = _Rewriter(source, survey)
    rewriter.read()
    return rewriter.edits.metered(mark)


@dataclass(slots=True)
class _Call:
    """A call whose arguments are being read."""

    name: str
    arguments: int = 0
    function: int = -1  # where a function begins that is an argument
    is_partial: bool = False  # its value is a function
    defers: bool = False  # what that function gives is to be weighed where the call ends


class _Rewriter(TailReader):
    """Walks a source and notes what is to be put into it."""

    def __init__(self, source: str, survey: Survey) -> None:
        super().__init__(source)
        self.edits = Edits(source, compounds=survey.compounds)
        self._survey = survey
        self._parts = Parts(source)
        self._joining: set[int] = set()  # where calls of such functions begin
        self._wrapped_calls: dict[Span, tuple[str, Wrap]] = {}
        self._paths: set[int] = set()  # where those begin that have a dot
        self._unweighed: list[int] = []  # where what may repeat a value cannot be weighed by itself
        self._subscripted: dict[int, int] = {}  # where what has brackets begins, and where the first of them stand
        self._grouped: set[int] = set()  # where paths begin that have a grouping, which no predicate may follow
        self._shaping = -1  # where the last grouping or `[]` stands: they say what comes of the whole of their path
        self._calls: list[_Call] = []
        self._constructors = 0
        self._has_part = False
        self._has_tail = False  # whether the function may end with a call
        self._defers = False  # whether the value of that call is to be weighed by who calls the function

    # what was read

    def begun(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        super().begun(operator, start)
        if operator.text == "(":
            self._calls.append(_Call(callee(self._source, start, operator)))
        elif operator.text == "[":
            self._subscripted.setdefault(start, operator.start)
            self._shaping = operator.start if self._is_next("]") else self._shaping

    def combined(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        super().combined(operator, start)
        match operator.text:
            case "&":
                name = "chained" if self._joins_scalars(operator, start) else "joined"
                closing = ")[0]" if self._ends_block() else ")"
                self.edits.wrap(Wrap(start, self._position, name, closing=closing))
                self.edits.put(operator.start, ",", removed=1)
            case "=" | "!=":
                self._wrap_compared("measured", start, operator)
            case text if text in COMPARISONS:
                self._wrap_compared("read", start, operator)
            case "in":
                self._wrap_operand("counted", operator.end)
            case "and" | "or":
                self._wrap_condition(start, operator)
                if self._position not in self._parts.truths:
                    self._wrap_operand("counted", operator.end)
            case "~>":
                self._applied(operator, start)
            case "^":
                self._sorted(operator, start)
            case "{":
                self._grouped.add(start)
                self._shaping = operator.start
            case "#" | "@":
                if start not in self._grouped:
                    self.edits.see(self._position)
                self._unweighed.append(start)
            case "(":
                self._has_tail = self._has_tail or self._is_last()
                self._called(self._calls.pop(), start)
            case ".":
                self._paths.add(start)
                self._stepped(operator)
            case _:
                pass
        self._parts.combine(operator.text, start, self._position)

    def condition(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self._wrap_condition(start, operator)

    def constructor(self, close: str, item: Callable[[], None]) -> None:
        """See `Reader`."""
        begun = self._position - 1
        if self._constructors == 0:
            self._has_part = False
            self._parts.begin_constructor()
        self._constructors += 1
        super().constructor(close, item)
        self._constructors -= 1
        self._parts.constructed.add((begun, self._position))

    def array_item(self) -> None:
        """See `Reader`."""
        begun = self._position
        self._expression()
        end = self._position
        if self._skip(".."):
            upper = self._position
            self._expression()
            self._count_range((begun, end), (upper, self._position))
        elif self._is_spread(begun) and not self._weigh_whole(begun):
            self._wrap_operand("counted", begun, end)
            self._weigh_part(begun, end)

    def _count_range(self, lower: Span, upper: Span) -> None:
        """Count the items that a range makes, before it makes them, unless its ends are small numbers."""
        written = [self._source[slice(*end)].strip() for end in (lower, upper)]
        if all(text.isdigit() and len(text) <= _SHORT_RANGE for text in written):
            return
        self.edits.put(next_token(self._source, lower[0], operand=True).start, "${d}low := ")
        begun = next_token(self._source, upper[0], operand=True).start
        self.edits.wrap(Wrap(begun, upper[1], "ranged", "${d}ranged(${d}low, "))

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
        if first.kind is Kind.NAME and first.text in FUNCTION_WORDS:
            call.function = first.start
        self._in_region(self._expression)
        if self._is_own(call.name, ASKING_FOR_PARAMETERS) and self._is_unlike_its_stand_in(first):
            self.edits.wrap(Wrap(first.start, first.end, "unary"))
        if not self._weigh_whole(begun) and call.name in JOINING and call.arguments:
            self._weigh(begun, self._position, is_joint=True)
        call.arguments += 1

    def _is_unlike_its_stand_in(self, first: Token) -> bool:
        """Whether an argument that begins so is a function with one parameter at most, unlike its stand-in."""
        is_whole = first.end == self._position and first.kind is Kind.VARIABLE
        return is_whole and self._is_own(first.text, _WRAPPED_CALLS)

    def _is_own(self, name: str, functions: Collection[str]) -> bool:
        """Whether a name is that of one of the engine's functions, and the source has no other use for it."""
        return name in functions and name not in self._survey.declared

    def left_open(self) -> None:
        """See `Reader`."""
        self._calls[-1].arguments += 1
        self._calls[-1].is_partial = True

    def referred(self, token: Token, declared: int) -> None:
        """See `Reader`."""
        is_own = token.text in self._survey.declared
        if is_own or token.text not in _FUNCTIONS:
            self._parts.refer(token, declared)
        if token.text in AS_VALUES and (is_own or not self._is_next("(")):
            self.edits.values.add(token.text)

    def wildcard(self, token: Token) -> None:
        """See `Reader`."""
        if token.text == "%":
            self._unweighed.append(token.start)
            return
        if self._is_free(token.start, token.end) and not self._ends_block():
            self.edits.wrap(Wrap(token.start, token.end, "found"))
        else:
            self.edits.see(token.end, of=token.text)

    def _function(self, word: Token) -> None:
        outside = self._has_tail, self._defers
        self._has_tail, self._defers = False, False
        super()._function(word)
        self._has_tail, self._defers = outside

    def function_body(self, parameters: list[str], signature: str, start: int, body: int) -> None:
        """See `Reader`. An engine looks at every item of an array whose items the signature types."""
        call = self._calls[-1] if self._calls and self._calls[-1].function == start else None
        repeats = call is not None and call.name in REPEATING and self._parts.has_outer(start, self._position)
        if not self._has_tail:
            if not self._weigh_whole(body) and repeats:
                self._weigh(body, self._position)
        elif repeats or self._defers or self._has_unweighed(body):
            if call is not None and call.name in CALLING_BACK:
                call.defers = True
            else:
                self._defer_to_callers(parameters, body)
        if "a<" in signature.replace(" ", ""):
            counts = "; ".join(f"${{d}}counted(${name})" for name in parameters)
            self.edits.wrap(Wrap(body, self._position, "counted", f"({counts}; "))

    # what is wrapped

    def _defer_to_callers(self, parameters: list[str], body: int) -> None:
        """Leave it to callers to weigh what a function gives that ends with a call, and weigh what it is given.

        The value of a last call is handed on as it is, an array of one item as such; in another call it would become
        that item. What hands on the value of a function without a call, as `~>` and `$reduce` do, hands it to one.
        """
        self.edits.defers = True
        if parameters:
            weights = "; ".join(f"${{d}}weighed(${name})" for name in parameters)
            self.edits.wrap(Wrap(body, self._position, "weighed", f"({weights}; "))

    def _called(self, call: _Call, start: int) -> None:
        span = (start, self._position)
        is_built_in = bool(call.name) and call.name not in self._survey.declared
        if is_built_in:
            self._parts.call(call.name, span)
        if is_built_in and call.name in _WRAPPED_CALLS and not (call.is_partial and call.name == "string"):
            self.edits.rename(start)  # of `$zip(?)` as well, which makes empty arrays of whatever it is given
        if call.is_partial and call.name in AS_VALUES:
            self.edits.values.add(call.name)
        elif call.name in _WRAPPED_CALLS:
            self._wrap_call(call, Wrap(*span, _WRAPPED_CALLS[call.name]))
        elif call.name in JOINING:
            self._joining.add(start)
        elif call.defers:
            self._weigh_call(call, Wrap(*span, "weighed"))
        elif (call.name in REPEATING and call.function < 0) or (self._survey.renames and not is_built_in):
            self._weigh_call(call, Wrap(*span, "weighed", is_joint=True))
        elif not is_built_in or call.name == "reduce":
            self._weigh_call(call, Wrap(*span, "weighed", is_deferred=True))

    def _weigh_call(self, call: _Call, wrap: Wrap) -> None:
        """Weigh the value of a call, or leave that to who calls the function that it may be the last of."""
        if not self._is_last():
            self._wrap_call(call, wrap)
        elif not wrap.is_deferred:
            self._defers = True

    def _wrap_call(self, call: _Call, wrap: Wrap) -> None:
        self._wrapped_calls[wrap.start, wrap.end] = call.name, wrap
        self.edits.wrap(wrap)

    def _applied(self, operator: Token, start: int) -> None:
        """`~>` hands its left side to the call on its right, which therefore has to stay one."""
        begun = next_token(self._source, operator.end, operand=True).start
        span = self._applied_call(begun)
        if self._source[self._position - 1] == "|":
            self.edits.wrap(Wrap(start, operator.start, "changed"))
        name, wrap = self._wrapped_calls.get(span, ("", None))
        if wrap is None:
            if begun in self._joining:
                self.edits.values.add("append")
            if self.edits.is_wrapped(span):
                self.edits.wrap(Wrap(*span, "", "("))
            self._weigh_applied(Wrap(start, self._position, "weighed", is_deferred=True))
            return
        self.edits.unwrap(span)
        if name not in _APPLIED:
            self._weigh_applied(replace(wrap, start=start, end=self._position))
        elif self._is_own(name, _APPLIED):
            self.edits.rename(begun)
            self.edits.wrap(Wrap(start, self._position, _APPLIED[name], " ", f" ~> ${{d}}{_APPLIED[name]}"))
        else:
            self.edits.values.add(name)

    def _weigh_applied(self, wrap: Wrap) -> None:
        """Weigh what `~>` gives, or leave that to who calls the function that it may be the end of."""
        if self._ends_block():
            self._has_tail = True
            self._defers = self._defers or not wrap.is_deferred
        else:
            self.edits.wrap(wrap)

    def _applied_call(self, begun: int) -> Span:
        """Where the call stands that begins at `begun` and goes on to here, what is in brackets behind it left out."""
        if begun in self._subscripted and begun not in self._paths:
            brackets = self._subscripted[begun]
            for start, end in self._wrapped_calls:
                if start == begun and next_token(self._source, end, operand=False).start == brackets:
                    return (start, end)
        return (begun, self._position)

    def _sorted(self, operator: Token, start: int) -> None:
        """Count what is sorted, as a whole where it can be put into a call, else each item after it is sorted.

        A call is no path, and where the context is an array, a path that begins with one begins anew for each item.
        """
        fits = not self._has_context and self._shaping < start and self._source[start] != "["
        if fits and not self._survey.bindings and self._is_free(start, operator.start):
            self.edits.wrap(Wrap(start, operator.start, "ordered"))
        else:
            self.edits.see(self._position)

    def _stepped(self, operator: Token) -> None:
        """A step of a path is evaluated once for each item."""
        first = next_token(self._source, operator.end, operand=True)
        end = self._subscripted.get(first.start, self._position)
        if first.kind in (Kind.NAME, Kind.STRING) and first.text not in FUNCTION_WORDS:
            return
        if first.text in ("[", "*", "**", "%") or not self._parts.has_outer(first.start, end):
            return
        is_fixed = first.kind is Kind.VARIABLE and not self._survey.binds(first.start, end)  # no parent behind
        if self._is_free(first.start, end) or is_fixed:
            self._weigh(first.start, end)
        else:
            self._unweighed.append(first.start)

    def _is_free(self, begun: int, end: int) -> bool:
        """Whether a part of a path can be put into a call: nothing refers to its steps."""
        return not self._survey.binds(begun, end) and self._region() not in self._survey.with_parents

    def _weigh_whole(self, begun: int) -> bool:
        """Weigh what was read since `begun`, a whole part of the source, if steps of paths in it could not be.

        A parent is looked for in the steps of paths, and behind the last one of a block, but not in a call.
        """
        if not self._has_unweighed(begun):
            return False
        self._weigh(begun, self._position)
        return True

    def _has_unweighed(self, begun: int) -> bool:
        return bool(self._unweighed) and self._unweighed[-1] >= begun

    def _weigh_part(self, begun: int, end: int) -> None:
        """Weigh a part of an array or object: what it grows by, if it has another, or is made once for each item."""
        begun = next_token(self._source, begun, operand=True).start
        if (begun, end) in self._parts.constructed or self._parts.is_scalar(begun, end):
            return
        if self._has_context and self._parts.has_outer(begun, end):
            self._weigh(begun, end)
        elif self._has_part and not self._parts.is_apart(begun, end):
            self._weigh(begun, end, is_joint=True)
        else:
            self._parts.take(begun, end)
        self._has_part = True

    def _weigh(self, begun: int, end: int, *, is_joint: bool = False) -> None:
        begun = next_token(self._source, begun, operand=True).start
        if not self._parts.is_scalar(begun, end):
            self.edits.wrap(Wrap(begun, end, "weighed", is_joint=is_joint))
            self._parts.weighed.append((begun, end))

    def _joins_scalars(self, operator: Token, start: int) -> bool:
        """Whether `&` stands between what has no parts, of which nothing has to be printed."""
        left = self._source[start : operator.start].rstrip()
        right = next_token(self._source, operator.end, operand=True).start
        return self._parts.is_scalar(start, start + len(left)) and self._parts.is_scalar(right, self._position)

    def _wrap_compared(self, name: str, start: int, operator: Token) -> None:
        """Wrap the right side of a comparison, which takes as long as the smaller side is large."""
        if not self._parts.is_small(start, operator.start):
            self._wrap_operand(name, operator.end)

    def _wrap_operand(self, name: str, begun: int, end: int | None = None) -> None:
        """Wrap what was read since `begun`, unless it is small."""
        end = self._position if end is None else end
        begun = next_token(self._source, begun, operand=True).start
        if not self._parts.is_small(begun, end) and not self._survey.binds(begun, end):
            self.edits.wrap(Wrap(begun, end, name))

    def _wrap_condition(self, start: int, operator: Token) -> None:
        """Wrap the left side of an operator that asks whether it is true, which looks at every item of an array."""
        written = self._source[start : operator.start].rstrip()
        if start + len(written) not in self._parts.truths and not self._survey.binds(start, operator.start):
            self.edits.wrap(Wrap(start, operator.start, "counted"))
