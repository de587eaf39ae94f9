"""The event loop of tests: that of all our roles, which a test's time limit ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvloop


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop. What runs on it fails with RuntimeError where its test's time is over.

    pytest-timeout raises an exception from its signal handler. While uvloop waits it runs such handlers itself, and
    only logs what they raise (uvloop issue 94): a test that waits would wait on.
    """
    loop = uvloop.new_event_loop()
    loop.set_exception_handler(_stop_at_time_limit)
    return loop


def _stop_at_time_limit(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    loop.default_exception_handler(context)
    if isinstance(context.get("exception"), pytest.fail.Exception):
        loop.stop()
