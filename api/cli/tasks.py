"""Commands that answer the token of a task: send-task-success, send-task-failure, send-task-heartbeat."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.client import service
from api.cli.options import ConfigOption, EndpointOption, read_json_text, settings_from, without_none
from api.cli.output import print_line

TokenArgument = Annotated[
    str, typer.Argument(metavar="TOKEN", help="Task token: of a callback ($$.Task.Token), or of an activity's task.")
]


def send_task_success(
    token: TokenArgument,
    output: Annotated[
        str, typer.Option("--task-output", metavar="JSON|@FILE", help="Output: JSON, or @ and the name of a file.")
    ],
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
) -> None:
    """Complete a task that waits for its token, with an output.

    Example: steploom send-task-success "$TOKEN" --task-output '{"approved": true}'
    """
    settings = settings_from(config, endpoint=endpoint)
    text = read_json_text("--task-output", output)
    with service(settings.endpoint, settings.region) as client:
        client.send_task_success(taskToken=token, output=text)
    print_line("the task has succeeded")


def send_task_failure(
    token: TokenArgument,
    error: Annotated[str | None, typer.Option("--error", help="Error name, which Retry and Catch match.")] = None,
    cause: Annotated[str | None, typer.Option("--cause", help="Cause, for people.")] = None,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
) -> None:
    """Fail a task that waits for its token.

    Example: steploom send-task-failure "$TOKEN" --error Refused --cause "over budget"
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        client.send_task_failure(taskToken=token, **without_none(error=error, cause=cause))
    print_line("the task has failed")


def send_task_heartbeat(token: TokenArgument, endpoint: EndpointOption = None, config: ConfigOption = None) -> None:
    """Tell that a task with HeartbeatSeconds is still being worked on.

    Example: steploom send-task-heartbeat "$TOKEN"
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        client.send_task_heartbeat(taskToken=token)
    print_line("the task goes on")
