"""The state machines of a mock file with their definitions and cases: all that can be wrong before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from activities.registry import Registry
from api.testing.assertions import Assertion, AssertionFault, parse_assertion
from api.testing.coverage import all_states
from api.testing.mock_file import Case, MachineTests, MockFile, MockFileError, read_file
from api.testing.paths import Step
from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.model import Definition, TaskState
from interpreter.definition.parse import parse_definition
from interpreter.errors import DefinitionError
from interpreter.limits import AWS_DEFINITIONS, DefinitionQuotas
from interpreter.values import json_text

DEFINITION_SUFFIX: Final = ".asl.json"


class DefinitionRefused(Exception):
    """A definition under test has errors.

    Attributes:
        file: where it stands.
        diagnostics: what is wrong with it.
    """

    def __init__(self, file: Path, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"{file} is not a valid definition")
        self.file = file
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Subject:
    """A state machine under test: its definition, the cases to run and their assertions by case."""

    name: str
    tests: MachineTests
    definition: Definition
    cases: Sequence[Case]
    assertions: Mapping[str, Sequence[Assertion]]


def find_subjects(
    file: MockFile,
    definitions: Mapping[str, Path],
    wanted: Callable[[Case], bool] = lambda case: True,
    *,
    quotas: DefinitionQuotas = AWS_DEFINITIONS,
) -> list[Subject]:
    """The state machines of a file with the cases that are `wanted`; those without any are left out.

    `definitions` says where the definitions of some state machines are, against what the file says; `quotas` bounds
    them all.

    Raises:
        MockFileError: a definition cannot be found, or the cases do not fit it.
        DefinitionRefused: a definition has errors.
    """
    for name in definitions.keys() - file.machines.keys():
        raise MockFileError(f"{file.path}: there is no {name!r} in StateMachines, but {', '.join(file.machines)}")
    subjects = []
    for name, tests in file.machines.items():
        cases = [case for case in file.cases(name) if wanted(case)]
        if cases:
            definition = _definition(file, name, tests, definitions.get(name), quotas)
            assertions = {case.name: _assertions(file, case) for case in cases}
            for case in cases:
                _check_states(file, case, assertions[case.name], definition)
            subjects.append(Subject(name, tests, definition, cases, assertions))
    return subjects


def _definition(
    file: MockFile, name: str, tests: MachineTests, named: Path | None, quotas: DefinitionQuotas
) -> Definition:
    told = tests.definition
    if named is None and isinstance(told, dict):
        path, text = file.path, json_text(told)
    else:
        beside = told if isinstance(told, str) else f"{name}{DEFINITION_SUFFIX}"
        path = named or file.path.parent / beside
        if named is None and told is None and not path.exists():
            raise MockFileError(
                f"{file.path}: the definition of {name!r} is not at {path}. Say where it is with Definition beside "
                f"TestCases, or with --definition {name}=FILE."
            )
        text = read_file(path)
    try:
        return parse_definition(text, Registry(), machine_type=tests.type, quotas=quotas)
    except DefinitionError as error:
        raise DefinitionRefused(path, error.diagnostics) from error


def _assertions(file: MockFile, case: Case) -> list[Assertion]:
    assertions = []
    for index, shown in enumerate(case.expect.assertions):
        try:
            assertions.append(parse_assertion(shown))
        except AssertionFault as fault:
            raise MockFileError(f"{_place(file, case)}/Expect/Assert[{index}]: {fault}") from None
    return assertions


def _check_states(file: MockFile, case: Case, assertions: Sequence[Assertion], definition: Definition) -> None:
    """Every state that a case names must be there, and those it mocks must be Tasks."""
    tasks = {state.name: isinstance(state, TaskState) for state in all_states(definition.machine)}
    mocks, expect = f"{file.path}: at StateMachines/{case.machine}/TestCases/{case.name}", case.expect
    place = f"{_place(file, case)}/Expect"
    named: dict[str, Iterable[str]] = {
        mocks: case.mocks,
        f"{place}/Path": _names(expect.wanted_path or ()),
        f"{place}/Visits": expect.visits,
        f"{place}/Errors": expect.errors,
        f"{place}/Assert": [each.state for each in assertions if each.state is not None],
    }
    for where, states in named.items():
        for state in states:
            if state not in tasks:
                raise MockFileError(f"{where}: the definition has no state {state!r}")
    for state in case.mocks:
        if not tasks[state]:
            raise MockFileError(f"{mocks}: {state!r} is not a Task; only Tasks are mocked")


def _place(file: MockFile, case: Case) -> str:
    return f"{file.path}: at StateMachines/{case.machine}/Tests/{case.name}"


def _names(steps: Sequence[Step]) -> Sequence[str]:
    inner = [name for step in steps for branch in step.branches or () for name in _names(branch)]
    return [step.state for step in steps] + inner
