"""The example programs that call every operation, through boto3 and through gRPC."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dev_service import DevService

EXAMPLE = Path(__file__).parents[2] / "examples" / "all-operations"


@pytest.mark.parametrize(
    "program, last",
    [("with_boto3.py", "all 37 operations were called"), ("with_grpc.py", "all 39 methods were called")],
)
def test_every_operation_is_called(program: str, last: str, service: DevService) -> None:
    address = service.http if program == "with_boto3.py" else service.grpc
    done = subprocess.run(
        [sys.executable, EXAMPLE / program, address], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == last
