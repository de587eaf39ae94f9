"""Commands about what runs in a service: start, describe, history, list, stop, redrive."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli.client import (
    SfnClient,
    execution_arn,
    is_express,
    names_execution,
    service,
    state_machine_arn,
    ui_link,
)
from api.cli.express import express_told
from api.cli.options import (
    ConfigOption,
    EndpointOption,
    ExecutionArgument,
    InputOption,
    JsonOption,
    read_input,
    settings_from,
    without_none,
)
from api.cli.output import (
    INTERRUPTED,
    UNANSWERED,
    CommandError,
    date_text,
    print_aside,
    print_fields,
    print_json,
    print_line,
    print_table,
)
from api.cli.patience import Patience
from api.cli.progress import Progress, awaited_hints, history_row, print_advice, print_outcome

if TYPE_CHECKING:
    from api.config import Settings

_FOLLOW_SECONDS: Final = 0.25

WaitOption = Annotated[
    bool,
    typer.Option(
        "--wait",
        "-w",
        help="Show progress until it ends; exit code 1 if it fails, 3 if that is not to be learnt any more.",
    ),
]


def start(
    machine: Annotated[
        str, typer.Argument(metavar="MACHINE", help="Name or ARN of a state machine, version or alias.")
    ],
    input_: InputOption = "{}",
    name: Annotated[str | None, typer.Option("--name", "-n", help="Name of the execution (default: a UUID).")] = None,
    wait: WaitOption = False,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start an execution and print its ARN.

    With --wait an EXPRESS state machine is run synchronously (StartSyncExecution), and its output shown.

    Example: steploom start orders --input '{"order_id": "A-1"}' --wait
    """
    text = read_input(input_)
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        wanted = {"stateMachineArn": state_machine_arn(client, machine), "input": text, **without_none(name=name)}
        if wait and is_express(client, wanted["stateMachineArn"]):
            ended = _run_synchronously(settings, wanted, quiet=as_json)
        else:
            answer = client.start_execution(**wanted)
            arn, link = answer["executionArn"], ui_link(answer)
            if not as_json:
                print_line(arn, "dim" if wait else None)
                if link is not None:
                    print_aside(link) if not wait else print_line(link, "dim")
            elif not wait:
                print_json({"executionArn": arn})
            if not wait:
                return
            ended = _follow(settings, arn, quiet=as_json)
    _tell_end(ended, as_json=as_json)


def describe(
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help="An execution (ARN or MACHINE:NAME) or a state machine (name or ARN)."),
    ],
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an execution, or a state machine with its definition.

    Example: steploom describe orders:run-1
    """
    settings = settings_from(config, endpoint=endpoint)
    waiting: Sequence[str] = ()
    with service(settings.endpoint, settings.region) as client:
        if names_execution(target):
            arn = execution_arn(client, target)
            with express_told(client, arn):
                answer = client.describe_execution(executionArn=arn)
            waiting = [] if as_json or answer["status"] != "RUNNING" else _waiting(client, arn)
        else:
            answer = client.describe_state_machine(stateMachineArn=state_machine_arn(client, target))
    if as_json:
        print_json(_answer(answer))
    else:
        shown = {name: _field_text(value) for name, value in _answer(answer).items() if not isinstance(value, dict)}
        print_fields(shown | {"Temporal UI": ui_link(answer)})
        for hint in waiting:
            print_line(hint, "yellow")
        print_advice(answer.get("cause"))


def history(
    execution: ExecutionArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the execution ends.")] = False,
    reverse: Annotated[bool, typer.Option("--reverse", help="Latest event first.")] = False,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the events of an execution, in Step Functions' names.

    Example: steploom history orders:run-1 --follow
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        arn = execution_arn(client, execution)
        if follow:
            _follow(settings, arn, quiet=as_json)
            if not as_json:
                return
        with express_told(client, arn):
            events = _events(client, arn, reverse=reverse)
    if as_json:
        print_json(events)
    else:
        print_table(("ID", "PREVIOUS", "TIME", "TYPE", "DETAIL"), map(history_row, events), "No events.")


def list_(
    machine: Annotated[
        str | None, typer.Argument(metavar="[MACHINE]", help="List the executions of this state machine (name or ARN).")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="Only executions of this status, e.g. RUNNING.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 100,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the state machines, or the executions of one.

    Examples: steploom list; steploom list orders --status FAILED
    """
    if machine is None and status is not None:
        raise CommandError("--status needs a MACHINE, whose executions to list.", exit_code=2)
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        if machine is None:
            items = _items(client, "list_state_machines", "stateMachines", limit, {})
        else:
            arn = state_machine_arn(client, machine)
            filters = {"stateMachineArn": arn} | ({} if status is None else {"statusFilter": status.upper()})
            with express_told(client, arn):
                items = _items(client, "list_executions", "executions", limit, filters)
    if as_json:
        print_json(items)
    elif machine is None:
        rows = (
            (item["name"], item["type"], date_text(item["creationDate"]), item["stateMachineArn"]) for item in items
        )
        print_table(("NAME", "TYPE", "CREATED", "ARN"), rows, "No state machines.")
    else:
        rows = (
            (item["name"], item["status"], date_text(item["startDate"]), date_text(item.get("stopDate")))
            for item in items
        )
        print_table(("NAME", "STATUS", "STARTED", "STOPPED"), rows, "No executions.")


