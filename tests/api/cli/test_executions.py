"""Commands on executions that do not go on: what they wait for, and what is away."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.cli.patience import Patience
from api.service.gateway import ExecutionStatus
from tests.api.cli.conftest import Service, run_command
from tests.support.faulty_server import Fault, faulty_server

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
            "charge_card.py or charge_card/handler.py, ",
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
    waits: list[float] = []

    def wait(seconds: float) -> None:
        """The service is back when the client has waited more often than botocore would."""
        waits.append(seconds)
        gateway.available = len(waits) == 12

    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=wait))
    gateway.available = False
    told = await service.run("history", execution, "--follow")
    assert (told.code, len(waits)) == (0, 12)
    assert told.err == f"The service at {service.url} does not answer; trying for 30 seconds in all.\n"


@pytest.mark.parametrize("command", [("start", "m", "--name", "e", "--wait"), ("redrive", "m:e", "--wait")])
async def test_waiting_ends_where_a_service_stays_away(
    command: tuple[str, ...], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = service.installation.gateway
    await service.installation.create("m")
    arn = "arn:aws:states:us-east-1:123456789012:execution:m:e"
    if command[0] == "redrive":
        await service.installation.start("m", "e")
        await gateway.end("m", "e", ExecutionStatus.FAILED)
    clock = iter(range(0, 1000, 4))

    def no_more(endpoint: str) -> Patience:
        """Nobody answers from the moment at which the execution is followed; each attempt takes a while."""
        gateway.available = False
        return Patience(endpoint, pause=0, clock=lambda: float(next(clock)))

    monkeypatch.setattr("api.cli.executions.Patience", no_more)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    told = await service.run(*command)
    assert told.code == 3
    away, error = told.err.splitlines()
    assert away == f"The service at {service.url} does not answer; trying for 30 seconds in all."
    assert error.startswith("error: ServiceUnavailable")
    assert error.endswith(
        f" what it needs. That does not end the execution. To see it: steploom history {arn} --follow"
    )


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.SLOW_BODY])
async def test_following_a_service_that_hangs_ends_by_its_time_limits(
    fault: Fault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("api.cli.executions.Patience", partial(Patience, seconds=1, pause=0))
    execution = "arn:aws:states:us-east-1:123456789012:execution:m:e"
    async with faulty_server() as server:
        server.fault = fault
        server.headers = {"Content-Type": "application/x-amz-json-1.0"}
        code = await run_command("history", execution, "--follow", url=server.url)
        assert 1 <= len(server.requests) <= 3  # not as often as botocore would repeat it
    assert code == 3
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"error: No steploom service answers at {server.url} (Read timeout on endpoint URL")
    assert error.endswith(f"That does not end the execution. To see it: steploom history {execution} --follow")


async def test_a_refusal_while_an_execution_runs_is_no_failure_of_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    executions = service.installation.gateway.executions
    await service.installation.create("m")
    monkeypatch.setattr("api.cli.executions.time", SimpleNamespace(sleep=lambda _seconds: executions.clear()))
    told = await service.run("start", "m", "--name", "e", "--wait")
    assert told.code == 3
    assert told.err.startswith("error: ExecutionDoesNotExist")
    assert "That does not end the execution. To see it: steploom history" in told.err


async def test_a_refusal_is_not_waited_for(service: Service) -> None:
    told = await service.run("history", "arn:aws:states:us-east-1:123456789012:execution:m:e", "--follow")
    assert told.code == 1
    assert told.err.startswith("error: ExecutionDoesNotExist")
    assert "does not answer" not in told.err


async def test_a_service_that_cannot_reach_temporal(service: Service) -> None:
    await service.installation.create("m")
    service.installation.gateway.available = False
    told = await service.run("start", "m")
    assert (told.code, told.out) == (1, "")
    assert "ServiceUnavailable" in told.err
    assert f"The service at {service.url} lives, but cannot reach what it needs." in told.err
