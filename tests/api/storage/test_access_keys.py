"""The suite of access keys in `api.storage.access_keys.AccessKeyStore`, over every database."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from api.access.sealing import SealingError
from api.storage.access_keys import AccessKey
from api.storage.sql import open_store
from api.storage.store import Store
from interpreter.values import JsonValue
from tests.api.storage.test_sql import NOW


def key(id_: str, verifier: str | None = None, age_seconds: int = 0) -> AccessKey:
    return AccessKey(
        id=id_,
        user="ädä",
        kind="token",
        verifier=verifier or f"hash of {id_}",
        policy={"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        created=NOW - timedelta(seconds=age_seconds),
        expires=NOW + timedelta(days=1),
    )


async def test_are_kept(store: Store) -> None:
    assert await store.create_access_key(key("A"))
    assert await store.get_access_key("A") == key("A")
    assert await store.get_access_key("a") is None
    assert await store.find_access_key("token", "hash of A") == key("A")
    assert await store.find_access_key("signature", "hash of A") is None


async def test_ids_are_taken_once(store: Store) -> None:
    assert await store.create_access_key(key("A"))
    assert not await store.create_access_key(replace(key("A", "another hash"), user="eve"))
    assert await store.list_access_keys() == [key("A")]


async def test_verifiers_are_taken_once_for_each_kind(store: Store) -> None:
    assert await store.create_access_key(key("A", "same"))
    assert not await store.create_access_key(key("B", "same"))
    assert await store.create_access_key(replace(key("C", "same"), kind="certificate"))


async def test_the_oldest_is_listed_first(store: Store) -> None:
    for each in (key("B", age_seconds=1), key("C"), key("A"), key("D", age_seconds=9)):
        await store.create_access_key(each)
    assert [each.id for each in await store.list_access_keys()] == ["D", "B", "A", "C"]


async def test_what_can_change_is_changed(store: Store) -> None:
    await store.create_access_key(key("A"))
    await store.create_access_key(key("B"))

    def change(old: AccessKey) -> AccessKey:
        return replace(old, verifier="new", policy={}, expires=None, disabled=True)

    assert await store.change_access_key("A", change) == change(key("A"))
    assert await store.get_access_key("A") == change(key("A"))
    assert await store.get_access_key("B") == key("B")
    assert await store.change_access_key("C", change) is None


async def test_changes_at_once_are_all_made(migrated: str) -> None:
    """As by several commands: each from a process, and so from a store, of its own."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(migrated)) for _ in range(8)]
        await stores[0].create_access_key(replace(key("A"), policy={"Statement": []}))

        async def add(number: int) -> None:
            def change(old: AccessKey) -> AccessKey:
                return replace(old, policy={"Statement": [*cast("list[JsonValue]", old.policy["Statement"]), number]})

            await stores[number].change_access_key("A", change)

        await asyncio.gather(*(add(number) for number in range(len(stores))))
        found = await stores[0].get_access_key("A")
    assert found is not None
    assert sorted(cast("list[int]", found.policy["Statement"])) == [*range(8)]


async def test_a_change_that_cannot_be_made_leaves_the_key_as_it_was(store: Store) -> None:
    def change(_: AccessKey) -> AccessKey:
        raise SealingError("no")

    await store.create_access_key(key("A"))
    with pytest.raises(SealingError):
        await store.change_access_key("A", change)
    assert await store.get_access_key("A") == key("A")


async def test_are_deleted(store: Store) -> None:
    await store.create_access_key(key("A"))
    assert await store.delete_access_key("A")
    assert not await store.delete_access_key("A")
    assert await store.list_access_keys() == []
