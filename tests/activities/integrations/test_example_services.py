"""examples/services: a whole steploom in a process of its own, with moto's server as AWS."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.dev_service import DevService, clean_environment, dev_service
from tests.support.price_server import price_server

EXAMPLE = Path(__file__).parents[3] / "examples" / "services"
ROLE = "arn:aws:iam::123456789012:role/shop"
GIFTS = EXAMPLE / "gifts"
TSX = GIFTS / "node_modules" / ".bin" / "tsx"
HAS_NODE = shutil.which("node") is not None and TSX.exists()


def read(name: str) -> Any:
    return json.loads((EXAMPLE / name).read_text())


def script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLE / name))


@dataclass(frozen=True)
class Shop:
    """Everything that the example needs, prepared; `input` has the addresses of this run."""

    dev: DevService
    sfn: Any
    machine: str
    input: dict[str, Any]

    def run(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        """Start an execution, do what is asked of people and workers, and describe its end."""
        with ThreadPoolExecutor(2) as threads:
            workers = [
                threads.submit(script("check.py")["check"], self.dev.http),
                threads.submit(script("ship.py")["ship"], self.dev.http, self.input["queue"]),
            ]
            described = self.started(name, order)
            for worker in workers:
                worker.result(60)
        return described

    def started(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        """Start an execution and describe its end."""
        given = json.dumps(self.input | {"order": order})
        execution = self.sfn.start_execution(stateMachineArn=self.machine, name=name, input=given)["executionArn"]
        deadline = time.monotonic() + 90
        while True:
            described: dict[str, Any] = self.sfn.describe_execution(executionArn=execution)
            if described["status"] != "RUNNING":
                return described
            assert time.monotonic() < deadline, "the execution does not end"
            time.sleep(0.05)


@pytest.fixture
def shop(aws: str, tmp_path: Path) -> Iterator[Shop]:
    made = script("prepare.py")
    made["prepare_aws"]()
    queue = boto3.client("sqs", region_name="us-east-1").get_queue_url(QueueName="shipping")["QueueUrl"]
    with price_server() as url, dev_service(tmp_path, environment=clean_environment(AWS_ENDPOINT_URL=aws)) as dev:
        sfn = boto3.client("stepfunctions", region_name="us-east-1", endpoint_url=dev.http)
        definition = (EXAMPLE / "definition.asl.json").read_text()
        machine = sfn.create_state_machine(name="shop", definition=definition, roleArn=ROLE)["stateMachineArn"]
        connection = made["prepare_steploom"](dev.http)
        given = read("input.json") | {"queue": queue, "prices": {"url": url, "connection": connection}}
        yield Shop(dev, sfn, machine, given)


def test_services(shop: Shop) -> None:
    order = {name: value for name, value in read("input.json")["order"].items() if name != "greeting"}
    described = shop.run("first", order)
    assert json.loads(described["output"]) == read("output.json") | {"card": None}
    assert shop.started("second", order)["error"] == "OrderedTwice"
    kept = boto3.client("s3", region_name="us-east-1").get_object(Bucket="orders", Key="A-1.json")["Body"].read()
    assert json.loads(kept) == order
    nested = shop.sfn.list_executions(stateMachineArn=shop.machine.replace("shop", "packing"))["executions"]
    assert len(nested) == 1


@pytest.mark.skipif(not HAS_NODE, reason="NO NODE, or NO NPM: Temporal's SDK for TypeScript is NOT checked in this run")
def test_the_worker_in_typescript(shop: Shop) -> None:
    environment = os.environ | {"TEMPORAL_ADDRESS": shop.dev.temporal}
    with subprocess.Popen([TSX, "worker.ts"], cwd=GIFTS, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            described = shop.run("gift", read("input.json")["order"])
        finally:
            worker.terminate()
    assert json.loads(described["output"]) == read("output.json")


def test_versions_in_typescript_are_exact() -> None:
    versions = json.loads((GIFTS / "package.json").read_text())["dependencies"].values()
    assert all(version[0].isdigit() for version in versions)
