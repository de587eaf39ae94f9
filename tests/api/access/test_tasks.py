"""What Tasks may do with the installation's own API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.integrations.nested_start import NestedStart, NestedStarter
from api.access.errors import AccessDeniedException
from api.access.policy import PolicyError
from api.access.tasks import PermittedStarter, TaskPermissions, parse_task_policy
from api.config import ConfigurationError, load_settings
from api.service.arns import Arns
from api.service.config import ServiceConfig
from interpreter.values import JsonValue, json_text

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
POLICY: JsonValue = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "states:StartExecution", "Resource": f"{ARN}*"},
        {"Effect": "Deny", "Action": "states:*", "Resource": f"{ARN}payroll"},
    ],
}


@pytest.mark.parametrize("setting", [POLICY, json_text(POLICY)], ids=["object", "text"])
def test_check(setting: JsonValue) -> None:
    permissions = TaskPermissions(parse_task_policy(setting), Arns(ServiceConfig()))
    permissions.check("StartExecution", {"stateMachineArn": f"{ARN}orders:live"})
    with pytest.raises(AccessDeniedException, match="with an explicit deny"):
        permissions.check("StartExecution", {"stateMachineArn": f"{ARN}payroll"})
    with pytest.raises(AccessDeniedException, match="no identity-based policy allows the states:DeleteStateMachine"):
        permissions.check("DeleteStateMachine", {"stateMachineArn": f"{ARN}orders"})


def test_a_name_stands_for_a_policy() -> None:
    TaskPermissions(parse_task_policy("full-access"), Arns(ServiceConfig())).check("CreateActivity", {"name": "a"})


@pytest.mark.parametrize(
    "setting, told",
    [
        ("all", "neither JSON nor one of full-access, read-only, metrics"),
        ({"Statement": []}, "/Statement: must be a statement or a list of them."),
        (1, "The policy must be a JSON object, not number"),
    ],
)
def test_no_policy(setting: JsonValue, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        parse_task_policy(setting)
    with pytest.raises(ConfigurationError, match="task_policy"):
        load_settings(task_policy=setting)


@dataclass
class Started:
    wanted: list[NestedStart] = field(default_factory=list)

    async def prepare(self, wanted: NestedStart) -> dict[str, JsonValue]:
        self.wanted.append(wanted)
        return {}

    start = prepare


def argument(machine: str) -> dict[str, Any]:
    return {
        "stateMachineArn": f"{ARN}{machine}",
        "name": "n",
        "input": "{}",
        "traceHeader": None,
        "waits": False,
        "requestId": "r",
    }


@pytest.mark.parametrize("method", ["prepare", "start"])
async def test_nested_executions(method: str) -> None:
    started = Started()
    permissions = TaskPermissions(parse_task_policy(POLICY), Arns(ServiceConfig()))
    call = getattr(NestedStarter(PermittedStarter(started, permissions)), method)
    await ActivityEnvironment().run(call, argument("orders"))
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(call, argument("payroll"))
    assert [wanted.state_machine_arn for wanted in started.wanted] == [f"{ARN}orders"]
    detail = raised.value.details[0]
    assert detail["error"] == "StepFunctions.AWSStepFunctionsException"
    assert detail["cause"].startswith("User: the Tasks of this installation (setting task_policy) is not authorized to")
    assert "Error Code: AccessDeniedException" in detail["cause"]
