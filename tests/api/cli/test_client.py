"""Client commands whose endpoint is that of another program: they say which answered, and how."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from api.cli.client import service
from api.cli.patience import Patience
from tests.api.cli.conftest import run_command
from tests.support.served import served


@pytest.mark.parametrize(
    "status, content_type, body, told",
    [
        (405, "application/json", '{"message": "Method Not Allowed"}', "HTTP 405 Method Not Allowed"),
        (200, "text/html", "<html></html>", "HTTP 200 OK"),
        (200, "application/json", "{}", "HTTP 200 OK"),
        (200, "application/json", "[]", "HTTP 200 OK"),
        (502, "text/html", "<html></html>", "HTTP 502 Bad Gateway"),
        (599, "application/json", '"text"', "HTTP 599"),
    ],
)
async def test_another_program_is_told(
    status: int,
    content_type: str,
    body: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=content_type)

    monkeypatch.chdir(tmp_path)
    async with served("/", answer) as url:
        assert await run_command("list", url=url) == 1
    assert capsys.readouterr() == (
        "",
        f"error: What answers at {url} does not answer as a steploom service does: {told}. Name the HTTP door of one "
        "with --endpoint or STEPLOOM_ENDPOINT.\n",
    )


def test_no_call_waits_longer_for_an_answer_than_it_may() -> None:
    url = "http://127.0.0.1:1"
    with service(url, "us-east-1") as once, service(url, "us-east-1", patience=Patience(url)) as patient:
        assert [client.meta.config.read_timeout for client in (once, patient)] == [30, 15]
    with service(url, "us-east-1", synchronous=True) as synchronous:
        assert (
            synchronous.meta.config.read_timeout == 330
        )  # as long as a synchronous execution may take, and its answer
