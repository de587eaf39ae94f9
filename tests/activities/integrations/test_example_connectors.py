"""examples/http-endpoint, grpc-call, sql-query and kubernetes-job: a whole steploom in a process of its own."""

from __future__ import annotations

import json
import runpy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from api.cli import main
from tests.support.dev_service import DevService, clean_environment, dev_service
from tests.support.fake_kubernetes import FakeKubernetes, fake_kubernetes
from tests.support.price_server import price_server

ROLE = "arn:aws:iam::123456789012:role/r"
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def cluster() -> Iterator[FakeKubernetes]:
    with fake_kubernetes() as running:
        running.token = None
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, cluster: FakeKubernetes) -> Iterator[DevService]:
    folder = tmp_path_factory.mktemp("connectors")
    clusters = json.dumps({"default": {"server": cluster.url}})
    runpy.run_path(str(EXAMPLES / "sql-query" / "prepare.py"))["prepare"](folder / "shop.db")
    environment = clean_environment(
        STEPLOOM_SQL_CONNECTIONS='{"shop": "sqlite:///shop.db"}', STEPLOOM_KUBERNETES_CLUSTERS=clusters
    )
    with dev_service(folder, environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def pricing() -> Iterator[str]:
    with price_server() as url:
        yield url


Steploom = Callable[..., tuple[int, str]]


@pytest.fixture
def steploom(service: DevService, capsys: pytest.CaptureFixture[str]) -> Steploom:
    """Runs a command in this process; its exit code and what it printed."""

    def run_command(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--endpoint", service.http])
        return int(str(ended.value.code)), capsys.readouterr().out

    return run_command


def client(service: DevService) -> Any:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return boto3.client("stepfunctions", region_name="us-east-1", endpoint_url=service.http, **keys)  # type: ignore[call-overload]  # keys


def run(service: DevService, example: str, name: str, input_: dict[str, Any]) -> dict[str, Any]:
    """Make a state machine of an example, run it to its end and describe the execution."""
    sfn, definition = client(service), (EXAMPLES / example / "definition.asl.json").read_text()
    machine = sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    execution = sfn.start_execution(stateMachineArn=machine, name="e", input=json.dumps(input_))["executionArn"]
    deadline = time.monotonic() + 60
    while True:
        described: dict[str, Any] = sfn.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        assert time.monotonic() < deadline, "the execution does not end"
        time.sleep(0.05)


def read(example: str, name: str) -> Any:
    return json.loads((EXAMPLES / example / name).read_text())


def test_http_endpoint(service: DevService, pricing: str, steploom: Steploom, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("sesame\n")
    given = ("--api-key", "X-Api-Key", "--secret-file", str(secret))
    code, told = steploom("connections", "create", "pricing", *given)
    assert code == 0
    arn = told.strip()
    assert arn.startswith("arn:aws:events:")
    listed = steploom("connections", "list")[1].splitlines()
    assert (listed[0].split()[-1], listed[1].split()[0], listed[1].split()[-1]) == ("ARN", "pricing", arn)
    code, told = steploom("connections", "describe", "pricing")
    assert (code, "sesame" in told) == (0, False)
    input_ = {"url": pricing, "connection": arn, "item": "book", "quantity": 3}
    assert json.loads(run(service, "http-endpoint", "quote", input_)["output"]) == read("http-endpoint", "output.json")
    history = client(service).get_execution_history(
        executionArn="arn:aws:states:us-east-1:123456789012:execution:quote:e"
    )
    assert "sesame" not in str(history)
    failed = run(service, "http-endpoint", "quote2", input_ | {"item": "ship"})
    assert (failed["error"], failed["cause"]) == ("UnknownItem", '{"message": "there is no ship"}')
    assert steploom("connections", "delete", "pricing") == (0, "deleted pricing\n")
    failed = run(service, "http-endpoint", "quote3", input_)
    assert failed["error"] == "Events.ConnectionResource.ResourceNotFound"


def test_grpc_call(service: DevService) -> None:
    described = run(service, "grpc-call", "census", {"endpoint": service.grpc})
    assert "census" in json.loads(described["output"])["names"]
    assert read("grpc-call", "output.json") == {"names": ["census"]}


def test_sql_query(service: DevService) -> None:
    described = run(service, "sql-query", "reserve", read("sql-query", "input.json"))
    assert json.loads(described["output"]) == read("sql-query", "output.json")
    assert run(service, "sql-query", "reserve2", {"item": "book", "quantity": 4})["error"] == "SoldOut"


def test_kubernetes_job(service: DevService, cluster: FakeKubernetes) -> None:
    cluster.ends = "Complete"
    described = run(service, "kubernetes-job", "count", read("kubernetes-job", "input.json"))
    assert json.loads(described["output"]) == read("kubernetes-job", "output.json")
    cluster.ends = "Failed"
    failed = run(service, "kubernetes-job", "count2", {"run": 2, "lines": 2})
    assert failed["error"] == "States.TaskFailed"
    assert json.loads(failed["cause"])["metadata"]["name"] == "count-2"


def test_a_stopped_execution_deletes_its_kubernetes_job(service: DevService, cluster: FakeKubernetes) -> None:
    cluster.ends = None
    sfn, definition = client(service), (EXAMPLES / "kubernetes-job" / "definition.asl.json").read_text()
    machine = sfn.create_state_machine(name="count3", definition=definition, roleArn=ROLE)["stateMachineArn"]
    execution = sfn.start_execution(stateMachineArn=machine, input='{"run": 3, "lines": 2}')["executionArn"]
    until(lambda: "GET /apis/batch/v1/namespaces/default/jobs/count-3" in cluster.requests)
    sfn.stop_execution(executionArn=execution)
    until(lambda: "default/count-3" not in cluster.jobs)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
