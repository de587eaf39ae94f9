"""AWS's bounds on the data of an execution: on what one state hands on, and on all variables together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from interpreter.errors import StatesDataLimitExceeded, StatesRuntime
from interpreter.frames import Frame, variables_bytes
from interpreter.limits import Limits
from interpreter.measure import Measure, refuse_bytes, refuse_unprintable
from interpreter.values import JsonValue, NestingError

_ENGINE_THAT_COUNTS_ALL: Final = 3
_ENGINE_THAT_BOUNDS_MEMORY: Final = 3


class DataLimits:
    """Those of one execution, with what it has stored.

    Args:
        limits: of the execution's mode.
        engine: executions that began with an earlier one bound the variables that one frame sees, and nothing by the
            memory of a worker.
        measure: knows the sizes of values.
    """

    __slots__ = ("_engine", "_limits", "_measure", "_most_stored")

    def __init__(self, limits: Limits, engine: int, measure: Measure) -> None:
        self._limits = limits
        self._engine = engine
        self._measure = measure
        self._most_stored = 0

    def begin_with(self, root: Frame) -> None:
        """Count the variables that an execution begins with."""
        self._most_stored = variables_bytes(root, self._measure)

    def check_size(self, value: JsonValue, source: str) -> None:
        """Refuse a value over the payload limit; `source` names the state, service or function it came from.

        Raises:
            StatesDataLimitExceeded: the value is too large.
            StatesRuntime: it is nested deeper than we can print.
        """
        limit = self._limits.payload_bytes
        size = self._size(value, source)
        if limit is not None and size > limit:
            raise StatesDataLimitExceeded(
                f"The state/task '{source}' returned a result with a size exceeding the maximum number of bytes "
                "service limit."
            )

    def check_printable(self, value: JsonValue) -> None:
        """Refuse a value that may hold one large part many times, as branches and templates make them, unprinted.

        Raises:
            StatesDataLimitExceeded: its text would not fit into memory.
        """
        if self._engine >= _ENGINE_THAT_BOUNDS_MEMORY:
            refuse_unprintable(value)

    def check_assigned(self, state_name: str, assigned: Mapping[str, JsonValue]) -> int:
        """Refuse what a state assigns if that is too large at once; else its bytes.

        Raises:
            StatesDataLimitExceeded: it is.
            StatesRuntime: a value is nested deeper than we can print.
        """
        at_once = self._limits.payload_bytes
        size = sum(self._size(value, state_name) for value in assigned.values())
        if at_once is not None and size > at_once:
            raise StatesDataLimitExceeded(f"The variables assigned by the state '{state_name}' exceed {at_once} bytes.")
        return size

    def set_variables(self, root: Frame, frame: Frame, state_name: str, assigned: Mapping[str, JsonValue]) -> None:
        """Set variables of a frame.

        Raises:
            StatesDataLimitExceeded: those that a state assigns, or all, are too large.
            StatesRuntime: one is nested deeper than we can print.
        """
        size = self.check_assigned(state_name, assigned)
        frame.variables.update(assigned)
        limit = self._limits.variables_bytes
        if limit is not None and self._stored_bytes(root, frame, size) > limit:
            raise StatesDataLimitExceeded(
                f"The variables of the execution exceed {limit} bytes after the state '{state_name}'."
            )

    def _stored_bytes(self, root: Frame, frame: Frame, assigned: int) -> int:
        """The bytes of all variables of the execution, or more than that where it is surely within the limit."""
        if self._engine < _ENGINE_THAT_COUNTS_ALL:
            return sum(map(self._measure.size, frame.variables.values()))
        self._most_stored += assigned
        limit = self._limits.variables_bytes
        if limit is not None and self._most_stored > limit:  # something may have gone or been replaced since
            self._most_stored = variables_bytes(root, self._measure)
        return self._most_stored

    def _size(self, value: JsonValue, source: str) -> int:
        try:
            size = self._measure.size(value)
        except NestingError as error:
            raise StatesRuntime(f"The state/task '{source}' returned a result that is refused: {error}.") from None
        if self._engine >= _ENGINE_THAT_BOUNDS_MEMORY:
            refuse_bytes(size)
        return size
