"""Log lines of the serving commands, on standard error: text for people, JSON for collectors.

The core of Temporal's SDK, which is no Python and prints to standard output by itself, is heard the same way.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from api.config import Settings

if TYPE_CHECKING:
    from temporalio.runtime import Runtime

_TEXT: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_OURS: Final = ("activities", "api", "interpreter", "steploom")
"""Loggers that the configured level is for; of libraries only warnings are of interest."""
_LATE_ANSWER: Final = "Activity not found on completion"
"""Begins what Temporal's SDK 1.35 warns of where an answer comes after the end of its activity."""


class _JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the traceback of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(settings: Settings) -> None:
    """Send logs to standard error: from the configured level on, of libraries never less than warnings.

    To be called before the first Temporal client is made.
    """
    from temporalio.runtime import Runtime

    handler = logging.StreamHandler()
    handler.setFormatter(_JsonFormatter() if settings.log_format == "json" else logging.Formatter(_TEXT))
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    Runtime.set_default(runtime_that_logs(), error_if_already_set=False)


def runtime_that_logs() -> Runtime:
    """A runtime of Temporal's SDK whose core logs its warnings to Python's logger `temporalio`."""
    from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig

    logger = logging.getLogger("temporalio")
    logger.addFilter(_without_alarm)
    forwarding = LogForwardingConfig(logger, prepend_target_on_message=False)
    core = LoggingConfig(LoggingConfig.default.filter, forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=core))


def _without_alarm(record: logging.LogRecord) -> bool:
    """Tell of a late answer, which every Task's timeout may bring, as of no fault and in steploom's words."""
    if record.getMessage().startswith(_LATE_ANSWER):
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args = (
            "A call was answered when its Task had been given up already (by a timeout, a stop, or the failure of "
            "another branch); nobody sees the answer.",
            (),
        )
        return logging.getLogger(_OURS[0]).isEnabledFor(logging.INFO)
    return True
