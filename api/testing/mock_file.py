"""The file that `steploom test` runs: the format of Step Functions Local's MockConfigFile, and what we add to it.

Of theirs are `StateMachines/<name>/TestCases/<case>/<state>`, which names a mock, and `MockedResponses/<mock>`, which
has for each invocation, `"0"` or `"1-2"`, a `Return` or a `Throw` (developer guide, "Using mocked service
integrations"). Ours are `Definition`, `Type` and `Tests` beside `TestCases`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.testing.paths import Step, parse_steps
from interpreter.definition.json_faults import JsonFault
from interpreter.definition.json_source import load_json
from interpreter.values import MISSING, JsonValue, Missing, parse_json

_INVOCATIONS: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


class MockFileError(Exception):
    """The file cannot be used as it is; the message says where and why."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    comment: str | None = Field(None, alias="Comment")


class Throw(_Part):
    """An error in place of a result."""

    error: str | None = Field(None, alias="Error")
    cause: str | None = Field(None, alias="Cause")


class Response(_Part):
    """What one invocation comes to: one of the two is given."""

    return_: Any = Field(None, alias="Return")  # any JSON
    throw: Throw | None = Field(None, alias="Throw")

    @model_validator(mode="after")
    def _one(self) -> Response:
        if ("return_" in self.model_fields_set) == (self.throw is not None):
            raise ValueError("exactly one of Return and Throw is wanted")
        return self


def _invocations(responses: dict[str, Response]) -> dict[str, Response]:
    taken: dict[int, str] = {}
    for key in responses:
        for number in _numbers(key):
            if number in taken:
                raise ValueError(f"the invocation {number} is in {taken[number]!r} and in {key!r}")
            taken[number] = key
    return responses


def _numbers(key: str) -> range:
    match = _INVOCATIONS.fullmatch(key)
    if match is None:
        raise ValueError(f"{key!r} is neither an invocation such as '0' nor a range such as '1-2'")
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last < first + _WIDEST:
        raise ValueError(f"the range {key!r} must go upwards, over {_WIDEST} invocations at most")
    return range(first, last + 1)


_WIDEST: Final = 100_000

Responses: TypeAlias = Annotated[dict[str, Response], AfterValidator(_invocations)]

Steps: TypeAlias = Annotated[Any, AfterValidator(parse_steps)]


class Expectations(_Part):
    """What a case wants of its execution; what is not said is not looked at, save that it must succeed."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT"] | None = Field(None, alias="Status")
    output: Any = Field(None, alias="Output")  # any JSON
    error: str | None = Field(None, alias="Error")
    cause: str | None = Field(None, alias="Cause")
    path: Steps = Field(None, alias="Path")
    visits: dict[str, Annotated[int, Field(ge=0)]] = Field({}, alias="Visits")
    errors: dict[str, list[str | None]] = Field({}, alias="Errors")
    assertions: list[dict[str, Any]] = Field([], alias="Assert")

    @property
    def wanted_path(self) -> Sequence[Step] | None:
        """The path; None where none is asked for."""
        path: Sequence[Step] | None = self.path
        return path

    @property
    def wanted_output(self) -> JsonValue | Missing:
        """The output, MISSING where none is asked for."""
        output: JsonValue = self.output
        return output if "output" in self.model_fields_set else MISSING

    @property
    def wanted_status(self) -> str:
        """The status: FAILED where an error or cause is expected, else SUCCEEDED."""
        failing = self.error is not None or self.cause is not None
        return self.status or ("FAILED" if failing else "SUCCEEDED")


class CaseTest(_Part):
    """What belongs to a case besides its mocks."""

    input: Any = Field(None, alias="Input")  # any JSON
    input_file: str | None = Field(None, alias="InputFile")
    start_time: Annotated[AwareDatetime, Field(strict=False)] | None = Field(None, alias="StartTime")
    expect: Expectations = Field(Expectations.model_validate({}), alias="Expect")

    @model_validator(mode="after")
    def _one_input(self) -> CaseTest:
        if self.input_file is not None and "input" in self.model_fields_set:
            raise ValueError("Input and InputFile exclude each other")
        return self


class MachineTests(_Part):
    """The cases of one state machine."""

    definition: str | dict[str, Any] | None = Field(None, alias="Definition")
    type: Literal["STANDARD", "EXPRESS"] = Field("STANDARD", alias="Type")
    test_cases: dict[str, dict[str, str]] = Field({}, alias="TestCases")
    tests: dict[str, CaseTest] = Field({}, alias="Tests")


class _Document(_Part):
    machines: dict[str, MachineTests] = Field(alias="StateMachines")
    responses: dict[str, Responses] = Field({}, alias="MockedResponses")


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its mocks by state, and what belongs to it besides; `folder` is that of the file."""

    machine: str
    name: str
    mocks: Mapping[str, str]
    test: CaseTest
    folder: Path

    @property
    def label(self) -> str:
        """`machine#case`, as Step Functions Local names it in the ARN of a test."""
        return f"{self.machine}#{self.name}"

    @property
    def expect(self) -> Expectations:
        """What it expects."""
        return self.test.expect

    def input(self) -> JsonValue:
        """The execution's input, `{}` where none is given.

        Raises:
            MockFileError: the file with it cannot be read.
        """
        if self.test.input_file is not None:
            path = self.folder / self.test.input_file
            try:
                return parse_json(read_file(path))
            except ValueError as error:
                raise MockFileError(f"{path} is not JSON: {error}") from error
        given: JsonValue = self.test.input
        return given if "input" in self.test.model_fields_set else {}


