"""examples/services: a whole steploom in a process of its own, with moto's server as AWS."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import boto3

from tests.support.dev_service import STEPLOOM, clean_environment, dev_service

EXAMPLE = Path(__file__).parents[3] / "examples" / "services"
ROLE = "arn:aws:iam::123456789012:role/shop"


def read(name: str) -> Any:
    return json.loads((EXAMPLE / name).read_text())


def start(endpoint: str, name: str, input_: str) -> subprocess.Popen[str]:
    """Start an execution; the process ends when the execution does."""
    arguments = ["start", "shop", "--name", name, "--input", input_, "--wait", "--endpoint", endpoint]
    return subprocess.Popen([STEPLOOM, *arguments], env=clean_environment(), stdout=subprocess.PIPE, text=True)


def test_services(aws: str, tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLE / "prepare.py"))["prepare"]()
    queue = boto3.client("sqs", region_name="us-east-1").get_queue_url(QueueName="shipping")["QueueUrl"]
    input_ = json.dumps(read("input.json") | {"queue": queue})
    with dev_service(tmp_path, environment=clean_environment(AWS_ENDPOINT_URL=aws)) as dev:
        sfn = boto3.client("stepfunctions", region_name="us-east-1", endpoint_url=dev.http)
        definition = (EXAMPLE / "definition.asl.json").read_text()
        machine = sfn.create_state_machine(name="shop", definition=definition, roleArn=ROLE)["stateMachineArn"]
        execution = machine.replace(":stateMachine:", ":execution:")
        with start(dev.http, "first", input_) as first:
            runpy.run_path(str(EXAMPLE / "ship.py"))["ship"](dev.http, queue)
            first.communicate()
        output = sfn.describe_execution(executionArn=f"{execution}:first")["output"]
        with start(dev.http, "second", input_) as second:
            second.communicate()
        error = sfn.describe_execution(executionArn=f"{execution}:second")["error"]
    assert (json.loads(output), first.returncode) == (read("output.json"), 0)
    assert (error, second.returncode) == ("OrderedTwice", 1)
    kept = boto3.client("s3", region_name="us-east-1").get_object(Bucket="orders", Key="A-1.json")["Body"].read()
    assert json.loads(kept) == read("input.json")["order"]
