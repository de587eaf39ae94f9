"""Cases run in process: every pattern of a Task is mocked, time is skipped, and what is missing is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from api.testing import trace
from tests.api.testing.conftest import RunCase

LAMBDA = "arn:aws:states:::lambda:invoke"
INVOKE = {"FunctionName": "f", "Payload.$": "$"}
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:child"
HTTP = {
    "ApiEndpoint": "https://example.com/x",
    "Method": "GET",
    "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/c/1"},
}
ONE = {"0": {"Return": {"n": 1}}}


def machine(**states: Mapping[str, Any]) -> dict[str, Any]:
    """A definition that begins with the first state and whose states follow each other."""
    names = list(states)
    following = dict(zip(names, [*names[1:], None], strict=True))
    linked: dict[str, Any] = {}
    for name, state in states.items():
        ends = {"Next", "End"} & state.keys() or state["Type"] in ("Choice", "Fail", "Succeed")
        way = {"End": True} if following[name] is None else {"Next": following[name]}
        linked[name] = {**state} if ends else {**state, **way}
    return {"StartAt": names[0], "States": linked}


def task(resource: str = LAMBDA, parameters: Any = INVOKE, **fields: Any) -> dict[str, Any]:
    """A Task."""
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **fields}


PATTERNS = {
    "function": ("arn:aws:lambda:us-east-1:123456789012:function:f", {}),
    "invoke": (LAMBDA, INVOKE),
    "callback": ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", {"QueueUrl": QUEUE, "MessageBody": "m"}),
    "activity": ("arn:aws:states:us-east-1:123456789012:activity:a", {"n": 1}),
    "job": ("arn:aws:states:::batch:submitJob.sync", {"JobName": "j", "JobDefinition": "d", "JobQueue": "q"}),
    "child execution": ("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": MACHINE}),
    "HTTP": ("arn:aws:states:::http:invoke", HTTP),
    "AWS API": ("arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_return_is_the_result_of_every_pattern(pattern: str, run_case: RunCase) -> None:
    resource, parameters = PATTERNS[pattern]
    report = run_case(machine(A=task(resource, parameters)), {"A": ONE}, Expect={"Output": {"n": 1}})
    assert report.result == "PASSED", report.problems


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_throw_is_an_error_that_can_be_caught(pattern: str, run_case: RunCase) -> None:
    resource, parameters = PATTERNS[pattern]
    catch = [{"ErrorEquals": ["Oops"], "Next": "B"}]
    definition = machine(A=task(resource, parameters, Catch=catch, End=True), B={"Type": "Pass"})
    mocks = {"A": {"0": {"Throw": {"Error": "Oops", "Cause": "so it goes"}}}}
    report = run_case(definition, mocks, Expect={"Output": {"Error": "Oops", "Cause": "so it goes"}})
    assert report.result == "PASSED", report.problems


THROWN = {
    "by its name": ("Oops", ["Oops"], True),
    "timeout": ("States.Timeout", ["States.Timeout"], True),
    "timeout is no failure of the task": ("States.Timeout", ["States.TaskFailed"], False),
    "heartbeat": ("States.HeartbeatTimeout", ["States.HeartbeatTimeout"], True),
    "heartbeat is a timeout": ("States.HeartbeatTimeout", ["States.Timeout"], True),
    "any failure": ("Oops", ["States.TaskFailed"], True),
    "runtime errors are final": ("States.Runtime", ["States.ALL"], False),
}


@pytest.mark.parametrize("case", THROWN)
@pytest.mark.parametrize("pattern", ["invoke", "activity", "callback"])
def test_a_thrown_error_is_caught_as_a_real_one(case: str, pattern: str, run_case: RunCase) -> None:
    error, equals, is_caught = THROWN[case]
    resource, parameters = PATTERNS[pattern]
    catch = [{"ErrorEquals": equals, "Next": "B"}]
    definition = machine(A=task(resource, parameters, Catch=catch, End=True), B={"Type": "Succeed"})
    report = run_case(definition, {"A": {"0": {"Throw": {"Error": error}}}})
    assert report.outcome is not None
    assert report.outcome.status == ("SUCCEEDED" if is_caught else "FAILED")


def test_months_of_retries_and_waits_are_skipped(run_case: RunCase) -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2_592_000, "MaxAttempts": 4, "BackoffRate": 1}]
    definition = machine(A={"Type": "Wait", "Seconds": 31_536_000}, B=task(Retry=retry))
    mocks = {"B": {"0-2": {"Throw": {"Error": "Busy"}}, "3": {"Return": "done"}}}
    report = run_case(definition, mocks, Expect={"Output": "done", "Errors": {"B": ["Busy", "Busy", "Busy"]}})
    assert report.result == "PASSED", report.problems
    assert report.skipped_seconds == 31_536_000 + 3 * 2_592_000
    assert report.seconds < 10


def test_the_time_limit_of_the_machine_is_kept(run_case: RunCase) -> None:
    definition = machine(A={"Type": "Wait", "Seconds": 100}) | {"TimeoutSeconds": 99}
    report = run_case(definition, {}, Expect={"Status": "TIMED_OUT", "Error": "States.Timeout"})
    assert report.result == "PASSED", report.problems


def test_the_start_can_be_chosen(run_case: RunCase) -> None:
    definition = machine(
        A={"Type": "Wait", "TimestampPath": "$.until"},
        B={"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime"}},
    )
    given = {"Input": {"until": "2030-01-01T00:01:00Z"}, "StartTime": "2030-01-01T00:00:00Z"}
    report = run_case(definition, {}, **given, Expect={"Output": {"at": "2030-01-01T00:00:00.000Z"}})
    assert report.result == "PASSED", report.problems
    assert report.skipped_seconds == 60


def test_every_run_is_the_same(run_case: RunCase) -> None:
    definition = machine(A={"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "name.$": "$$.Execution.Id"}})
    first, second = (run_case(definition, {}).outcome for _ in range(2))
    assert first == second


def map_of(processor: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A Map over the input."""
    return {"Type": "Map", "ItemProcessor": processor, **fields}


