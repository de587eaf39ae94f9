"""How much an execution does at a stretch, in estimated microseconds: Temporal allows 2 s a workflow task.

Estimates, never a clock: a replay must stop where the first run did (docs/decisions/0004-pacing.md).
"""

from __future__ import annotations

from typing import Final

from interpreter.errors import StatesRuntime

_ACTIVATION_BUDGET: Final = 150_000
"""Estimated microseconds of work after which the core waits for a pacing timer."""

_FIRST_ENGINE_BUDGET: Final = 300_000
"""That of executions that began with engine 1, which did not count operations either."""

_OPERATION_COST: Final = 150
"""What the Temporal SDK needs to begin an activity or a timer, in estimated microseconds."""

_ENGINE_THAT_BREATHES: Final = 3

_TRANSITION_COST: Final = 60
_BYTES_PER_COST: Final = 20
_NODE_COST: Final = 3
_STRETCH_BUDGET: Final = 300_000
"""Estimated microseconds of JSONPath between two places where the core can wait; more would end the workflow task.
A slow machine needs three times the estimate."""
_FIRST_ENGINES_STRETCH_BUDGET: Final = 600_000

_LONGEST_STRETCH: Final = 600_000
"""The same with JSONata, the estimates of which are high: what an expression is tried with is hardly ever used up."""


class Work:
    """What one execution has done since its host could last do something else, and since it could last wait.

    Attributes:
        breathes: whether the core may wait wherever a frame is about to work; executions that began with an earlier
            engine wait between two states only.
    """

    __slots__ = ("_budget", "_cost", "_operation_cost", "_stretch", "_stretch_budget", "breathes")

    def __init__(self, engine: int) -> None:
        first = engine == 1
        self.breathes = engine >= _ENGINE_THAT_BREATHES
        self._budget = _FIRST_ENGINE_BUDGET if first else _ACTIVATION_BUDGET
        self._operation_cost = 0 if first else _OPERATION_COST
        self._stretch_budget = _STRETCH_BUDGET if self.breathes else _FIRST_ENGINES_STRETCH_BUDGET
        self._cost = 0
        self._stretch = 0

    @property
    def is_enough(self) -> bool:
        """Whether the core has done enough until its host's next turn."""
        return self._cost > self._budget

    def begin_turn(self) -> None:
        """The host may spend time anew."""
        self._cost = 0

    def begin_stretch(self) -> None:
        """The core could have waited here."""
        self._stretch = 0

    def count_operation(self) -> None:
        """Count an operation that begins."""
        self._cost += self._operation_cost

    def count_transition(self, bytes_printed: int) -> None:
        """Count a transition, and the texts that were made for it."""
        self._cost += _TRANSITION_COST + bytes_printed // _BYTES_PER_COST

    def spend(self, cost: int) -> None:
        """Count work that a transition does besides its own, in estimated microseconds."""
        self._cost += cost

    def affords(self, cost: int) -> bool:
        """Count work in estimated microseconds, and tell whether the core may do it before it can wait."""
        self._cost += cost
        self._stretch += cost
        return self._stretch <= _LONGEST_STRETCH

    def charge(self, nodes: int) -> None:
        """Count the values that a JSONPath looked at.

        Raises:
            StatesRuntime: the expressions of one state are more work than a workflow task may do at a stretch.
        """
        cost = nodes * _NODE_COST
        self._cost += cost
        self._stretch += cost
        if self._stretch > self._stretch_budget:
            raise StatesRuntime(
                "The JSONPath expressions of the state look at too many values for one step; use fewer of them, "
                "shorter paths, or a smaller input."
            )
