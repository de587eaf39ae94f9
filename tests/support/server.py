"""A Temporal server for fixtures, which outlive the event loops of their tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.temporal_server import TemporalServer


@contextmanager
def running_server(*, time_skipping: bool = False, dynamic_config: Sequence[str] = ()) -> Iterator[TemporalServer]:
    """A server in memory, as `TemporalServer.start` starts it; connect to it in each test."""
    server = asyncio.run(TemporalServer.start(time_skipping=time_skipping, dynamic_config=dynamic_config))
    try:
        yield server
    finally:
        server.kill()  # it keeps nothing, and its orderly end takes a second
