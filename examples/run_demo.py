"""The order pipeline from start to end: `make demo`. Exits with 0 only if everything was as it should be.

Starts `steploom dev` on free ports, then does what any program of yours would: it drives the pipeline with boto3, of
which only the endpoint is changed, and then once more through gRPC.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

EXAMPLES = Path(__file__).resolve().parent
PIPELINE = EXAMPLES / "order-pipeline"
ROLE = "arn:aws:iam::123456789012:role/order-pipeline"
APPROVAL = {"approved": True}
KEPT_SETTINGS = frozenset({"STEPLOOM_TEMPORAL_BIN"})
TIME_LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.2

EXPECTED_EVENTS = Counter(
    {
        "ExecutionStarted": 1,
        "TaskStateEntered": 3,
        "TaskScheduled": 5,
        "TaskStarted": 5,
        "TaskFailed": 2,
        "TaskSucceeded": 3,
        "TaskSubmitted": 1,
        "TaskStateExited": 3,
        "ParallelStateEntered": 1,
        "ParallelStateStarted": 1,
        "ParallelStateSucceeded": 1,
        "ParallelStateExited": 1,
        "ExecutionSucceeded": 1,
    }
)
"""validate-order fails twice and then succeeds; charge-card is called, and called back; ship-package runs."""


class DemoFailure(Exception):
    """Something was not as it should be."""


def main() -> None:
    """Run the whole demonstration."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="order-pipeline-") as folder, steploom_dev(Path(folder)) as addresses:
        print(f"\n== Through boto3, endpoint_url={addresses['http']}\n")
        client = boto3.client(
            "stepfunctions",
            endpoint_url=addresses["http"],
            region_name="us-east-1",
            aws_access_key_id="demo",
            aws_secret_access_key="demo",
        )
        machine = client.create_state_machine(
            name="order-pipeline", definition=(PIPELINE / "definition.asl.json").read_text(), roleArn=ROLE
        )["stateMachineArn"]
        print(f"created {machine}")
        run_through_boto3(client, machine, Path(folder), addresses["ui"])

        print(f"\n== Through gRPC, {addresses['grpc']}\n")
        run_through_grpc(addresses["grpc"], machine, Path(folder))
    print(f"\nAll as it should be, in {time.monotonic() - begun:.1f} s.")
    print("The servers of the demo have ended, and with them the links above. To look at executions in the Temporal")
    print("UI, run `make dev` and start some: examples/order-pipeline/README.md tells how.")


@contextmanager
def steploom_dev(folder: Path) -> Iterator[dict[str, Any]]:
    """Run `steploom dev`, yield the addresses that it prints, and end it in an orderly way."""
    command: list[str | Path] = [Path(sys.executable).with_name("steploom"), "dev", "--ephemeral", "--json"]
    for port in ("--http-port", "--grpc-port", "--ui-port", "--temporal-port"):
        command += [port, "0"]
    command += ["--functions", PIPELINE / "functions"]
    begun = time.monotonic()
    # Defaults, whatever settings the person at this machine has, and no log lines between ours.
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("STEPLOOM_") or name in KEPT_SETTINGS
    }
    environment = kept | {"ORDER_PIPELINE_FOLDER": str(folder), "STEPLOOM_LOG_LEVEL": "warning"}
    service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    try:
        assert service.stdout is not None
        line = service.stdout.readline()
        if not line:
            raise DemoFailure(f"steploom dev did not start (exit code {service.wait()})")
        addresses = json.loads(line)
        print(f"steploom dev is ready after {time.monotonic() - begun:.1f} s")
        print(f"  HTTP (AWS JSON)  {addresses['http']}")
        print(f"  gRPC             {addresses['grpc']}")
        print(f"  Temporal UI      {addresses['ui']}")
        yield addresses
    finally:
        service.send_signal(signal.SIGTERM)
        code = service.wait(timeout=30)
    check("steploom dev ends in an orderly way", code, 0)


def run_through_boto3(client: Any, machine: str, folder: Path, ui: str) -> None:
    """Start an execution, approve the charge when it is asked for, and show all of it."""
    started = client.start_execution(stateMachineArn=machine, input=(PIPELINE / "input.json").read_text())
    arn = started["executionArn"]
    print(f"started {arn}\n")
    events = follow(client, arn, folder)
    ended = client.describe_execution(executionArn=arn)
    check("status", ended["status"], "SUCCEEDED")
    print("\noutput")
    print(json.dumps(json.loads(ended["output"]), indent=2))
    check_output(ended["output"])
    print("\nhistory")
    for event in events:
        print(f"  {event['id']:>3} <- {event['previousEventId']:<3} {event['type']}")
    check("events", Counter(event["type"] for event in events), EXPECTED_EVENTS)
    print(f"\nTemporal UI (while the demo runs): {ui_link(ui, arn)}")


