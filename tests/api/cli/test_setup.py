"""`steploom setup`: what it tells of a namespace that it changes, of one that is as it should be, and at a signal."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from activities.names import KEYWORD_ATTRIBUTES
from api.cli import main
from api.temporal_server import TemporalServer
from tests.support.dev_service import clean_environment
from tests.support.forks import start_steploom
from tests.support.settings import forget_settings


@pytest.fixture
def namespace(temporal_server: TemporalServer) -> str:
    """A namespace as Temporal makes one: without attributes of ours, and kept for a day."""
    name = f"setup-{uuid4().hex}"

    async def register() -> None:
        client = await Client.connect(temporal_server.address)
        request = RegisterNamespaceRequest(
            namespace=name, workflow_execution_retention_period=Duration(seconds=24 * 60 * 60)
        )
        await client.workflow_service.register_namespace(request)

    asyncio.run(register())
    return name


@pytest.fixture
def setup(
    temporal_server: TemporalServer,
    namespace: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[], list[str]]:
    """Runs it against the namespace; the lines that it printed."""
    forget_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", "sqlite:///steploom.db")
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", namespace)

    def run() -> list[str]:
        with pytest.raises(SystemExit) as ended:
            main(["setup"])
        told = capsys.readouterr()
        assert (ended.value.code, told.err) == (0, "")
        return told.out.splitlines()

    return run


def test_it_tells_what_it_changes(setup: Callable[[], list[str]], tmp_path: Path) -> None:
    database = f"database: the tables in sqlite:///{tmp_path}/steploom.db are up to date"
    assert setup() == [
        database,
        f"search attributes: {', '.join(KEYWORD_ATTRIBUTES)}",
        "retention: raised from 1 day to 90",
    ]
    assert setup() == [database, "search attributes: all there", "retention: long enough"]


def test_a_signal_leaves_it_undone(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    environment = clean_environment(TEMPORAL_ADDRESS="127.0.0.1:1")  # it goes on trying for a minute
    with (
        errors.open("w") as stream,
        start_steploom("setup", folder=tmp_path, environment=environment, errors=stream) as process,
    ):
        while "Temporal does not answer" not in errors.read_text():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 130
    assert errors.read_text().endswith("error: interrupted\n")
