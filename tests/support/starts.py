"""How an execution began, where a test does not care how."""

from __future__ import annotations

from interpreter.start import ExecutionStart

_ARN = "arn:aws:states:us-east-1:123456789012"


def plain_start() -> ExecutionStart:
    """Execution `e` of state machine `m`."""
    return ExecutionStart(
        definition="",
        execution_arn=f"{_ARN}:execution:m:e",
        state_machine_arn=f"{_ARN}:stateMachine:m",
        name="e",
        role_arn="",
        start_date=0,
        seed="00",
    )
