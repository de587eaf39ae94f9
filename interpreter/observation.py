"""Watching a whole execution run: what a test of a state machine asks of the interpreter.

An execution that has an observer tells it where it goes and why: what its history does not say, such as which rule of
a Choice was true. Without one, the modules of `interpreter.states` check an attribute and do nothing.
"""

from __future__ import annotations

from typing import Protocol

from interpreter.errors import StatesError
from interpreter.frames import Frame
from interpreter.values import JsonValue


class Observer(Protocol):
    """Is told of each step; `frame.state_name` is the state that it is about. Nothing here may change the frame."""

    def entered(self, frame: Frame) -> None:
        """The state is entered with `frame.input`."""
        ...

    def exited(self, frame: Frame, output: JsonValue) -> None:
        """The state is left."""
        ...

    def called(self, frame: Frame, arguments: JsonValue) -> None:
        """An attempt of a Task has evaluated its arguments and is about to call its resource."""
        ...

    def chose(self, frame: Frame, index: int | None) -> None:
        """The rule `index` of a Choice is true; None for Default."""
        ...

    def failed(self, frame: Frame, error: StatesError) -> None:
        """The state failed, or an attempt of it that is retried or caught; told once for each error."""
        ...

    def retried(self, frame: Frame, index: int) -> None:
        """The retrier `index` took the error; its attempts may be used up."""
        ...

    def caught(self, frame: Frame, index: int) -> None:
        """The catcher `index` took the error."""
        ...
