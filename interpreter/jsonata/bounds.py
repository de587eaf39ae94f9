"""How far an evaluation may go, in quantities that are the same on every replay, and what AWS says beyond them.

Two numbers are reported of AWS: evaluations nest 100 levels, and the values of one take up 6,990,256 bytes at most.
What is a level and what is counted as a byte is not reported, so both are read as is nearest: a level is an evaluation
inside another, as JSONata's reference implementation counts them (three or so for each call of a function), and the
bytes are those of a string, and of the result's JSON text. Arrays are bounded by a number of ours.

AWS stops an expression after one second (Step Functions guide, "Handling expression errors"). A clock cannot be
replayed, so steps stand in for it, and work that is done in one step (`interpreter.jsonata.metering`); the clock is
only the last net, as a busy machine is no reason to fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final

_VALUE_BYTES: Final = 6_990_256
_ARRAY_ITEMS: Final = 1_000_000
_LARGE_REGEX: Final = 3


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on one evaluation.

    Attributes:
        steps: expression nodes evaluated. Where much work is counted, about two in three are those that count it.
        regex_steps: the same for an expression with regular expressions. Their backtracking is counted too, and takes
            a hundred times longer per step than anything else (10 to 20 microseconds, measured with jlens 0.25).
        depth: evaluations inside each other, as JSONata's reference implementation counts: three or so per call.
        string_bytes: one string.
        array_items: one array.
        result_bytes: the JSON text of the result.
        seconds: the last net, see `interpreter.jsonata.errors.EvaluationStuck`.
        work: units of work (0.15 microseconds) of what does much in one step, see `meter.Meter`.
        weighs: whether `$append`, `$merge` and the functions with regular expressions count their work.
        meters: whether all other functions and operators count theirs.
    """

    steps: int
    regex_steps: int
    depth: int
    string_bytes: int
    array_items: int
    result_bytes: int
    seconds: float
    work: int = 600_000
    weighs: bool = True
    meters: bool = True


AWS_BOUNDS: Final = Bounds(
    steps=2_800_000,
    regex_steps=25_000,
    depth=100,
    string_bytes=_VALUE_BYTES,
    array_items=_ARRAY_ITEMS,
    result_bytes=_VALUE_BYTES,
    seconds=10.0,
)


NATIVE_BOUNDS: Final = replace(AWS_BOUNDS, depth=1_000, string_bytes=16 * 1024 * 1024, result_bytes=16 * 1024 * 1024)
"""Those in the mode `native`: as much as the steps and the clock, which keep workers alive, let be."""


EARLY_BOUNDS: Final = replace(
    AWS_BOUNDS, steps=1_000_000, regex_steps=50_000, work=1_000_000, array_items=873_782, weighs=False, meters=False
)
"""Those of executions that began before engine 3."""


@lru_cache(maxsize=32)
def bounds_for_regexes(bounds: Bounds, are_large: bool = False) -> Bounds:
    """The bounds of an expression that has regular expressions; steps through large ones take three times as long."""
    steps = bounds.regex_steps // _LARGE_REGEX if are_large and bounds.meters else bounds.regex_steps
    return replace(bounds, steps=min(bounds.steps, steps))


class Excess(Enum):
    """Which bound an evaluation went over."""

    STEPS = "steps"
    DEPTH = "depth"
    SIZE = "size"


def describe_excess(excess: Excess, bounds: Bounds) -> str:
    """AWS's text for an evaluation that was stopped."""
    match excess:
        case Excess.STEPS:
            return "Expression evaluation timeout: Check for infinite loop"
        case Excess.SIZE:
            return "Expression evaluation memory limit exceeded"
        case Excess.DEPTH:
            return (
                "Stack overflow error: Check for non-terminating recursive function.  "
                f"Consider rewriting as tail-recursive. Depth={bounds.depth + 1} max={bounds.depth}"
            )
