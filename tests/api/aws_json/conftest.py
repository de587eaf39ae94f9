"""A door on a free port of the loopback, and an AWS client aimed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.storage.store import StoreUnavailable
from tests.api.service.installation import Installation, install
from tests.support.aws_client import AwsClient


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """A new installation."""
    async with install(tmp_path) as installed:
        yield installed


@pytest_asyncio.fixture
async def endpoint(installation: Installation) -> AsyncIterator[str]:
    """The URL of a door to the installation."""

    async def ready() -> bool:
        try:
            await installation.store.ping()
        except StoreUnavailable:
            return False
        return installation.gateway.available

    async with serve(create_app(installation.service, ready=ready), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest_asyncio.fixture
async def client(endpoint: str) -> AsyncIterator[AwsClient]:
    """A boto3 client of the door."""
    aws = AwsClient(endpoint)
    yield aws
    aws.close()
