"""What a process reaches others with is closed with it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from api.config import ConfigurationError, load_settings
from api.means import means_of
from api.storage.connections import ConnectionStore
from tests.support.fake_kubernetes import fake_kubernetes


async def test_everything_is_closed(tmp_path: Path) -> None:
    with fake_kubernetes() as cluster:
        settings = load_settings(
            log_groups={"*": {"folder": str(tmp_path)}}, kubernetes_clusters={"default": {"server": cluster.url}}
        )
        store = cast(ConnectionStore, object())  # nothing asks for a connection
        async with means_of(settings, store) as means:
            means.log_groups.write("group", [b"line"])
            assert [*means.connectors.jobs] == [("kubernetes", "job"), ("eks", "runJob")]
            assert means.log_groups._files
    assert not means.log_groups._files
    assert means.urls._session.closed


async def test_a_log_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load_settings(log_groups={"*": "stdout", "orders": {"folder": f"{tmp_path}/file/logs"}})
    with pytest.raises(ConfigurationError) as refused:
        async with means_of(settings, cast(ConnectionStore, object())):
            pass
    told = f"log_groups (STEPLOOM_LOG_GROUPS): {tmp_path}/file/logs cannot be written: Not a directory"
    assert str(refused.value) == told
