"""The suite of `api.storage.used_signatures.UsedSignatureStore`, over every database."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from api.storage.sql import open_store
from api.storage.store import Store, StoreUnavailable
from api.storage.used_signatures import UsedSignature


def used(number: int, expires: int = 2_000_000_000_000) -> UsedSignature:
    return UsedSignature(expires, number.to_bytes(32))


async def test_each_is_new_once(store: Store) -> None:
    assert await store.use_signatures({used(2): 20, used(1): 10}) == {}
    assert await store.use_signatures({used(1): 30, used(3): 31}) == {used(1): 10}
    assert await store.use_signatures({used(3): 40, used(2): 40, used(1): 40}) == {
        used(1): 10,
        used(2): 20,
        used(3): 31,
    }


async def test_many_at_once(store: Store) -> None:
    many = {used(number): number for number in range(1_500)}
    assert await store.use_signatures(many) == {}
    assert await store.use_signatures({**many, used(1_500): 0}) == many


async def test_those_that_have_expired_are_forgotten(store: Store) -> None:
    old, last, good = used(1, 999), used(2, 1_000), used(3, 1_001)
    await store.use_signatures({old: 1, last: 2, good: 3})
    assert await store.use_signatures({used(4): 4}, forget_before=1_000) == {}
    assert await store.use_signatures({old: 5, last: 5, good: 5}) == {last: 2, good: 3}


async def test_of_processes_that_use_one_at_once_one_is_first(migrated: str) -> None:
    shared = [used(number) for number in range(40)]
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(migrated)) for _ in range(4)]
        orders = [shared, shared[::-1], shared[20:] + shared[:20], shared[::2] + shared[1::2]]
        calls = [store.use_signatures(dict.fromkeys(order, 1)) for store, order in zip(stores, orders, strict=True)]
        known = await asyncio.gather(*calls)
    assert sorted(each for one in known for each in shared if each not in one) == shared


@pytest.mark.parametrize(
    "url", ["sqlite:///{folder}/empty.db", "sqlite:///{folder}", "postgresql://postgres@127.0.0.1:1/none"]
)
async def test_a_database_that_cannot_be_used(url: str, tmp_path: Path) -> None:
    """SQLite has no schema yet, or its file is a folder, and PostgreSQL does not listen."""
    async with open_store(url.format(folder=tmp_path)) as store:
        with pytest.raises(StoreUnavailable):
            await store.use_signatures({used(1): 1})
