"""Links to executions in the Temporal UI."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

_EXECUTION: Final = "execution"


def execution_link(ui_url: str, namespace: str, execution_arn: str) -> str | None:
    """Where the Temporal UI at `ui_url` shows an execution; None for EXPRESS ones, which it may not keep."""
    *_, kind, workflow_id = execution_arn.split(":", 6)
    if kind != _EXECUTION:
        return None
    return f"{ui_url.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id)}"
