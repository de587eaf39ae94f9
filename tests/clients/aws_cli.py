"""The AWS CLI as a program of its own: `aws stepfunctions`, with an empty configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.clients.keys import ANY, Key, aws_environment

AWS = Path(sys.executable).with_name("aws")


class Cli:
    """Calls `aws stepfunctions`; `folder` has no configuration."""

    def __init__(self, endpoint: str, folder: Path, key: Key = ANY) -> None:
        self._command: list[str | Path] = [sys.executable, AWS, "stepfunctions", "--output", "json"]
        self._environment = aws_environment(key) | {
            "AWS_ENDPOINT_URL_SFN": endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }

    def run(self, operation: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Call an operation."""
        arguments = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        return subprocess.run(
            [*self._command, operation, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def call(self, operation: str, **options: str) -> Any:
        """Call an operation that must succeed; its answer, None where it has none."""
        done = self.run(operation, **options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None
