"""What a case expects against what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.testing.assertions import Assertion, Sight, check_assertion
from api.testing.mock_file import Expectations
from api.testing.paths import is_taken, shown_steps
from api.testing.trace import Trace, Visit
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, Missing, json_equal, json_text


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an execution ended: its output, or its error and cause."""

    status: str
    input: JsonValue
    output: JsonValue | Missing
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as expected; `wanted` and `got` are JSON, MISSING where the text says all."""

    text: str
    wanted: JsonValue | Missing = MISSING
    got: JsonValue | Missing = MISSING

    def lines(self) -> list[str]:
        """The problem for people: the text, and what was wanted and got below it."""
        values = (("wanted", self.wanted), ("got", self.got))
        return [self.text, *(f"{word:>8}: {json_text(value)}" for word, value in values if value is not MISSING)]


async def check(
    expect: Expectations, assertions: Sequence[Assertion], outcome: Outcome, trace: Trace, start: ExecutionStart
) -> list[Problem]:
    """Everything that is not as expected, in the order of the file's members."""
    problems = [*_end_problems(expect, outcome), *_way_problems(expect, trace)]
    for index, assertion in enumerate(assertions):
        problems += await _assertion_problems(f"Assert[{index}]", assertion, outcome, trace, start)
    return problems


def _end_problems(expect: Expectations, outcome: Outcome) -> Iterator[Problem]:
    if outcome.status != expect.wanted_status:
        told = ": ".join(part for part in (outcome.error, outcome.cause) if part)
        yield Problem(
            f"The execution ended {outcome.status}{told and f' with {told}'}", expect.wanted_status, outcome.status
        )
    if expect.wanted_output is not MISSING and outcome.output is not MISSING:
        if not json_equal(outcome.output, expect.wanted_output):
            yield Problem("Output", expect.wanted_output, outcome.output)
    elif expect.wanted_output is not MISSING:
        yield Problem("Output: there is none", expect.wanted_output)
    if expect.error is not None and outcome.error != expect.error:
        yield Problem("Error", expect.error, outcome.error)
    if expect.cause is not None and outcome.cause != expect.cause:
        yield Problem("Cause", expect.cause, outcome.cause)


def _way_problems(expect: Expectations, trace: Trace) -> Iterator[Problem]:
    wanted = expect.wanted_path
    if wanted is not None and not is_taken(wanted, trace.visits):
        yield Problem("Path", shown_steps(wanted), trace.path())
    counts = trace.counts()
    for state, count in expect.visits.items():
        if counts[state] != count:
            yield Problem(f"Visits of {state!r}", count, counts[state])
    for state, errors in expect.errors.items():
        got: list[JsonValue] = [error for visit in trace.of(state) for error in visit.errors]
        if got != errors:
            yield Problem(f"Errors of {state!r}", [*errors], got)


async def _assertion_problems(
    name: str, assertion: Assertion, outcome: Outcome, trace: Trace, start: ExecutionStart
) -> list[Problem]:
    rule = f"{name} {json_text(assertion.shown)}"
    if assertion.state is None:
        fault = await check_assertion(assertion, _sight_of_outcome(outcome), start)
        return [] if fault is None else [Problem(f"{rule} {fault}")]
    visits = trace.of(assertion.state)
    if len(visits) <= (assertion.visit or 0):
        return [Problem(f"{rule} cannot be looked at: the state was visited {len(visits)} times")]
    problems = []
    for number, visit in enumerate(visits):
        if assertion.visit in (None, number):
            fault = await check_assertion(assertion, _sight_of_visit(visit), start)
            if fault is not None:
                problems.append(Problem(f"{rule} {fault}, in visit {number}"))
    return problems


def _sight_of_outcome(outcome: Outcome) -> Sight:
    variables: dict[str, JsonValue] = {"input": outcome.input, "status": outcome.status}
    if outcome.output is not MISSING:
        variables["output"] = outcome.output
    else:
        variables |= {"error": outcome.error, "cause": outcome.cause}
    return Sight(variables.get("output"), variables)


def _sight_of_visit(visit: Visit) -> Sight:
    variables: dict[str, JsonValue] = {"input": visit.input, "errors": [*visit.errors]}
    if visit.output is not MISSING:
        variables["output"] = visit.output
    if visit.arguments:
        variables["arguments"] = visit.arguments[-1]
    return Sight(variables.get("output"), variables)
