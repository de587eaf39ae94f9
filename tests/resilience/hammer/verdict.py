"""Whether everything that the clients of the hammer were told is there, and nothing that was to go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.resilience.hammer.ledger import RUNNING, TEXT, Execution, Ledger, Machine

PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.1
_THREADS: Final = 8
_GONE: Final = frozenset({"StateMachineDoesNotExist", "ActivityDoesNotExist", "ResourceNotFound"})


def lost(door: Any, ledgers: Sequence[Ledger], patience_seconds: float = PATIENCE_SECONDS) -> list[str]:
    """What was acknowledged and is not so, in words.

    Asks for at most so long until everything that was started has ended, and everything that was deleted is gone.
    `door` is a boto3 client, which are made at run time.
    """
    until = time.monotonic() + patience_seconds
    questions = [question for ledger in ledgers for question in _questions(door, ledger, until)]
    with ThreadPoolExecutor(_THREADS) as threads:
        return [loss for losses in threads.map(lambda question: question(), questions) for loss in losses]


def _questions(door: Any, ledger: Ledger, until: float) -> Iterator[Callable[[], list[str]]]:
    def ask(question: Callable[..., Iterator[str]], *arguments: object) -> Callable[[], list[str]]:
        return lambda: list(question(door, *arguments))

    for machine in ledger.machines.values():
        yield ask(_machine, machine)
    for arn in ledger.deleted:
        yield ask(_deletion, arn, until)
    for execution in ledger.executions.values():
        yield ask(_execution, execution, until)
    yield ask(_activities, ledger)


def _machine(door: Any, machine: Machine) -> Iterator[str]:
    try:
        found = door.describe_state_machine(stateMachineArn=machine.arn)
    except ClientError as error:
        yield f"the state machine {machine.arn}: {error}"
        return
    if machine.is_certain(TEXT) and found["definition"] != machine.text:
        yield f"an update of {machine.arn}"
    yield from _versions(door, machine)
    yield from _aliases(door, machine)
    yield from _tags(door, machine)


def _versions(door: Any, machine: Machine) -> Iterator[str]:
    listed = door.list_state_machine_versions(stateMachineArn=machine.arn)["stateMachineVersions"]
    found = {each["stateMachineVersionArn"] for each in listed}
    for version in filter(machine.is_certain, machine.versions - found):
        yield f"the version {version}"
    for version in filter(machine.is_certain, machine.deleted_versions & found):
        yield f"the deletion of the version {version}"


def _aliases(door: Any, machine: Machine) -> Iterator[str]:
    for arn in filter(machine.is_certain, machine.aliases):
        if _routed(door, arn) != machine.aliases[arn]:
            yield f"the alias {arn} for {machine.aliases[arn]}"
    for arn in filter(machine.is_certain, machine.deleted_aliases):
        if _routed(door, arn) is not None:
            yield f"the deletion of the alias {arn}"


def _tags(door: Any, machine: Machine) -> Iterator[str]:
    tags = {each["key"]: each["value"] for each in door.list_tags_for_resource(resourceArn=machine.arn)["tags"]}
    for key in filter(machine.is_certain, machine.tags):
        if tags.get(key) != machine.tags[key]:
            yield f"the tag {key}={machine.tags[key]} of {machine.arn}"
    for key in filter(machine.is_certain, machine.removed_tags):
        if key in tags:
            yield f"the removal of the tag {key} of {machine.arn}"


def _routed(door: Any, alias_arn: str) -> str | None:
    """The version that an alias leads to; None if there is no such alias."""
    if not _is_there(door.describe_state_machine_alias, stateMachineAliasArn=alias_arn):
        return None
    (route,) = door.describe_state_machine_alias(stateMachineAliasArn=alias_arn)["routingConfiguration"]
    version: str = route["stateMachineVersionArn"]
    return version


def _activities(door: Any, ledger: Ledger) -> Iterator[str]:
    for arn in ledger.activities:
        if not _is_there(door.describe_activity, activityArn=arn):
            yield f"the activity {arn}"
    for arn in ledger.deleted_activities:
        if _is_there(door.describe_activity, activityArn=arn):
            yield f"the deletion of {arn}"


def _deletion(door: Any, arn: str, until: float) -> Iterator[str]:
    while _is_there(door.describe_state_machine, stateMachineArn=arn):
        if time.monotonic() > until:
            yield f"the deletion of {arn}"
            return
        time.sleep(_POLL_SECONDS)


def _execution(door: Any, execution: Execution, until: float) -> Iterator[str]:
    while True:
        try:
            found = door.describe_execution(executionArn=execution.arn)
        except ClientError as error:
            yield f"the execution {execution.arn}: {error}"
            return
        if any(end.is_that_of(found) for end in execution.ends):
            break
        if found["status"] != RUNNING.status or time.monotonic() > until:
            told = {name: found.get(name) for name in ("status", "output", "error")}
            yield f"of {execution.arn}, which is {told}, one of {execution.ends}"
            return
        time.sleep(_POLL_SECONDS)
    redrives, most = found.get("redriveCount", 0), execution.redrives + execution.perhaps_redriven
    if not execution.redrives <= redrives <= most:
        yield f"redrives of {execution.arn}: there were {redrives}, of {execution.redrives} to {most}"


def _is_there(describe: Any, **params: str) -> bool:
    try:
        describe(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return False
        raise
    return True
