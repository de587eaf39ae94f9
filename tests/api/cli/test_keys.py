"""`steploom keys`: what is made, shown and changed, and that secrets are shown once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.access.keys import read_token
from api.access.sealing import Sealer, new_encryption_key
from api.cli import main
from api.storage.access_keys import AccessKey
from api.storage.migration import migrate
from api.storage.sql import open_store
from tests.support.settings import forget_settings

Run = Callable[..., tuple[int, str, str]]

POLICY = {"Statement": [{"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}]}


@pytest.fixture
def encryption_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty folder with a database of its own, no settings but the encryption key."""
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", "sqlite:///keys.sqlite3")
    key = new_encryption_key()
    monkeypatch.setenv("STEPLOOM_ENCRYPTION_KEY", key)
    return key


@pytest.fixture
def run(encryption_key: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `steploom keys ...`; exit code, output, errors."""

    def keys(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["keys", *arguments])
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return keys


def made(run: Run, *arguments: str) -> dict[str, Any]:
    code, shown, errors = run(*arguments, "--json")
    assert (code, errors) == (0, "")
    told: dict[str, Any] = json.loads(shown)
    return told


def kept(id_: str) -> AccessKey:
    async def read() -> AccessKey | None:
        async with open_store("sqlite:///keys.sqlite3") as store:
            return await store.get_access_key(id_)

    key = asyncio.run(read())
    assert key is not None
    return key


def test_a_key_for_aws_clients(run: Run, encryption_key: str) -> None:
    new = made(run, "create", "--user", "ada", "--policy", json.dumps(POLICY))
    key = kept(new["accessKeyId"])
    assert (key.user, key.kind, key.policy, key.expires) == ("ada", "signature", POLICY, None)
    assert new["secretAccessKey"] not in key.verifier
    assert Sealer([encryption_key]).open(key.id, key.verifier) == new["secretAccessKey"]


def test_a_token(run: Run) -> None:
    new = made(run, "create", "--token", "--policy", "read-only", "--days", "2")
    key, token = kept(new["accessKeyId"]), read_token(new["token"])
    assert token is not None
    assert (key.kind, key.verifier) == ("token", token.hash)
    assert key.expires is not None
    assert (key.expires - key.created).days == 2


def test_a_certificate(run: Run) -> None:
    new = made(run, "create", "--certificate", "client.example.com", "--policy", "full-access")
    assert set(new) == {"accessKeyId", "user"}
    again = run("create", "--certificate", "client.example.com", "--policy", "full-access")
    assert again == (1, "", "error: There is a key for the certificate 'client.example.com' already.\n")


def test_a_policy_in_a_file(run: Run) -> None:
    Path("policy.json").write_text(json.dumps(POLICY))
    assert kept(made(run, "create", "--policy", "@policy.json")["accessKeyId"]).policy == POLICY


def test_secrets_are_shown_once(run: Run) -> None:
    code, shown, _ = run("create", "--policy", "full-access")
    lines = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert (code, lines["Keep"]) == (0, "the secret now: it is not shown again.")
    id_, secret = lines["accessKeyId"], lines["secretAccessKey"]
    later = [run("list"), run("list", "--json"), run("show", id_), run("show", id_, "--json")]
    for _, told, _ in later:
        assert id_ in told
        assert secret not in told
        assert kept(id_).verifier not in told


def test_disabled_enabled_changed_and_deleted(run: Run) -> None:
    id_ = made(run, "create", "--policy", "full-access")["accessKeyId"]
    assert run("disable", id_) == (0, f"disabled {id_}\n", "")
    assert made(run, "show", id_)["state"] == "disabled"
    assert run("enable", id_) == (0, f"enabled {id_}\n", "")
    assert run("set-policy", id_, "--policy", json.dumps(POLICY)) == (0, f"changed the policy of {id_}\n", "")
    shown = made(run, "show", id_)
    assert (shown["state"], shown["policy"]) == ("active", POLICY)
    assert run("delete", id_) == (0, f"deleted {id_}\n", "")
    assert run("list") == (0, "No keys.\n", f"database: sqlite:///{Path('keys.sqlite3').absolute()}\n")


@pytest.mark.parametrize("kind", [[], ["--token"]], ids=["signature", "token"])
def test_rotated(run: Run, kind: list[str]) -> None:
    old = made(run, "create", "--user", "ada", "--policy", json.dumps(POLICY), *kind)["accessKeyId"]
    new = made(run, "rotate", old, "--keep-hours", "3")["accessKeyId"]
    before, after = kept(old), kept(new)
    assert (after.user, after.kind, after.policy, after.expires) == ("ada", before.kind, POLICY, None)
    assert before.expires is not None
    assert 3 * 3600 <= (before.expires - before.created).total_seconds() < 3 * 3600 + 600
    made(run, "rotate", old, "--keep-hours", "0")
    assert made(run, "show", old)["state"] == "expired"


def test_the_encryption_key_is_changed(run: Run, encryption_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    new = made(run, "create", "--policy", "full-access")
    code, printed, _ = run("new-encryption-key")
    assert code == 0
    next_key = printed.strip()
    monkeypatch.setenv("STEPLOOM_ENCRYPTION_KEY", next_key)
    code, _, errors = run("encrypt")
    assert code == 1
    assert "was encrypted with a key that is not there" in errors
    Path("keys").write_text(f"{next_key}\n{encryption_key}\n")
    monkeypatch.delenv("STEPLOOM_ENCRYPTION_KEY")
    monkeypatch.setenv("STEPLOOM_ENCRYPTION_KEY_FILE", "keys")
    assert run("encrypt") == (0, "encrypted the secrets of 1 keys and 0 connections\n", "")
    key = kept(new["accessKeyId"])
    assert Sealer([next_key]).open(key.id, key.verifier) == new["secretAccessKey"]


@dataclass(frozen=True)
class Misuse:
    name: str
    arguments: list[str]
    message: str
    code: int = 2


MISUSES = [
    Misuse("no policy", ["create"], "Missing option '--policy'"),
    Misuse("no such policy", ["create", "--policy", "all"], "--policy is neither one of full-access, read-only"),
    Misuse("no JSON", ["create", "--policy", "{"], "--policy is neither one of full-access, read-only"),
    Misuse("no file", ["create", "--policy", "@nowhere"], "nowhere cannot be read"),
    Misuse("a policy that allows nothing known", ["create", "--policy", '{"Statement": []}'], "--policy: /Statement:"),
    Misuse("no user", ["create", "--policy", "read-only", "--user", "a b"], "'a b' is no name of a user"),
    Misuse("two kinds", ["create", "--policy", "read-only", "--token", "--certificate", "a"], "two kinds of keys"),
    Misuse("no key", ["show", "X"], "There is no key 'X'.", 1),
    Misuse("no key to delete", ["delete", "X"], "There is no key 'X'.", 1),
    Misuse("no key to rotate", ["rotate", "X"], "There is no key 'X'.", 1),
]


@pytest.mark.parametrize("case", MISUSES, ids=lambda case: case.name)
def test_misuse(run: Run, case: Misuse) -> None:
    asyncio.run(migrate("sqlite:///keys.sqlite3"))
    code, shown, errors = run(*case.arguments)
    assert (code, shown) == (case.code, "")
    assert case.message in " ".join(errors.replace("│", " ").split())


WITHOUT_A_DATABASE = [
    ["list"],
    ["show", "X"],
    ["set-policy", "X", "--policy", "read-only"],
    ["disable", "X"],
    ["enable", "X"],
    ["rotate", "X"],
    ["delete", "X"],
    ["encrypt"],
]


@pytest.mark.parametrize("arguments", WITHOUT_A_DATABASE, ids=lambda arguments: arguments[0])
def test_no_database_is_made(run: Run, arguments: list[str], tmp_path: Path) -> None:
    code, shown, errors = run(*arguments)
    assert (code, shown) == (1, "")
    assert f"There is no steploom database at sqlite:///{tmp_path}/keys.sqlite3: set STEPLOOM_DATABASE_URL" in errors
    assert list(tmp_path.iterdir()) == []


def test_create_makes_a_database_only_where_one_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, shown, _ = run("create", "--policy", "read-only")
    assert (code, shown.splitlines()[-1]) == (
        0,
        f"It is in sqlite:///{tmp_path}/keys.sqlite3, and good where a service uses that database.",
    )
    monkeypatch.delenv("STEPLOOM_DATABASE_URL")
    code, shown, errors = run("create", "--policy", "read-only")
    assert (code, shown) == (1, "")
    assert f"There is no steploom database at sqlite:///{tmp_path}/.steploom/steploom.sqlite3: " in errors
    assert not Path(".steploom").exists()


def test_a_certificate_is_not_rotated(run: Run) -> None:
    id_ = made(run, "create", "--certificate", "a", "--policy", "read-only")["accessKeyId"]
    code, _, errors = run("rotate", id_)
    assert (code, "renewed by its authority" in errors) == (2, True)


def test_without_an_encryption_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPLOOM_ENCRYPTION_KEY")
    code, _, errors = run("create", "--policy", "read-only")
    assert code == 2
    assert "steploom keys new-encryption-key > FILE" in errors
    assert run("create", "--token", "--policy", "read-only")[0] == 0
