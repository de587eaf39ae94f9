"""What stands behind the doors where Temporal goes away: callers are answered soon, Tasks have more patience."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import grpc
import pytest
from temporalio.service import RetryConfig

from api.config import load_settings
from api.engine import connected
from api.roles import application
from api.service.errors import ServiceUnavailable
from interpreter.values import JsonValue
from tests.api.service.installation import ROLE, execution_arn
from tests.support.databases import new_database
from tests.support.fake_temporal import Context, fake_temporal

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
CALL = json.dumps({"StartAt": "Call", "States": {"Call": TASK}})
BACK = "it is back, and refuses"


class Restarting:
    """Is away for two attempts of each call but that for the namespace, and refuses what comes then."""

    def __init__(self) -> None:
        self.attempts: Counter[str] = Counter()

    async def __call__(self, method: str, context: Context) -> None:
        if method == "DescribeNamespace":
            return
        self.attempts[method] += 1
        if self.attempts[method] < 3:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "it restarts")
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, BACK)


async def test_a_restart_of_temporal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The caller of `StartExecution` can ask again; a Task of a synchronous execution would have failed for good."""
    restarting = Restarting()
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    once = RetryConfig(max_elapsed_time_millis=1)
    async with (
        fake_temporal(restarting) as address,
        connected(settings, {"target_host": address, "namespace": "default"}, answering=once) as engine,
        application(settings, engine) as service,
    ):
        arns: list[JsonValue] = []
        for type_ in ("STANDARD", "EXPRESS"):
            made = await service.invoke(
                "CreateStateMachine", {"name": type_, "definition": CALL, "roleArn": ROLE, "type": type_}
            )
            arns.append(made["stateMachineArn"])
        with pytest.raises(ServiceUnavailable, match=r"^Temporal: it restarts$"):
            await service.invoke("StartExecution", {"stateMachineArn": arns[0]})
        with pytest.raises(ServiceUnavailable):
            await service.invoke("DescribeExecution", {"executionArn": execution_arn("STANDARD", "e")})
        told = [message for message in caplog.messages if "cannot answer" in message]
        assert told == [f"Temporal at {address} cannot answer: it restarts (UNAVAILABLE)"]
        ended = await service.invoke("StartSyncExecution", {"stateMachineArn": arns[1]})
    assert ended["status"] == "FAILED"
    assert str(ended["cause"]).endswith(f"Temporal: {BACK}")
    assert restarting.attempts == {
        "StartWorkflowExecution": 1,
        "DescribeWorkflowExecution": 1,
        "StartActivityExecution": 3,
    }
