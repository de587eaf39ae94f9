"""What an intrinsic function is, and how it reads its arguments: by position, each checked for its type."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from interpreter.errors import QueryError
from interpreter.jsonpath import Chance
from interpreter.limits import IntrinsicQuotas
from interpreter.values import JsonValue, is_number, json_type_name


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of one call, the source of chance for the functions that need one, and the quotas.

    Not frozen, because one is made for each call and freezing triples what that costs.
    """

    function: str
    values: tuple[JsonValue, ...]
    chance: Chance
    quotas: IntrinsicQuotas

    def fault(self, detail: str) -> QueryError:
        """The error of a call that its arguments make impossible."""
        return QueryError("argument", self.function, detail)

    def text(self, position: int) -> str:
        """The argument at `position`, a string."""
        value = self.values[position]
        if not isinstance(value, str):
            raise self._wrong_type(position, "a string")
        return value

    def array(self, position: int) -> list[JsonValue]:
        """The argument at `position`, an array."""
        value = self.values[position]
        if not isinstance(value, list):
            raise self._wrong_type(position, "an array")
        return value

    def object(self, position: int) -> dict[str, JsonValue]:
        """The argument at `position`, an object."""
        value = self.values[position]
        if not isinstance(value, dict):
            raise self._wrong_type(position, "an object")
        return value

    def boolean(self, position: int) -> bool:
        """The argument at `position`, a boolean."""
        value = self.values[position]
        if not isinstance(value, bool):
            raise self._wrong_type(position, "a boolean")
        return value

    def integer(self, position: int) -> int:
        """The argument at `position`, a number, rounded half up towards plus infinity (recorded on AWS)."""
        value = self.values[position]
        if not is_number(value) or (isinstance(value, float) and not math.isfinite(value)):
            raise self._wrong_type(position, "a number")
        floor = math.floor(value)
        return floor + (value - floor >= 0.5)

    def _wrong_type(self, position: int, expected: str) -> QueryError:
        found = json_type_name(self.values[position])
        return self.fault(f"Expected argument {position + 1} to be {expected}, but was {found}")


@dataclass(frozen=True, slots=True)
class Function:
    """An intrinsic function: its name, how many arguments it takes (`most` None for no bound), and what it does.

    `call` raises QueryError where the arguments do not fit.
    """

    name: str
    least: int
    most: int | None
    call: Callable[[Arguments], JsonValue]

    def apply(self, values: tuple[JsonValue, ...], chance: Chance, quotas: IntrinsicQuotas) -> JsonValue:
        """The result for `values`.

        Raises:
            QueryError: too few or many arguments, or unfit ones (code `"argument"`).
        """
        arguments = Arguments(self.name, values, chance, quotas)
        fault = self.count_fault(len(values))
        if fault is not None:
            raise arguments.fault(fault)
        return self.call(arguments)

    def count_fault(self, count: int) -> str | None:
        """What is wrong with a call that has `count` arguments; None where nothing is."""
        if count < self.least or (self.most is not None and count > self.most):
            return f"Expected {self._arity()}, but got {count}"
        return None

    def _arity(self) -> str:
        if self.most is None:
            return f"at least {self.least} arguments"
        return f"{self.least} arguments" if self.least == self.most else f"{self.least} to {self.most} arguments"
