"""A service that asks who calls: the signature of each client is good, a forged one and none are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from api.access.sealing import new_encryption_key
from tests.clients.aws_cli import Cli
from tests.clients.conftest import DEFINITION, ROLE, boto3_client
from tests.clients.javascript_sdk import needs_sdk, run_sdk
from tests.clients.keys import Key
from tests.clients.terraform import Provider
from tests.support.dev_service import clean_environment, dev_service
from tests.support.forks import run_steploom


@dataclass(frozen=True, slots=True)
class Guarded:
    """The address of the service, and an access key for it."""

    http: str
    key: Key

    @property
    def forged(self) -> Key:
        """The key with another secret."""
        return replace(self.key, secret=self.key.secret[::-1])


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    database = folder / "database"
    database.mkdir()
    environment = clean_environment(
        STEPLOOM_AUTHENTICATION="required",
        STEPLOOM_ENCRYPTION_KEY=new_encryption_key(),
        STEPLOOM_DATABASE_URL=f"sqlite:///{database / 'steploom.sqlite3'}",
    )
    create = ("keys", "create", "--policy", "full-access", "--json")
    made = json.loads(run_steploom(*create, folder=folder, environment=environment).stdout)
    with dev_service(folder, "--db", database, environment=environment) as running:
        yield Guarded(running.http, Key(made["accessKeyId"], made["secretAccessKey"]))


def test_boto3(guarded: Guarded) -> None:
    client = boto3_client(guarded.http, key=guarded.key)
    client.create_state_machine(name="signed", definition=DEFINITION, roleArn=ROLE)
    assert "signed" in [machine["name"] for machine in client.list_state_machines()["stateMachines"]]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unsigned": ({"signature_version": UNSIGNED}, "MissingAuthenticationTokenException"),
    "forged": ({}, "InvalidSignatureException"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_boto3_refused(case: str, guarded: Guarded) -> None:
    config, code = REFUSED[case]
    with pytest.raises(ClientError) as refused:
        boto3_client(guarded.http, key=guarded.forged, **config).list_state_machines()
    assert refused.value.response["Error"]["Code"] == code


def test_the_aws_cli(guarded: Guarded, tmp_path: Path) -> None:
    assert "stateMachines" in Cli(guarded.http, tmp_path, guarded.key).call("list-state-machines")
    done = Cli(guarded.http, tmp_path, guarded.forged).run("list-state-machines")
    assert (done.returncode, "InvalidSignatureException" in done.stderr) == (255, True)


@needs_sdk
def test_the_sdk_for_javascript(guarded: Guarded) -> None:
    assert run_sdk(guarded.http, guarded.key)["status"] == "SUCCEEDED"


def test_terraform(guarded: Guarded) -> None:
    assert "stateMachines" in Provider(guarded.http, guarded.key).call("ListStateMachines")
    assert Provider(guarded.http, guarded.forged).error("ListStateMachines") == "InvalidSignatureException"
