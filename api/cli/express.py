"""Where executions of EXPRESS state machines are to be seen, told to those whom the service refuses to show them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.cli.client import SfnClient, is_express, state_machine_of
from api.cli.output import CommandError

_ADVICE: Final = (
    "EXPRESS executions are in the execution log of their state machine (loggingConfiguration); where the setting "
    "express_retention (STEPLOOM_EXPRESS_RETENTION) is above 0, `describe` and `history` show each by its ARN, for so "
    "many seconds after its end."
)


@contextmanager
def express_told(client: SfnClient, arn: str) -> Iterator[None]:
    """Around a call that shows the executions of a state machine, or one of them; `arn` is the ARN that it is given.

    Raises:
        CommandError: the service refuses, and these are executions of an EXPRESS state machine; says where they are.
    """
    try:
        yield
    except client.exceptions.ClientError as error:
        told = error.response["Error"]
        if not _is_of_express(client, arn, told["Code"]):
            raise
        raise CommandError(f"{told['Code']}: {told['Message'].removesuffix('.')}. {_ADVICE}") from error


def _is_of_express(client: SfnClient, arn: str, code: str) -> bool:
    """Whether an execution, or those of a state machine, were refused with this code for being EXPRESS."""
    match code:
        case "StateMachineTypeNotSupported":
            return True
        case "InvalidArn":
            return ":express:" in arn
        case "ExecutionDoesNotExist":
            return ":express:" in arn or _of_express_machine(client, arn)
        case _:
            return False


def _of_express_machine(client: SfnClient, execution_arn: str) -> bool:
    try:
        return is_express(client, state_machine_of(execution_arn))
    except client.exceptions.ClientError:  # it is not there, or not to be seen: what was told first counts
        return False