def follow(client: Any, arn: str, folder: Path) -> list[dict[str, Any]]:
    """Print each event as it happens, and approve when the token has been handed over. Returns all events."""
    shown: list[dict[str, Any]] = []
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    while time.monotonic() < deadline:
        events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        for event in events[len(shown) :]:
            seconds = (event["timestamp"] - events[0]["timestamp"]).total_seconds()
            print(f"  {seconds:6.2f} s  {event['type']:<24} {detail(event)}".rstrip(), flush=True)
            if event["type"] == "TaskSubmitted":
                approve(client, folder / "approval.json")
        shown = events
        if shown and shown[-1]["type"].startswith("Execution") and len(shown) > 1:
            return shown
        time.sleep(POLL_SECONDS)
    raise DemoFailure(f"the execution has not ended after {TIME_LIMIT_SECONDS:g} s")


def approve(client: Any, file: Path) -> None:
    """Decide as the person would to whom charge-card left the approval file."""
    approval = json.loads(file.read_text())
    print(f"            {file.name}: approving {approval['amount']} for order {approval['order_id']}")
    client.send_task_success(taskToken=approval["taskToken"], output=json.dumps(APPROVAL))


def detail(event: dict[str, Any]) -> str:
    """The state's name, or the error, of an event."""
    details: dict[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    if "error" in details:
        return f"{details['error']}: {json.loads(details['cause'])['errorMessage']}"
    return str(details.get("name") or details.get("resource") or "")


def ui_link(ui: str, arn: str) -> str:
    """The execution's page in the Temporal UI, which the UI's own server must know."""
    machine, name = arn.split(":")[6:8]
    path = f"namespaces/default/workflows/{urllib.parse.quote(f'{machine}:{name}')}"
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{ui}/api/v1/{path}", timeout=10) as answer:
                info = json.load(answer)["workflowExecutionInfo"]
                break
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > deadline:  # 503: it has not connected to the server yet
                raise
        time.sleep(POLL_SECONDS)
    check("Temporal's status", info["status"], "WORKFLOW_EXECUTION_STATUS_COMPLETED")
    return f"{ui}/{path}/{info['execution']['runId']}/history"


def run_through_grpc(address: str, machine: str, folder: Path) -> None:
    """Run the ten-line gRPC client, which prints events and, last, the output; approve when it tells of the task."""
    approval = folder / "approval.json"
    approval.unlink()
    words = [sys.executable, EXAMPLES / "grpc" / "client.py", address, machine, (PIPELINE / "input.json").read_text()]
    lines = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as client:
        overdue = threading.Timer(TIME_LIMIT_SECONDS, client.kill)
        overdue.start()
        try:
            assert client.stdout is not None
            for line in client.stdout:
                print(line, end="", flush=True)
                lines.append(line)
                if line.endswith(" TaskSubmitted\n"):
                    subprocess.run([sys.executable, EXAMPLES / "grpc" / "approve.py", address, approval], check=True)
        finally:
            overdue.cancel()
    check("exit code of the gRPC client", client.returncode, 0)
    check("events", Counter(line.split()[1] for line in lines[:-1]), EXPECTED_EVENTS)
    check_output(lines[-1])


def check_output(text: str) -> None:
    """The output is that of output.json, but for what differs from call to call."""
    output, expected = json.loads(text), json.loads((PIPELINE / "output.json").read_text())
    for result in (output[1], expected[1]):
        for changing in ("SdkHttpMetadata", "SdkResponseMetadata"):
            result.pop(changing, None)
    check("output", output, expected)


def check(what: str, got: object, wanted: object) -> None:
    """Fail unless `got` is what was `wanted`."""
    if got != wanted:
        raise DemoFailure(f"{what}: wanted {wanted}, got {got}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was started is ended
    try:
        main()
    except DemoFailure as failure:
        sys.exit(f"demo failed: {failure}")
    except KeyboardInterrupt:
        sys.exit("demo interrupted")
