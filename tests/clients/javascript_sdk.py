"""The AWS SDK for JavaScript v3, as a program that `make test` installs where there is npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.keys import Key, aws_environment

FOLDER = Path(__file__).with_name("javascript")
NODE = shutil.which("node")
MISSING = "NO NODE" if NODE is None else "NO AWS SDK FOR JAVASCRIPT (make test installs it through npm)"
HAS_SDK = NODE is not None and (FOLDER / "node_modules" / "@aws-sdk" / "client-sfn").is_dir()

needs_sdk = pytest.mark.skipif(not HAS_SDK, reason=f"{MISSING}: the SDK is NOT checked in this run")


def run_sdk(endpoint: str, key: Key) -> Any:
    """What `javascript/client.js` prints."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "client.js", endpoint],
        cwd=FOLDER,
        env=aws_environment(key),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
