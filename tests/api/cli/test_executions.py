"""Commands on executions that do not go on: what they wait for, and what is away."""

from __future__ import annotations

import json
import re

import pytest

from api.service.gateway import ExecutionStatus
from tests.api.cli.conftest import Service

_TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
CALL = json.dumps({"StartAt": "Call", "States": {"Call": _TASK}})


async def test_describe_says_what_a_running_execution_waits_for(service: Service) -> None:
    await service.installation.create("m", CALL)
    await service.installation.start("m", "e")
    service.installation.gateway.executions["m", "e"].events = [
        {"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": 1},
        {"id": 2, "previousEventId": 1, "type": "TaskStateEntered", "timestamp": 1,
         "stateEnteredEventDetails": {"name": "Call"}},
        {"id": 3, "previousEventId": 2, "type": "TaskScheduled", "timestamp": 1,
         "taskScheduledEventDetails": {"resourceType": "lambda", "resource": "invoke",
                                       "parameters": '{"FunctionName": "charge-card"}'}},
    ]  # fmt: skip
    told = await service.run("describe", "m:e")
    assert re.search(r"^startDate +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$", told.out, re.M), told.out
    assert told.out.splitlines()[-1] == (
        "still waiting at Call: function charge-card; if nothing serves it, start: steploom functions DIR"
    )


@pytest.mark.parametrize(
    "qualifier, advice",
    [
        (
            "$LATEST",
            "No function charge-card is served: it must be in the folder of `steploom functions DIR`, as "
            "charge_card.py or ",
        ),
        (
            "live",
            "`steploom functions DIR` serves $LATEST only, not charge-card:live: name the function without its "
            'qualifier, or have the setting `functions` (STEPLOOM_FUNCTIONS) map "charge-card:live" to where that is.',
        ),
    ],
)
async def test_describe_says_what_to_do_about_a_missing_function(qualifier: str, advice: str, service: Service) -> None:
    await service.installation.create("m", CALL)
    await service.installation.start("m", "e")
    cause = (
        f"Function not found: arn:aws:lambda:us-east-1:123456789012:function:charge-card:{qualifier} (Service: Lambda, "
        "Status Code: 404, Request ID: 1)"
    )
    await service.installation.gateway.end(
        "m", "e", ExecutionStatus.FAILED, error="Lambda.ResourceNotFoundException", cause=cause
    )
    told = await service.run("describe", "m:e")
    assert told.out.splitlines()[-1].startswith(advice)


async def test_following_goes_on_where_a_service_was_away(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = service.installation.gateway
    await service.installation.create("m")
    execution = await service.installation.start("m", "e")
    await gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="{}")
    waits: list[int] = []

    def wait(*_: object) -> float:
        """The service is back when the client has waited three times."""
        waits.append(1)
        gateway.available = len(waits) == 3
        return 0

    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", wait)
    gateway.available = False
    told = await service.run("history", execution, "--follow")
    assert (told.code, told.err, len(waits)) == (0, "", 3)


async def test_a_service_that_cannot_reach_temporal(service: Service) -> None:
    await service.installation.create("m")
    service.installation.gateway.available = False
    told = await service.run("start", "m")
    assert (told.code, told.out) == (1, "")
    assert "ServiceUnavailable" in told.err
    assert f"The service at {service.url} lives, but cannot reach what it needs." in told.err
