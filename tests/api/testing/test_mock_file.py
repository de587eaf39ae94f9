"""The file: what Step Functions Local takes is taken, and every fault is told with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.testing.mock_file import MockFileError, read_mock_file
from api.testing.subjects import find_subjects
from tests.api.testing.conftest import RunFile
from tests.api.testing.test_run import machine, map_of, task

LOCAL = {
    "StateMachines": {"m": {"TestCases": {"Happy": {"A": "Works", "B": "WorksAtLast"}, "Unhappy": {"A": "Fails"}}}},
    "MockedResponses": {
        "Works": {"0": {"Return": {"StatusCode": 200, "Payload": {"body": "Hello"}}}},
        "WorksAtLast": {
            "0": {"Throw": {"Error": "Lambda.ResourceNotReadyException", "Cause": "Lambda resource is not ready."}},
            "1-2": {"Throw": {"Error": "Lambda.TimeoutException", "Cause": "Lambda timed out."}},
            "3": {"Return": {"StatusCode": 200}},
        },
        "Fails": {"0-5": {"Throw": {"Error": "Oops", "Cause": "so it goes"}}},
    },
}
"""As Step Functions Local takes it: nothing of ours."""

DEFINITION = machine(
    A=task(),
    B=task(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}]),
)


def test_a_file_of_step_functions_local_is_run(tmp_path: Path, run_file: RunFile) -> None:
    (tmp_path / "m.asl.json").write_text(json.dumps(DEFINITION))
    [report] = run_file(LOCAL)
    happy, unhappy = report.cases
    assert (happy.result, unhappy.result) == ("PASSED", "FAILED")
    assert happy.skipped_seconds == 2 + 4 + 8
    assert happy.outcome is not None
    assert happy.outcome.output == {"StatusCode": 200}
    assert unhappy.problems[0].text == "The execution ended FAILED with Oops: so it goes"


def test_a_response_of_one_invocation_is_found_by_its_range(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps(LOCAL))
    file = read_mock_file(tmp_path / "f.json")
    found = [file.response("WorksAtLast", number) for number in range(5)]
    errors = [None if one is None or one.throw is None else one.throw.error for one in found]
    assert errors == [
        "Lambda.ResourceNotReadyException",
        "Lambda.TimeoutException",
        "Lambda.TimeoutException",
        None,
        None,
    ]
    assert found[3] is not None
    assert found[4] is None


def test_a_null_return_is_a_result(tmp_path: Path, run_file: RunFile) -> None:
    content = {
        "StateMachines": {
            "m": {
                "Definition": machine(A=task()),
                "TestCases": {"it": {"A": "Null"}},
                "Tests": {"it": {"Expect": {"Output": None}}},
            }
        },
        "MockedResponses": {"Null": {"0": {"Return": None}}},
    }
    assert run_file(content)[0].cases[0].result == "PASSED"


@dataclass(frozen=True)
class Fault:
    id: str
    message: str
    responses: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)


ONE_TASK = {"Definition": machine(A=task())}
ONE_MAP = {"Definition": machine(A=map_of(machine(B=task())))}


def expecting(**expect: Any) -> dict[str, Any]:
    """A machine of one Task whose case expects this."""
    return {**ONE_TASK, "Tests": {"it": {"Expect": expect}}}


def mock(**responses: Any) -> dict[str, Any]:
    """A mock M with these responses; a leading x and inner ones stand for what no name may have."""
    return {"M": {name.removeprefix("x").replace("x", "-"): response for name, response in responses.items()}}


RETURN = {"Return": 1}
FAULTS = [
    Fault("no invocation", "MockedResponses/M: 'first' is neither an invocation", mock(first=RETURN)),
    Fault("downwards", "MockedResponses/M: the range '3-1' must go upwards", mock(x3x1=RETURN)),
    Fault("twice", "the invocation 2 is in '0-2' and in '2'", mock(x0x2=RETURN, x2=RETURN)),
    Fault("both", "M/0: exactly one of Return and Throw is wanted", mock(x0={"Return": 1, "Throw": {}})),
    Fault("neither", "M/0: exactly one of Return and Throw is wanted", mock(x0={})),
    Fault("unknown member", "at MockedResponses/M/0/Retrun: Extra inputs", mock(x0={"Retrun": 1})),
    Fault("error is no text", "M/0/Throw/Error: Input should be a valid string", mock(x0={"Throw": {"Error": 1}})),
    Fault("no such mock", "it/A: there is no 'M' in MockedResponses", {}, {"TestCases": {"it": {"A": "M"}}}),
    Fault("no such case", "m/Tests/other: there is no such case in TestCases", {}, {"Tests": {"other": {}}}),
    Fault("two inputs", "Input and InputFile exclude", {}, {"Tests": {"it": {"Input": 1, "InputFile": "x"}}}),
    Fault("path", "Tests/it/Expect/Path: a step is the name of a state", {}, expecting(Path=[1])),
    Fault("status", "Tests/it/Expect/Status: Input should be 'SUCCEEDED'", {}, expecting(Status="OK")),
    Fault("no definition", "the definition of 'm' is not at"),
    Fault("state", "it: the definition has no state 'Z'", {}, {**ONE_TASK, "TestCases": {"it": {"Z": "Any"}}}),
    Fault("mock of a Map", "it: 'A' is not a Task", {}, {**ONE_MAP, "TestCases": {"it": {"A": "Any"}}}),
    Fault("step", "Expect/Path: the definition has no state 'Z'", {}, expecting(Path=[{"A": [["Z"]]}])),
    Fault("visits", "Expect/Visits: the definition has no state 'Z'", {}, expecting(Visits={"Z": 0})),
    Fault("errors", "Expect/Errors: the definition has no state 'Z'", {}, expecting(Errors={"Z": []})),
    Fault(
        "assertion",
        "Assert[0]: The object must have only one of the following fields, [And, Or, Not, Variable, Condition]",
        {},
        expecting(Assert=[{}]),
    ),
    Fault("JSONata", "Assert[0]: ", {}, expecting(Assert=[{"Condition": "{% $ + %}"}])),
    Fault("no JSONPath", "Assert[0]: ", {}, expecting(Assert=[{"Variable": "x", "Equals": 1}])),
    Fault("visit of nothing", "Assert[0]: Visit must be the number", {}, expecting(Assert=[{"Visit": 1}])),
    Fault("no such state", "no state 'Z'", {}, expecting(Assert=[{"State": "Z", "Variable": "$", "Equals": 1}])),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_fault_is_told_with_its_place(fault: Fault, tmp_path: Path) -> None:
    path = tmp_path / "m.test.json"
    content = {
        "StateMachines": {"m": {"TestCases": {"it": {}}, **fault.machine}},
        "MockedResponses": {"Any": {"0": {"Return": 1}}, **fault.responses},
    }
    path.write_text(json.dumps(content))
    with pytest.raises(MockFileError) as caught:
        find_subjects(read_mock_file(path), {})
    assert fault.message in str(caught.value)
    assert str(caught.value).startswith(str(path))


TEXTS = {
    '{"StateMachines": {},\n  "a" 1}': "f.json:2:7: Unexpected character ('1' (code 49))",
    '{"StateMachines": {"m": {}, "m": {}}}': "f.json:1:29: Duplicate field 'm'",
    "[]": "f.json: at /: Input should be a valid dictionary",
    "{}": "f.json: at StateMachines: Field required",
    '{"StartAt": "A", "States": {}}': "is a definition. Name the file with its test cases instead",
}


@pytest.mark.parametrize("text", TEXTS)
def test_other_texts_are_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.json").write_text(text)
    with pytest.raises(MockFileError) as caught:
        read_mock_file(Path("f.json"))
    assert TEXTS[text] in str(caught.value)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(MockFileError, match=r"nowhere\.json cannot be read"):
        read_mock_file(Path("nowhere.json"))
