"""The client commands sign with the access key of the usual AWS configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from api.access.keys import NewKey
from api.service.clock import utc_now
from tests.api.cli.conftest import run_command
from tests.api.service.installation import install
from tests.support.access import guard_over, signer
from tests.support.doors import http_door


@dataclass(frozen=True)
class Door:
    """A door that asks who calls, and a key to it."""

    url: str
    key: NewKey


@pytest_asyncio.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "STEPLOOM_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    async with (
        install(tmp_path) as installation,
        http_door(installation.service, guard_over(installation.store, utc_now)) as url,
    ):
        yield Door(url, await signer(installation.store))


async def listed(door: Door, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """Exit code and output of `steploom list`."""
    code = await run_command("list", url=door.url)
    told = capsys.readouterr()
    return code, told.out + told.err


async def test_with_a_key_in_the_environment(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", door.key.key.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", door.key.secret or "")
    assert await listed(door, capsys) == (0, "No state machines.\n")


@pytest.mark.parametrize("profile", [None, "steploom"])
async def test_with_a_key_of_a_profile(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], profile: str | None
) -> None:
    if profile is not None:
        monkeypatch.setenv("AWS_PROFILE", profile)
    (tmp_path / "credentials").write_text(
        f"[{profile or 'default'}]\naws_access_key_id = {door.key.key.id}\naws_secret_access_key = {door.key.secret}\n"
    )
    assert await listed(door, capsys) == (0, "No state machines.\n")


async def test_without_a_key(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    told = (
        "error: UnrecognizedClientException: The security token included in the request is invalid; no AWS credentials "
        "are set; this service asks for a key: see docs/security.md\n"
    )
    assert await listed(door, capsys) == (1, told)


async def test_with_a_key_that_is_unknown(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    told = "error: UnrecognizedClientException: The security token included in the request is invalid.\n"
    assert await listed(door, capsys) == (1, told)
