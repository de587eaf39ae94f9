"""Error and cause of StopExecution, as the reason that a cancellation or a termination carries through Temporal."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StopReason:
    """Error and cause of StopExecution, None where absent."""

    error: str | None
    cause: str | None


def stop_reason_text(error: str | None, cause: str | None) -> str:
    """The reason that a cancellation or termination carries."""
    return json.dumps({name: value for name, value in (("error", error), ("cause", cause)) if value is not None})


def parse_stop_reason(text: str) -> StopReason:
    """The inverse of `stop_reason_text`; a reason typed by an operator becomes the cause."""
    try:
        reason = json.loads(text)
    except ValueError:
        return StopReason(None, text or None)
    if not isinstance(reason, dict) or not reason.keys() <= {"error", "cause"}:
        return StopReason(None, text)
    return StopReason(reason.get("error"), reason.get("cause"))
