"""What the role `api` refuses before it asks Temporal for anything."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from api.config import load_settings
from api.doors import serve_api
from api.engine import RoleError
from api.temporal_server import LOOPBACK, free_ports


@pytest.mark.parametrize("door", ["http", "grpc"])
async def test_a_taken_port_is_told_while_temporal_is_away(door: str) -> None:
    (temporal,) = free_ports(1)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports: dict[str, Any] = {"http_port": 0, "grpc_port": 0, f"{door}_port": port}
        told = rf"(?i)^The {door} door cannot listen on .*: port {port} is in use; choose another with --{door}-port"
        with pytest.raises(RoleError, match=told):
            await serve_api(load_settings(**ports), {"target_host": f"{LOOPBACK}:{temporal}"}, lambda _: None)
