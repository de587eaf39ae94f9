"""What the modules of heavy executions have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.temporal_server import TemporalServer
from tests.support.server import running_server


@pytest.fixture(scope="module")
def server() -> Iterator[TemporalServer]:
    """A server of a module's own, as its executions are heavy. Modules that need a special one make it themselves."""
    with running_server() as started:
        yield started
