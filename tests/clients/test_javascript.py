"""The AWS SDK for JavaScript v3. `make test` installs it where there is npm; elsewhere this is skipped, and says so."""

from __future__ import annotations

import json

from tests.clients.javascript_sdk import FOLDER, needs_sdk, run_sdk
from tests.clients.keys import ANY
from tests.support.dev_service import DevService


@needs_sdk
def test_the_sdk_for_javascript(service: DevService) -> None:
    assert run_sdk(service.http, ANY) == {
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
