"""The Lambda API's stand-in, and the key with which calls of AWS are signed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.fake_lambda_api import FakeLambdaApi, fake_lambda_api


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that botocore finds."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-access-key")


@pytest.fixture
async def lambda_api(credentials: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeLambdaApi]:
    """A small Lambda API, to which botocore is directed."""
    async with fake_lambda_api() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", running.endpoint)
        yield running
