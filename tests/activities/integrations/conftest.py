"""AWS's stand-in for the tests of integrations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.moto_server import moto_server, reset


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where moto's server listens."""
    with moto_server() as url:
        yield url


@pytest.fixture
def aws(moto_url: str, credentials: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an AWS without anything in it, to which botocore is directed."""
    reset(moto_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    return moto_url
