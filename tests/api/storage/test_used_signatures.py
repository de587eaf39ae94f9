"""The suite of `api.storage.used_signatures.UsedSignatureStore`, over every database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete

from api.storage.engine import create_engine
from api.storage.sql import open_store
from api.storage.sql_used_signatures import SqlUsedSignatures
from api.storage.store import Store, StoreUnavailable
from api.storage.tables import USED_SIGNATURES
from api.storage.used_signatures import UsedSignature
from tests.support.databases import new_postgres_database
from tests.support.postgres import PostgresServer


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
    assert await store.forget_signatures(before=1_000, most=10) == 1
    assert await store.use_signatures({old: 5, last: 5, good: 5}) == {last: 2, good: 3}


async def test_so_many_are_forgotten_at_once_the_oldest_first(store: Store) -> None:
    rows = [used(number, number) for number in range(1, 8)]
    await store.use_signatures(dict.fromkeys(rows, 1))
    assert [await store.forget_signatures(before=7, most=4) for _ in range(3)] == [4, 2, 0]
    assert await store.use_signatures(dict.fromkeys(rows, 2)) == {rows[-1]: 1}


async def test_processes_that_forget_at_once_do_so_once(migrated: str) -> None:
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(migrated)) for _ in range(4)]
        await stores[0].use_signatures({used(number, number): 1 for number in range(400)})
        parts = [store.forget_signatures(before=1_000, most=150) for store in stores for _ in range(3)]
        assert sum(await asyncio.gather(*parts)) + await stores[0].forget_signatures(before=1_000, most=400) == 400


async def test_what_another_process_is_at_is_passed_by(postgres: PostgresServer) -> None:
    """On PostgreSQL; with SQLite it would be waited for, and nobody be in the way for longer than a statement."""
    url = await new_postgres_database(postgres)
    rows = [used(number, number) for number in range(1, 4)]
    engine = create_engine(url)
    async with open_store(url) as store, engine.begin() as connection:
        await store.use_signatures(dict.fromkeys(rows, 1))
        await connection.execute(delete(USED_SIGNATURES).where(USED_SIGNATURES.c.expires == 1))
        assert await store.forget_signatures(before=1_000, most=10) == 2
    await engine.dispose()


async def test_one_that_is_removed_while_it_is_looked_up_was_known(migrated: str) -> None:
    """Another process removes it between the insert that finds it there and the query that asks since when."""

    class Swept(SqlUsedSignatures):
        async def _first_used(self, used: Sequence[UsedSignature]) -> dict[UsedSignature, int]:
            await self.forget_signatures(before=1_000, most=10)
            return await super()._first_used(used)

    engine = create_engine(migrated)
    store = Swept(engine)
    old, good = used(1, 999), used(2)
    await store.use_signatures({old: 1, good: 2})
    assert await store.use_signatures({old: 3, good: 3, used(3): 3}) == {old: 0, good: 2}
    await engine.dispose()


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
    before = threading.enumerate()
    async with open_store(url.format(folder=tmp_path)) as store:
        with pytest.raises(StoreUnavailable):
            await store.use_signatures({used(1): 1})
    for thread in set(threading.enumerate()).difference(before):
        thread.join(10)  # where aiosqlite cannot connect, its thread still tells the event loop of its end
