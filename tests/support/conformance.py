"""Replays the cases recorded on AWS against a `steploom dev` of its own: `make conformance`.

Arguments go to the runner (`CASES="-k choice_operators --mode history"`), whose folder `STEPLOOM_CONFORMANCE` names.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from api.temporal_server import free_ports
from tests.support.dev_service import clean_environment, dev_service

DEFAULT_FOLDER = Path("..") / "shared" / "conformance"


def main(arguments: list[str]) -> int:
    """Run the cases; the exit code is the runner's."""
    runner = Path(os.environ.get("STEPLOOM_CONFORMANCE", DEFAULT_FOLDER)).resolve() / "run_cases.py"
    if not runner.is_file():
        print(f"NO CONFORMANCE DATA: there is no {runner}. Set STEPLOOM_CONFORMANCE to its folder.", file=sys.stderr)
        return 2
    lambda_port, backend_port = free_ports(2)
    environment = clean_environment(
        STEPLOOM_FUNCTIONS="lambda",
        STEPLOOM_LOG_LEVEL="warning",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{backend_port}",
        AWS_ENDPOINT_URL_LAMBDA=f"http://127.0.0.1:{lambda_port}",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION="us-east-1",
    )
    with (
        tempfile.TemporaryDirectory(prefix="conformance-") as folder,
        dev_service(Path(folder), environment=environment) as service,
    ):
        ports = ["--lambda-port", str(lambda_port), "--backend-port", str(backend_port)]
        command: list[str | Path] = [sys.executable, runner, "--endpoint", service.http, *ports, *arguments]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
