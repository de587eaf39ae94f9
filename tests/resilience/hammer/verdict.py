"""Whether everything that the clients of the hammer were told is there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.resilience.hammer.client import HammerClient, Machine

_PATIENCE_SECONDS: Final = 120
_POLL_SECONDS: Final = 0.1


def lost(door: Any, clients: Sequence[HammerClient]) -> list[str]:
    """What was acknowledged and is not there, in words; asks until everything that was started has ended.

    `door` is a boto3 client, which are made at run time.
    """
    return [loss for client in clients for loss in _lost_by(door, client)]


def _lost_by(door: Any, client: HammerClient) -> Iterator[str]:
    for machine in client.machines.values():
        yield from _machine(door, machine)
    for arn in client.activities:
        if not _is_there(door.describe_activity, activityArn=arn):
            yield f"the activity {arn}"
    for arn in client.deleted:
        if not _goes(door, arn):
            yield f"the deletion of {arn}"
    for arn, stopped in client.executions.items():
        yield from _execution(door, arn, stopped=stopped)


def _machine(door: Any, machine: Machine) -> Iterator[str]:
    try:
        found = door.describe_state_machine(stateMachineArn=machine.arn)
    except ClientError as error:
        yield f"the state machine {machine.arn}: {error}"
        return
    if "text" not in machine.uncertain and found["definition"] != machine.text:
        yield f"an update of {machine.arn}"
    listed = door.list_state_machine_versions(stateMachineArn=machine.arn)["stateMachineVersions"]
    for version in machine.versions - {each["stateMachineVersionArn"] for each in listed}:
        yield f"the version {version}"
    for arn, version in machine.aliases.items():
        if arn not in machine.uncertain and _routed(door, arn) != version:
            yield f"the alias {arn} for {version}"
    tags = {each["key"]: each["value"] for each in door.list_tags_for_resource(resourceArn=machine.arn)["tags"]}
    for key, value in machine.tags.items():
        if key not in machine.uncertain and tags.get(key) != value:
            yield f"the tag {key}={value} of {machine.arn}"


def _routed(door: Any, alias_arn: str) -> str | None:
    if not _is_there(door.describe_state_machine_alias, stateMachineAliasArn=alias_arn):
        return None
    (route,) = door.describe_state_machine_alias(stateMachineAliasArn=alias_arn)["routingConfiguration"]
    version: str = route["stateMachineVersionArn"]
    return version


def _execution(door: Any, arn: str, *, stopped: bool) -> Iterator[str]:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            status = door.describe_execution(executionArn=arn)["status"]
        except ClientError as error:
            yield f"the execution {arn}: {error}"
            return
        if status == "SUCCEEDED" or (stopped and status in ("ABORTED", "RUNNING", "FAILED", "TIMED_OUT")):
            return
        if status != "RUNNING" or time.monotonic() > until:
            yield f"the end of {arn}, which is {status}"
            return
        time.sleep(_POLL_SECONDS)


def _goes(door: Any, arn: str) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while _is_there(door.describe_state_machine, stateMachineArn=arn):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _is_there(describe: Any, **params: str) -> bool:
    try:
        describe(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in (
            "StateMachineDoesNotExist",
            "ActivityDoesNotExist",
            "ResourceNotFound",
        ):
            return False
        raise
    return True