def test_invocations_count_on_through_the_iterations_of_a_map(run_case: RunCase) -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    definition = machine(A=map_of(machine(B=task(Retry=retry)), MaxConcurrency=1))
    mocks = {
        "B": {"0": {"Return": "a"}, "1": {"Throw": {"Error": "Busy"}}, "2": {"Return": "b"}, "3": {"Return": "c"}},
    }
    expect = {"Output": ["a", "b", "c"], "Visits": {"B": 3}, "Path": [{"A": [["B"], ["B"], ["B"]]}]}
    report = run_case(definition, mocks, Input=[1, 2, 3], Expect=expect)
    assert report.result == "PASSED", report.problems


def test_a_retried_parallel_runs_its_branches_again(run_case: RunCase) -> None:
    retry = [{"ErrorEquals": ["Bad"], "IntervalSeconds": 9, "MaxAttempts": 1}]
    branches = [machine(B=task()), machine(C=task())]
    definition = machine(A={"Type": "Parallel", "Branches": branches, "Retry": retry})
    mocks = {"B": {"0-1": {"Return": "b"}}, "C": {"0": {"Throw": {"Error": "Bad"}}, "1": {"Return": "c"}}}
    expect = {
        "Output": ["b", "c"],
        "Visits": {"A": 1, "B": 2, "C": 2},
        "Path": [{"A": [["B"], ["C"]]}],
        "Errors": {"A": ["Bad"], "C": ["Bad"]},
    }
    report = run_case(definition, mocks, Expect=expect)
    assert report.result == "PASSED", report.problems


def test_what_is_nested_has_its_place_in_the_path(run_case: RunCase) -> None:
    inner = map_of(machine(C={"Type": "Pass"}, D={"Type": "Pass"}))
    definition = machine(A=map_of(machine(B=inner)))
    report = run_case(
        definition, {}, Input=[[1, 2], []], Expect={"Path": [{"A": [[{"B": [["C", "D"], ["C", "D"]]}], ["B"]]}]}
    )
    assert report.result == "PASSED", report.problems


