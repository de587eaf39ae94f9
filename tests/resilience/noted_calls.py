"""Tasks whose functions note their calls, and a client that insists on an answer while processes are being killed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.support.engine import ROLE

FUNCTIONS = Path(__file__).parent / "functions"
RESOURCE = "arn:aws:lambda:us-east-1:123456789012:function:"
DEAD_WORKER = "Lambda.SdkClientException"
MOST_RETRIES = 8
RETRY = [{"ErrorEquals": [DEAD_WORKER], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": MOST_RETRIES}]


def step(state: str, *, retry: bool = True, **more: Any) -> dict[str, Any]:
    """A Task that calls the function `step`."""
    parameters = {"execution.$": "$$.Execution.Name", "state": state, **more}
    task: dict[str, Any] = {"Type": "Task", "Resource": f"{RESOURCE}step", "Parameters": parameters, "ResultPath": None}
    return {**task, "Retry": RETRY, "End": True} if retry else {**task, "End": True}


def ask() -> dict[str, Any]:
    """A Task that waits for its token's answer."""
    payload = {"token.$": "$$.Task.Token", "execution.$": "$$.Execution.Name"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": payload},
        "Retry": RETRY,
        "End": True,
    }


def create(client: Any, name: str, states: dict[str, Any]) -> str:
    """Create a machine that starts with the first state."""
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    arn: str = client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    return arn


async def insist(call: Callable[..., Any], **parameters: Any) -> Any:
    """Repeat a call until it is answered, as a careful client does while processes are being killed."""
    while True:
        try:
            return await asyncio.to_thread(call, **parameters)
        except BotoCoreError:
            await asyncio.sleep(0.2)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise
            await asyncio.sleep(0.2)


async def ended(client: Any, arn: str) -> dict[str, Any]:
    """The description of an execution when it has ended."""
    while True:
        described: dict[str, Any] = await insist(client.describe_execution, executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        await asyncio.sleep(0.2)


def calls(folder: Path) -> Counter[str]:
    """How often the functions `step` and `ask` were called, by execution and state."""
    file = folder / "calls"
    return Counter(file.read_text().splitlines()) if file.exists() else Counter()


async def history(client: Any, arn: str) -> list[dict[str, Any]]:
    """All events of an execution."""
    answer = await insist(client.get_execution_history, executionArn=arn, maxResults=1000)
    events: list[dict[str, Any]] = answer["events"]
    return events
