"""Connections on the command line: made, shown, changed one part at a time, and deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activities.connections import ApiKey, Basic, OAuthClient
from api.service.config import ServiceConfig
from api.service.connections import StoredConnectionBook
from tests.api.cli.conftest import Service, Told
from tests.support.sealing import SEALER


@dataclass(frozen=True)
class Change:
    name: str
    created: list[str]
    changes: list[str]
    authorization: Any


def oauth(endpoint: str, secret: str) -> OAuthClient:
    return OAuthClient(endpoint=endpoint, method="POST", client_id="client", client_secret=secret)


OAUTH = ["--oauth", "client", "--token-url", "https://login.example.org/token"]
CHANGES = [
    Change("a new password", ["--basic", "me"], ["--secret-file", "new"], Basic(username="me", password="new")),
    Change("another user", ["--basic", "me"], ["--basic", "you"], Basic(username="you", password="old")),
    Change("another header", ["--api-key", "X-A"], ["--api-key", "X-B"], ApiKey(name="X-B", value="old")),
    Change("a new key", ["--api-key", "X-A"], ["--secret-file", "new"], ApiKey(name="X-A", value="new")),
    Change("a new client secret", OAUTH, ["--secret-file", "new"],
           oauth("https://login.example.org/token", "new")),
    Change("another token URL", OAUTH, ["--token-url", "https://sso.example.org/"],
           oauth("https://sso.example.org/", "old")),
    Change("another kind", ["--basic", "me"], ["--api-key", "X-A", "--secret-file", "new"],
           ApiKey(name="X-A", value="new")),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
async def test_a_connection_is_changed(service: Service, tmp_path: Path, change: Change) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
    await service.run("connections", "create", "shop", *change.created, "--secret-file", "old")
    told = await service.run("connections", "update", "shop", *change.changes)
    assert (told.code, told.err) == (0, "updated\n")
    arn = told.out.strip()
    found = await StoredConnectionBook(service.installation.store, ServiceConfig(), SEALER).find(arn)
    assert found is not None
    assert found.authorization == change.authorization


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        ([], 2, "Say what is to change"),
        (["--basic", "me", "--api-key", "X"], 2, "Give one of --basic, --api-key and --oauth."),
        (["--token-url", "https://login.example.org/"], 2, "--token-url is of OAuth clients only, and shop is BASIC."),
        (["--api-key", "X-A"], 1, "ValidationException"),
    ],
)
async def test_a_change_that_cannot_be_made(
    service: Service, tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "old").write_text("old")
    await service.run("connections", "create", "shop", "--basic", "me", "--secret-file", "old")
    ended = await service.run("connections", "update", "shop", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


async def test_connections_are_listed_described_and_deleted(service: Service, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    headers = [{"Key": "A", "Value": "b"}]
    (tmp_path / "more.json").write_text(json.dumps({"InvocationHttpParameters": {"HeaderParameters": headers}}))
    assert (await service.run("connections", "list")).out == "There are no connections.\n"
    created = await service.run(
        "connections", "create", "shop", "--basic", "me", "--secret-file", "secret", "--parameters", "more.json"
    )
    arn = created.out.strip()
    assert (created.code, created.err) == (0, "created\n")
    head, row = (await service.run("connections", "list")).out.splitlines()
    assert (head.split()[:2], row.split()[:2], row.split()[-1]) == (["NAME", "TYPE"], ["shop", "BASIC"], arn)
    described = await service.run("connections", "describe", "shop")
    shown = dict(line.split(maxsplit=1) for line in described.out.splitlines())
    assert (shown["arn"], shown["type"]) == (arn, "BASIC")
    assert json.loads(shown["parameters"])["BasicAuthParameters"] == {"Username": "me"}
    assert '"Key": "A"' in shown["parameters"]
    assert "hunter2" not in described.out
    assert await service.run("connections", "delete", "shop") == Told(0, "deleted shop\n", "")
    assert "ResourceNotFoundException" in (await service.run("connections", "describe", "shop")).err


@pytest.mark.parametrize(
    "arguments, told",
    [
        ([], "Give one of --basic, --api-key and --oauth."),
        (["--oauth", "client"], "--oauth and --token-url go together."),
        (["--basic", "me", "--token-url", "https://login.example.org/"], "--oauth and --token-url go together."),
        (["--basic", "me", "--secret-file", "empty"], "There is no secret."),
        (["--basic", "me", "--secret-file", "secret", "--parameters", "secret"], "secret is not JSON"),
        (["--basic", "me", "--secret-file", "secret", "--parameters", "array"], "array is not a JSON object of"),
    ],
)
async def test_what_no_connection_is_made_of(service: Service, tmp_path: Path, arguments: list[str], told: str) -> None:
    for name, content in (("secret", "hunter2"), ("empty", "\n"), ("array", "[]")):
        (tmp_path / name).write_text(content)
    ended = await service.run("connections", "create", "shop", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
