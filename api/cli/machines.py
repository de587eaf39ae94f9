"""Commands about the state machines of a running service: deploy and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from api.cli.client import SfnClient, find_state_machine, service, state_machine_arn
from api.cli.diagnostics import refuse_invalid
from api.cli.options import (
    ConfigOption,
    DefinitionArgument,
    EndpointOption,
    JsonOption,
    default_role,
    read_definition,
    settings_from,
    without_none,
)
from api.cli.output import CommandError, print_json, print_line, print_made


def deploy(
    file: DefinitionArgument,
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the state machine.")],
    express: Annotated[bool, typer.Option("--express", help="Create an EXPRESS state machine.")] = False,
    role: Annotated[str | None, typer.Option("--role", metavar="ARN", help="Role ARN that is stored with it.")] = None,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a state machine from FILE, or give an existing one this definition.

    Example: steploom deploy order.asl.json --name orders
    """
    settings = settings_from(config, endpoint=endpoint)
    definition = read_definition(file)
    # which mode the state machine has, the service knows: it refuses what is too much there
    refuse_invalid(file, definition, mode="native", express=express, as_json=as_json)
    role_arn = role or default_role(settings)
    note = None
    with service(settings.endpoint, settings.region) as client:
        existing = find_state_machine(client, name)
        if existing is None:
            kind = "EXPRESS" if express else "STANDARD"
            answer = client.create_state_machine(name=name, definition=definition, roleArn=role_arn, type=kind)
            arn, done = answer["stateMachineArn"], "created"
        else:
            arn, kind = existing.arn, existing.type
            current = client.describe_state_machine(stateMachineArn=arn)
            if current["status"] == "DELETING":
                raise CommandError(
                    f"StateMachineDeleting: {name!r} is being deleted. "
                    "Deploy it again in a few seconds, when it is gone."
                )
            if express and kind != "EXPRESS":
                raise CommandError(
                    f"{name!r} is a {kind} state machine, and its type cannot be changed. Leave --express out, or give "
                    "another --name."
                )
            done = _update(client, current, definition, role)
            note = None if express or kind != "EXPRESS" else "its type stays EXPRESS"
    if as_json:
        print_json({"stateMachineArn": arn, "type": kind, "result": done})
    else:
        print_made(done, arn, note)


def delete(
    machine: Annotated[
        str,
        typer.Argument(
            metavar="MACHINE", help="State machine (name or ARN), or MACHINE:VERSION or MACHINE:ALIAS of it."
        ),
    ],
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
) -> None:
    """Delete a state machine with all its versions and aliases, or one of those. What runs of it is stopped.

    Example: steploom delete orders
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        arn = state_machine_arn(client, machine)
        if not arn.startswith("arn:") or len(parts := arn.split(":")) < 7 or parts[5] != "stateMachine":
            raise CommandError(f"{machine!r} is no state machine.", exit_code=2)
        qualifier = parts[7] if len(parts) > 7 else None
        client.describe_state_machine(stateMachineArn=arn)  # for deletions take what is not there
        if qualifier is None:
            client.delete_state_machine(stateMachineArn=arn)
        elif qualifier.isdecimal():
            client.delete_state_machine_version(stateMachineVersionArn=arn)
        else:
            client.delete_state_machine_alias(stateMachineAliasArn=arn)
    print_line(f"deleted {machine}" if qualifier else f"deleting {machine}")


def _update(client: SfnClient, current: Mapping[str, str], definition: str, role: str | None) -> str:
    """Give a state machine, as it is described, a definition, and a role if there is one; what was done, in a word."""
    wanted = {"definition": definition, **without_none(roleArn=role)}
    if all(current[name] == value for name, value in wanted.items()):
        return "unchanged"
    client.update_state_machine(stateMachineArn=current["stateMachineArn"], **wanted)
    return "updated"
