"""The suite of connections in `api.storage.store.Store`, over every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from api.storage.connections import StoredConnection
from api.storage.store import Store
from tests.api.storage.test_sql import NOW


def connection(name: str) -> StoredConnection:
    return StoredConnection(
        name=name,
        id="7a1cf3b2-4d8e-4c55-9a0e-2f6f4d3b1c11",
        description=None,
        authorization_type="BASIC",
        shown={"BasicAuthParameters": {"Username": "me"}},
        sealed="gAAA",
        state="AUTHORIZED",
        created=NOW,
        modified=NOW,
        authorized=NOW,
    )


async def names(store: Store, prefix: str = "", state: str | None = None, after: str | None = None) -> list[str]:
    return [found.name for found in await store.list_connections(prefix, state, after, 10)]


async def test_are_kept_once(store: Store) -> None:
    assert await store.create_connection(connection("a"))
    assert not await store.create_connection(replace(connection("a"), description="another"))
    assert await store.get_connection("a") == connection("a")
    assert await store.get_connection("b") is None


async def test_lists(store: Store) -> None:
    for name in ("b", "a.1", "a_1", "aX", "A"):
        await store.create_connection(connection(name))
    await store.create_connection(replace(connection("a-1"), state="DEAUTHORIZED", authorized=None))
    assert await names(store) == ["A", "a-1", "a.1", "aX", "a_1", "b"]
    assert await names(store, prefix="a") == ["a-1", "a.1", "aX", "a_1"]
    assert await names(store, prefix="a_") == ["a_1"]
    assert await names(store, state="DEAUTHORIZED") == ["a-1"]
    assert await names(store, prefix="a", after="a.1") == ["aX", "a_1"]
    assert len(await store.list_connections("", None, None, 2)) == 2


async def test_changes_of_others_are_not_overwritten(store: Store) -> None:
    await store.create_connection(connection("a"))
    changed = replace(connection("a"), sealed="", state="DEAUTHORIZED", modified=NOW + timedelta(seconds=1))
    assert not await store.replace_connection(changed, NOW - timedelta(seconds=1))
    assert not await store.replace_connection(replace(changed, id="another"), NOW)
    assert await store.replace_connection(changed, NOW)
    assert await store.get_connection("a") == changed


async def test_deletion(store: Store) -> None:
    await store.create_connection(connection("a"))
    assert await store.delete_connection("a") == connection("a")
    assert await store.delete_connection("a") is None
    assert await store.get_connection("a") is None
