"""`make demo` in short: the demonstration program checks itself and exits with 0 only if all was right."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_SPECIFIED = "b0f2bc5693c9f048040fde90993dd693c57122dea8fcd6c97d35f34e2a268aaa"
"""SHA-256 of the pipeline's definition, which is to stay character for character as it was given."""


def _program() -> Any:
    spec = spec_from_file_location("run_demo", EXAMPLES / "run_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run_demo = _program()


def run(**settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / "run_demo.py"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=os.environ | settings,
    )


def test_definition() -> None:
    definition = EXAMPLES / "order-pipeline" / "definition.asl.json"
    assert hashlib.sha256(definition.read_bytes()).hexdigest() == AS_SPECIFIED


def test_demo() -> None:
    ended = run()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "fork" not in ended.stderr, "gRPC's own log lines stand between ours"


def test_demo_without_steploom() -> None:
    ended = run(STEPLOOM_TEMPORAL_BIN="/nowhere/temporal")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (
        1,
        "demo failed: steploom dev did not start (exit code 1)",
    ), ended.stderr


ALL = [name for name, count in run_demo.EXPECTED_EVENTS.items() for _ in range(count)]
OUTPUT = (EXAMPLES / "order-pipeline" / "output.json").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Shown:
    id: str
    failure: str
    status: str = "SUCCEEDED"
    output: str = OUTPUT
    events: Sequence[str] = tuple(ALL)


@pytest.mark.parametrize(
    "shown",
    [
        Shown("another status", "status: wanted SUCCEEDED, got FAILED", status="FAILED"),
        Shown("another output", "output: wanted", output=OUTPUT.replace("true", "false", 1)),
        Shown("no failures to retry", "events: wanted", events=[name for name in ALL if name != "TaskFailed"]),
        Shown("all as it should be, but for the link", "no Temporal UI here"),
    ],
    ids=lambda shown: shown.id,
)
def test_what_is_shown_is_checked(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's answers are canned: one that is wrong ends the demo where it is seen."""

    def no_link(ui: str, arn: str) -> str:
        raise run_demo.DemoFailure("no Temporal UI here")

    monkeypatch.setattr(run_demo, "ui_link", no_link)
    monkeypatch.setattr(run_demo, "approve", lambda *_: None)
    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    arn, now = "arn:aws:states:us-east-1:123456789012:execution:order-pipeline:e", datetime.now(UTC)
    history = [
        {"type": name, "id": number, "previousEventId": number - 1, "timestamp": now}
        for number, name in enumerate(shown.events, 1)
    ]
    ended = {"executionArn": arn, "stateMachineArn": arn, "status": shown.status, "output": shown.output}
    with Stubber(client) as stubber:
        stubber.add_response("start_execution", {"executionArn": arn, "startDate": now})
        stubber.add_response("get_execution_history", {"events": history})
        stubber.add_response("describe_execution", {**ended, "startDate": now})
        with pytest.raises(run_demo.DemoFailure, match=f"^{shown.failure}"):
            run_demo.run_through_boto3(client, arn, tmp_path, "http://127.0.0.1:0")
