"""What an engine, and the functions of ours that it calls, report; `expression` makes errors with the text of it."""

from __future__ import annotations

from interpreter.jsonata.bounds import Excess


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
