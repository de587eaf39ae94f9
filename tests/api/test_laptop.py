"""What `steploom dev` refuses before it starts anything, and which ports it chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api import laptop as module
from api.config import load_settings
from api.engine import RoleError
from api.laptop import LaptopOptions, laptop, serve_dev
from api.temporal_server import TemporalServer, TemporalServerError, free_ports


@pytest.mark.parametrize(
    "grpc_port, temporal_port, ui_port, told",
    [
        (18083, None, None, "--http-port and --grpc-port are both 18083; choose another for one of them."),
        (18084, None, 18083, "--http-port and --ui-port are both 18083"),
        (18084, 17233, 17233, "--temporal-port and --ui-port are both 17233"),
    ],
    ids=["doors", "door and UI", "server and UI"],
)
async def test_a_port_for_two_parts_is_refused(
    grpc_port: int, temporal_port: int | None, ui_port: int | None, told: str, tmp_path: Path
) -> None:
    settings = load_settings(http_port=18083, grpc_port=grpc_port)
    options = LaptopOptions(folder=tmp_path / "kept", temporal_port=temporal_port, ui_port=ui_port)
    with pytest.raises(RoleError, match=told):
        await serve_dev(settings, options, lambda *_: None)
    assert not (tmp_path / "kept").exists()


async def test_the_usual_ports_give_way_to_those_of_the_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    http, grpc, other = free_ports(3)
    asked: dict[str, Any] = {}

    async def start(**options: Any) -> TemporalServer:
        asked.update(options)
        raise TemporalServerError("that is enough")

    monkeypatch.setattr(TemporalServer, "start", start)
    for usual, chosen in (((http, grpc), (None, None)), ((other, grpc), (other, None))):
        monkeypatch.setattr(module, "_TEMPORAL_PORT", usual[0])
        monkeypatch.setattr(module, "_UI_PORT", usual[1])
        with pytest.raises(RoleError, match="that is enough"):
            async with laptop(load_settings(http_port=http, grpc_port=grpc), LaptopOptions(folder=None)):
                pass
        assert (asked["port"], asked["ui_port"]) == chosen


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RoleError, match=f"The folder {tmp_path}/file/kept cannot be used: Not a directory"):
        async with laptop(load_settings(), LaptopOptions(folder=tmp_path / "file" / "kept")):
            pass
