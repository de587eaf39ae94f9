"""The context object of TestState: what a state sees, and what may be given instead."""

from __future__ import annotations

import pytest

from tests.api.service.installation import Installation
from tests.api.service.test_state.trying import CUT_OFF, MACHINE, TASK, refused, result, try_state


async def test_context_of_a_state_inside_a_map(installation: Installation) -> None:
    answer = await try_state(installation, MACHINE, stateName="Inner", input={"n": 1})
    context = answer["output"]["c"]
    assert list(context["Execution"]) == ["Id", "Input", "Name", "RoleArn", "StartTime"]
    assert context["Execution"]["RoleArn"] is None
    assert context["Execution"]["Id"].split(":")[5:] == [
        "express",
        context["StateMachine"]["Name"],
        context["Execution"]["Name"],
    ]
    assert context["Map"] == {"Item": {"Index": 0, "Value": {"n": 1}, "Source": "STATE_DATA"}}
    assert context["State"]["Name"] == "StateName"


async def test_a_given_context_replaces_the_whole(installation: Installation) -> None:
    task = TASK | {"ResultSelector": {"c.$": "$$"}}
    for context in ({}, {"Execution": {"Id": "e", "Input": [1]}, "State": {"RetryCount": 3}}):
        answer = await try_state(installation, task, context=context, **result({}))
        assert answer["output"] == {"c": context}


@pytest.mark.parametrize(
    "context, reason",
    [
        ('{"Other": {}}', "Field 'Other' is not allowed"),
        ('{"Execution": {"Other": 1}}', "Field 'Other' is not allowed"),
        ('{"Execution": {"Id": 1}}', "Execution.Id must be a string"),
        ('{"State": {"RetryCount": "1"}}', "State.RetryCount must be a number"),
        ('{"State": []}', "State must be an object"),
        ("[]", "Context object must be an object"),
        ("{", CUT_OFF),
        ('{"Map": {}}', "'Map' field is not supported when mocking a Context object"),
        (
            '{"Task": {"Token": "t"}}',
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken'"
            " service integration pattern",
        ),
    ],
)
async def test_context_is_refused(installation: Installation, context: str, reason: str) -> None:
    assert await refused(installation, TASK, context=context, **result({})) == (
        "ValidationException",
        f"Invalid Context object provided: {reason}",
    )


async def test_a_callback_may_have_a_token_in_its_context(installation: Installation) -> None:
    task = TASK | {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"t.$": "$$.Task.Token"},
    }
    answer = await try_state(
        installation, task, context={"Task": {"Token": "abc"}}, inspectionLevel="DEBUG", **result({"Payload": 1})
    )
    assert answer["inspectionData"]["afterParameters"] == {"t": "abc"}
    assert answer["output"] == {"Payload": 1}
