"""What we ask of a JSONata engine, and what it reports; `expression` makes errors with AWS's texts of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.values import MISSING, JsonValue, Missing

Function: TypeAlias = Callable[..., JsonValue]


class Program(Protocol):
    """A compiled source, immutable."""

    def evaluate(
        self,
        variables: Mapping[str, JsonValue],
        functions: Mapping[str, Function | None],
        *,
        now: int,
        seed: int | None,
        bounds: Bounds,
        document: JsonValue | Missing = MISSING,
    ) -> JsonValue | Missing:
        """The value of the source, MISSING for undefined.

        Args:
            variables: those that the source refers to, without dollars. They hide functions of the same name.
            functions: functions by name; None for a built-in function that is not to exist.
            now: milliseconds since the epoch, for `$now` and `$millis`.
            seed: what `$shuffle` draws from; None if the source does not draw.
            bounds: how far to go.
            document: the context item of the top level, which Step Functions does not have.

        Raises:
            EngineFault: the source threw an error.
            BoundFault: it went over a bound that replays alike.
            FunctionResult: the value is a function.
            EvaluationStuck: it ran into the wall-clock limit.
        """
        ...


class Compile(Protocol):
    """The entrance to an engine."""

    def __call__(self, source: str) -> Program:
        """Compile `source`.

        Raises:
            EngineFault: it is not JSONata.
        """
        ...


class EngineFault(Exception):
    """JSONata refused a source or threw while evaluating it.

    Attributes:
        code: JSONata's code, such as `T2001`; None where it has none.
        message: JSONata's text, without the code.
        position: offset in the source as the author wrote it, or None.
    """

    def __init__(self, code: str | None, message: str, position: int | None = None) -> None:
        super().__init__(message if code is None else f"{code}: {message}")
        self.code = code
        self.message = message
        self.position = position


class FunctionFault(Exception):
    """A function of ours refuses its arguments; the engine reports it as an `EngineFault`, with the position."""

    def __init__(self, code: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BoundFault(Exception):
    """An evaluation went over one of its bounds."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.value)
        self.excess = excess


class FunctionResult(Exception):
    """The value of an expression is a function."""
