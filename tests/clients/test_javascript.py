"""The AWS SDK for JavaScript v3. `make test` installs it where there is npm; elsewhere this is skipped, and says so."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.dev_service import DevService

FOLDER = Path(__file__).with_name("javascript")
NODE = shutil.which("node")
HAS_SDK = (FOLDER / "node_modules" / "@aws-sdk" / "client-sfn").is_dir()


@pytest.mark.skipif(NODE is None, reason="NO NODE: the AWS SDK for JavaScript is NOT checked in this run")
@pytest.mark.skipif(
    NODE is not None and not HAS_SDK,
    reason="NO AWS SDK FOR JAVASCRIPT (make test installs it through npm): it is NOT checked in this run",
)
def test_the_sdk_for_javascript(service: DevService) -> None:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "client.js", service.http], cwd=FOLDER, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "status": "SUCCEEDED",
        "output": '{"text":"Hello, Ada!"}',
        "startDateIsADate": True,
        "events": [["ExecutionStarted", "PassStateEntered", "PassStateExited"], ["ExecutionSucceeded"]],
        "listed": True,
        "definitionIsAsSent": True,
        "sync": ["SUCCEEDED", '{"text":"Hello, Ada!"}', 64],
        "tested": ["SUCCEEDED", "Other", "1"],
        "missing": ["ExecutionDoesNotExist", True, 400],
        "badName": ["InvalidName", "Invalid Name: 'a b'"],
    }


def test_its_version_is_exact() -> None:
    versions = json.loads((FOLDER / "package.json").read_text())["dependencies"].values()
    assert all(version[0].isdigit() for version in versions)
