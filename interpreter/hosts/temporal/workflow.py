"""The one dynamic Temporal workflow.

It causes no history event that a hand-written workflow would not: states that need nothing from the world run inside
the workflow task that reached them. It is registered unsandboxed; the core is deterministic by construction
(docs/architecture.md), and whatever is not a `StatesError` fails the workflow task, so that a fixed release resumes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from temporalio import workflow
from temporalio.common import RawValue

from interpreter.frames import JsonObject
from interpreter.hosts.temporal.host import TemporalHost
from interpreter.hosts.temporal.wiring import installed
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json, parse_kept


@workflow.defn(dynamic=True)
class ExecutionWorkflow:
    """One execution of a state machine; its workflow type is the machine's name."""

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> Any:  # any JSON
        """Arguments: an `ExecutionStart`, the execution's input, and a checkpoint where there are earlier runs."""
        start = ExecutionStart.from_json(cast("dict[str, JsonValue]", parse_json(args[0].payload.data)))
        host = TemporalHost(installed(), start, args[1])
        checkpoint = cast("JsonObject", parse_kept(args[2].payload.data)) if start.earlier_runs else None
        return await host.run(checkpoint)
