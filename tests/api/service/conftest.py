"""The installation that the tests of the service use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.api.service.installation import Installation, install


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """A new installation."""
    async with install(tmp_path) as installed:
        yield installed
