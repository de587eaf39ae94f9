"""An installation in memory behind its HTTP door, for client commands that call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from api.cli import main
from tests.api.service.installation import Installation, install
from tests.support.doors import http_door


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit code."""

    code: object
    out: str
    err: str


async def run_command(*arguments: str, url: str) -> object:
    """Run a command against the service at `url`, beside the event loop; its exit code."""

    def run() -> object:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--endpoint", url])
        return ended.value.code

    return await asyncio.to_thread(run)


class Service:
    """A service in memory, and commands that call it."""

    def __init__(self, url: str, installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self.installation = installation
        self._capsys = capsys

    async def run(self, *arguments: str) -> Told:
        code = await run_command(*arguments, url=self.url)
        told = self._capsys.readouterr()
        return Told(code, told.out, told.err)


@pytest_asyncio.fixture
async def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Service]:
    monkeypatch.chdir(tmp_path)
    async with install(tmp_path) as installation, http_door(installation.service) as url:
        yield Service(url, installation, capsys)