def stop(
    execution: ExecutionArgument,
    error: Annotated[str | None, typer.Option("--error", help="Error name to record.")] = None,
    cause: Annotated[str | None, typer.Option("--cause", help="Cause to record.")] = None,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop a running execution; it ends as ABORTED. One that has ended stays as it is.

    Example: steploom stop orders:run-1 --cause "wrong input"
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        arn = execution_arn(client, execution)
        before = client.describe_execution(executionArn=arn)
        if before["status"] not in ("RUNNING", "PENDING_REDRIVE"):
            ended = {"status": before["status"], "stopDate": before.get("stopDate")}
            print_json(ended) if as_json else print_line(f"{execution} has already ended: {before['status']}")
            return
        answer = client.stop_execution(executionArn=arn, **without_none(error=error, cause=cause))
    print_json(_answer(answer)) if as_json else print_line(f"stopped {date_text(answer['stopDate'])}")


def redrive(
    execution: ExecutionArgument,
    wait: WaitOption = False,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with an execution that failed, timed out or was stopped, where it stood.

    Example: steploom redrive orders:run-1 --wait
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region) as client:
        arn = execution_arn(client, execution)
        answer = client.redrive_execution(executionArn=arn)
        if not wait:
            print_json(_answer(answer)) if as_json else print_line(f"redriven {date_text(answer['redriveDate'])}")
            return
        _tell_end(_follow(settings, arn, quiet=as_json, after=_before_last_redrive(client, arn)), as_json=as_json)


def _tell_end(ended: Mapping[str, Any], *, as_json: bool) -> None:
    """Print how an execution ended; the exit code is 1 if it did not succeed."""
    if as_json:
        print_json(_answer(ended))
    else:
        print_outcome(ended["status"], ended.get("output"), ended.get("error"), ended.get("cause"))
    if ended["status"] != "SUCCEEDED":
        raise typer.Exit(1)


def _run_synchronously(settings: Settings, wanted: Mapping[str, str], *, quiet: bool) -> Mapping[str, Any]:
    """Run an EXPRESS execution to its end, and return what StartSyncExecution answers."""
    with service(settings.endpoint, settings.region, synchronous=True) as client:
        ended: Mapping[str, Any] = client.start_sync_execution(**wanted)
    if not quiet:
        print_line(ended["executionArn"], "dim")
    return ended


def _before_last_redrive(client: SfnClient, arn: str) -> int:
    """The id of the event before the last redrive."""
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn, reverseOrder=True)
    redrives = (event["id"] for page in pages for event in page["events"] if event["type"] == "ExecutionRedriven")
    return next(redrives, 1) - 1


def _follow(settings: Settings, arn: str, *, quiet: bool, after: int = 0) -> Mapping[str, Any]:
    """Print the events after event `after` until the execution has ended, and return its description."""
    progress, patience = Progress(after), Patience(settings.endpoint)
    named, runs = shlex.quote(arn), False
    try:
        with service(settings.endpoint, settings.region, patience=patience) as client:
            while True:
                with express_told(client, arn):
                    description: Mapping[str, Any] = client.describe_execution(executionArn=arn)
                if not quiet:
                    progress.show(_events_after(client, arn, progress.last_id))
                if description["status"] != "RUNNING":
                    return description
                runs = True
                time.sleep(_FOLLOW_SECONDS)
    except KeyboardInterrupt:
        raise CommandError(
            f"interrupted; the execution goes on. To see it: steploom history {named} --follow; to stop it: "
            f"steploom stop {named}",
            exit_code=INTERRUPTED,
        ) from None
    except CommandError as error:
        if not (runs or patience.is_over):
            raise
        raise CommandError(
            f"{str(error).removesuffix('.')}. That does not end the execution. To see it: steploom history {named} "
            "--follow",
            exit_code=UNANSWERED,
        ) from error


def _waiting(client: SfnClient, arn: str) -> Sequence[str]:
    """What a running execution waits for; nothing for those who may not see its history."""
    try:
        return awaited_hints(_events(client, arn))
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return ()


def _events_after(client: SfnClient, arn: str, last_id: int) -> list[dict[str, Any]]:
    """The events after `last_id`, oldest first; read from the end, so that long histories are read once."""
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=arn, reverseOrder=True, PaginationConfig={"PageSize": 1000 if last_id == 0 else 50}
    )
    events: list[dict[str, Any]] = []
    for page in pages:
        fresh = [event for event in page["events"] if event["id"] > last_id]
        events += fresh
        if len(fresh) < len(page["events"]):
            break
    return events[::-1]


def _events(client: SfnClient, arn: str, *, reverse: bool = False) -> list[dict[str, Any]]:
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=arn, reverseOrder=reverse, PaginationConfig={"PageSize": 1000}
    )
    return [event for page in pages for event in page["events"]]


def _items(
    client: SfnClient, operation: str, member: str, limit: int, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    pages = client.get_paginator(operation).paginate(**arguments, PaginationConfig={"MaxItems": limit})
    return [item for page in pages for item in page[member]]


def _answer(response: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def _field_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return date_text(value) if isinstance(value, datetime) else str(value)
