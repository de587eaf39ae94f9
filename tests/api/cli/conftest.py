"""An installation in memory behind its HTTP door, for client commands that call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.cli import main
from tests.api.service.installation import Installation, install


@dataclass(frozen=True)
class Told:
    code: object
    out: str
    err: str


class Service:
    """A service in memory, and commands that call it."""

    def __init__(self, url: str, installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self.installation = installation
        self._capsys = capsys

    async def run(self, *arguments: str) -> Told:
        def command() -> object:
            with pytest.raises(SystemExit) as ended:
                main([*arguments, "--endpoint", self.url])
            return ended.value.code

        code = await asyncio.to_thread(command)
        told = self._capsys.readouterr()
        return Told(code, told.out, told.err)


@pytest_asyncio.fixture
async def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Service]:
    async def ready() -> bool:
        return True

    monkeypatch.chdir(tmp_path)
    async with (
        install(tmp_path) as installation,
        serve(create_app(installation.service, ready=ready), "127.0.0.1", 0) as port,
    ):
        yield Service(f"http://127.0.0.1:{port}", installation, capsys)
