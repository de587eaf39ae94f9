"""What a process reaches others with is closed with it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from api.config import load_settings
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