class MockFile:
    """A file that was read and found to be whole.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path, document: _Document) -> None:
        self.path = path
        self._document = document

    @property
    def machines(self) -> Mapping[str, MachineTests]:
        """The state machines by name."""
        return self._document.machines

    def cases(self, machine: str) -> Sequence[Case]:
        """The cases of a state machine, in the order of the file."""
        tests = self.machines[machine]
        folder = self.path.parent
        return [
            Case(machine, name, mocks, tests.tests.get(name, _PLAIN), folder)
            for name, mocks in tests.test_cases.items()
        ]

    def response(self, mock: str, invocation: int) -> Response | None:
        """What a mock answers to an invocation, counted from 0; None where it says nothing about it."""
        for key, response in self._document.responses[mock].items():
            if invocation in _numbers(key):
                return response
        return None


_PLAIN: Final = CaseTest.model_validate({})


def read_mock_file(path: Path) -> MockFile:
    """Read a file and check all of it that can be checked without the definitions.

    Raises:
        MockFileError: it cannot be read, is not JSON, or has not the form.
    """
    try:
        value = load_json(read_file(path), unique_names=True)
    except JsonFault as fault:
        raise MockFileError(f"{path}:{fault.line}:{fault.column}: {fault.message}") from None
    if isinstance(value, dict) and "States" in value and "StateMachines" not in value:
        raise MockFileError(
            f"{path} is a definition. Name the file with its test cases instead; a file of one state machine is told "
            "where the definition is by --definition."
        )
    try:
        document = _Document.model_validate(value)
    except ValidationError as error:
        raise MockFileError("\n".join(_faults(path, error))) from None
    if problems := list(_dangling(document)):
        raise MockFileError("\n".join(f"{path}: {problem}" for problem in problems))
    return MockFile(path, document)


def read_file(path: Path) -> str:
    """The text of a file.

    Raises:
        MockFileError: it cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise MockFileError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MockFileError(f"{path} cannot be read: {error}") from error


def _faults(path: Path, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        place = "/".join(map(str, fault["loc"]))
        yield f"{path}: at {place or '/'}: {fault['msg'].removeprefix('Value error, ')}"


def _dangling(document: _Document) -> Iterator[str]:
    for name, machine in document.machines.items():
        for case, mocks in machine.test_cases.items():
            for state, mock in mocks.items():
                if mock not in document.responses:
                    place = f"StateMachines/{name}/TestCases/{case}/{state}"
                    yield f"at {place}: there is no {mock!r} in MockedResponses"
        for case in machine.tests.keys() - machine.test_cases.keys():
            place = f"StateMachines/{name}/Tests/{case}"
            yield f"at {place}: there is no such case in TestCases (one without mocks is written {{}} there)"