FAILING_STATES = {
    "Fail": ({"Type": "Fail", "Error": "Oops"}, ["Oops"]),
    "evaluation": (
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 + 'a' %}"},
        ["States.QueryEvaluationError"],
    ),
    "path": ({"Type": "Pass", "InputPath": "$.nowhere"}, ["States.Runtime"]),
    "arguments": (task(parameters={"FunctionName.$": "States.Array()"}), ["States.Runtime"]),
    "retries used up": (task(Retry=[{"ErrorEquals": ["Bad"], "MaxAttempts": 1}]), ["Bad", "Bad"]),
    "not retried": (task(Retry=[{"ErrorEquals": ["Good"], "MaxAttempts": 1}]), ["Bad"]),
    "Parallel": ({"Type": "Parallel", "Branches": [machine(F={"Type": "Fail", "Error": "Oops"})]}, ["Oops"]),
}


@pytest.mark.parametrize("case", FAILING_STATES)
def test_every_error_of_a_state_is_told_once(case: str, run_case: RunCase) -> None:
    state, errors = FAILING_STATES[case]
    mocks = {"A": {"0-9": {"Throw": {"Error": "Bad"}}}} if state["Type"] == "Task" else {}
    report = run_case(machine(A=state), mocks, Expect={"Error": errors[-1], "Errors": {"A": errors}})
    assert report.result == "PASSED", report.problems


def test_an_error_of_the_catcher_follows_the_one_it_caught(run_case: RunCase) -> None:
    catch = [{"ErrorEquals": ["Bad"], "Output": "{% 1 + 'a' %}", "Next": "B"}]
    state = {"Type": "Task", "QueryLanguage": "JSONata", "Resource": LAMBDA, "Arguments": {"FunctionName": "f"}}
    definition = machine(A={**state, "Catch": catch, "Next": "B"}, B={"Type": "Succeed"})
    expect = {"Error": "States.QueryEvaluationError", "Errors": {"A": ["Bad", "States.QueryEvaluationError"]}}
    report = run_case(definition, {"A": {"0": {"Throw": {"Error": "Bad"}}}}, Expect=expect)
    assert report.result == "PASSED", report.problems


def test_a_history_that_is_full_before_a_state_is_entered(run_case: RunCase) -> None:
    branch = machine(B={"Type": "Pass"})
    definition = machine(A=map_of(branch, Next="A"), C={"Type": "Succeed"})
    definition["States"]["A"]["Catch"] = [{"ErrorEquals": ["X"], "Next": "C"}]
    report = run_case(definition, {}, Input=[1] * 9, Expect={"Error": "States.Runtime"})
    assert report.result == "PASSED", report.problems


def test_a_state_without_a_mock_is_named(run_case: RunCase) -> None:
    report = run_case(machine(A=task(), B=task()), {"A": ONE}, Input={"x": 1})
    assert report.result == "ERROR"
    assert report.outcome is None
    assert report.path == ["A", "B"]
    [problem] = report.problems
    assert problem.text == (
        f"The case 'it' reached the state 'B' ({LAMBDA}), for which it has no mock; called with "
        '{"FunctionName":"f","Payload":{"n":1}}. Name one at StateMachines/m/TestCases/it/B.'
    )


def test_an_invocation_without_a_response_is_named(run_case: RunCase) -> None:
    definition = machine(A=map_of(machine(B=task())))
    report = run_case(definition, {"B": {"0": {"Return": 1}, "2": {"Return": 3}}}, Input=[1, 2, 3])
    assert report.result == "ERROR"
    assert "the state 'B' for invocation 1, to which the mock 'B' has no response" in report.problems[0].text
    assert 'Add "1" to MockedResponses/B.' in report.problems[0].text


ENDLESS = machine(
    A={"Type": "Pass", "Next": "B"},
    B={"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "C"}], "Default": "A"},
    C={"Type": "Succeed"},
)


def test_an_endless_execution_is_given_up(run_case: RunCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MOST_VISITS", 1000)
    report = run_case(ENDLESS, {}, type="EXPRESS")
    assert report.result == "ERROR"
    assert "it entered more than 1,000 states" in report.problems[0].text


def test_an_endless_standard_execution_ends_as_on_aws(run_case: RunCase) -> None:
    report = run_case(ENDLESS, {}, Expect={"Error": "States.Runtime"})
    assert report.result == "PASSED", report.problems


def test_an_express_machine_has_five_minutes(run_case: RunCase) -> None:
    report = run_case(machine(A={"Type": "Wait", "Seconds": 301}), {}, type="EXPRESS", Expect={"Status": "TIMED_OUT"})
    assert report.result == "PASSED", report.problems
