"""How client commands talk to a running service: boto3 aimed at its HTTP door, with failures told in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from api.cli.output import CommandError

SfnClient: TypeAlias = Any
"""A boto3 client, whose methods boto3 makes at run time."""

_STATE_MACHINE: Final = ":stateMachine:"
_EXECUTION: Final = ":execution:"


@contextmanager
def service(endpoint: str, region: str) -> Iterator[SfnClient]:
    """A client of the service at `endpoint`.

    Raises:
        CommandError: `endpoint` is no URL; from within the block, for what the service refuses or if nobody answers.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    # Without credentials boto3 would look for those of a cloud machine, which takes seconds; the door takes any.
    keyless = not (os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE"))
    try:
        client = boto3.client(
            "stepfunctions",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="steploom" if keyless else None,
            aws_secret_access_key="steploom" if keyless else None,
            config=Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=5),
        )
    except ValueError as error:
        raise CommandError(f"{endpoint!r} is not a URL like http://127.0.0.1:8083 ({error}).", exit_code=2) from error
    try:
        yield client
    except ClientError as error:
        told = error.response["Error"]
        raise CommandError(f"{told.get('Code')}: {told.get('Message')}") from error
    except BotoCoreError as error:
        raise CommandError(
            f"No steploom service answers at {endpoint} ({error}). Start one with `steploom dev`, or name another with "
            "--endpoint or STEPLOOM_ENDPOINT."
        ) from error
    finally:
        client.close()


def find_state_machine(client: SfnClient, name: str) -> str | None:
    """The ARN of a state machine by its name, None if there is none."""
    for page in client.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            if machine["name"] == name:
                return str(machine["stateMachineArn"])
    return None


def state_machine_arn(client: SfnClient, name: str) -> str:
    """The ARN of a state machine, of which `name` is the name or already the ARN (also of a version or alias)."""
    if name.startswith("arn:"):
        return name
    machine, colon, qualifier = name.partition(":")
    found = find_state_machine(client, machine)
    if found is None:
        raise CommandError(f"There is no state machine {machine!r}.")
    return found + colon + qualifier


def execution_arn(client: SfnClient, execution: str) -> str:
    """The ARN of an execution, given as ARN or as `machine:name`."""
    if execution.startswith("arn:"):
        return execution
    machine, colon, name = execution.partition(":")
    if not (machine and colon and name):
        raise CommandError(f"{execution!r} is neither an execution ARN nor MACHINE:NAME.", exit_code=2)
    return state_machine_arn(client, machine).replace(_STATE_MACHINE, _EXECUTION) + ":" + name
