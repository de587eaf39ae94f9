"""The suite of access keys in `api.storage.access_keys.AccessKeyStore`, over every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from api.storage.access_keys import AccessKey
from api.storage.store import Store
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


async def test_what_can_change_is_replaced(store: Store) -> None:
    await store.create_access_key(key("A"))
    await store.create_access_key(key("B"))
    changed = replace(key("A"), verifier="new", policy={}, expires=None, disabled=True)
    assert await store.replace_access_key(replace(changed, user="eve", kind="certificate"))
    assert await store.get_access_key("A") == changed
    assert await store.get_access_key("B") == key("B")
    assert not await store.replace_access_key(key("C"))


async def test_are_deleted(store: Store) -> None:
    await store.create_access_key(key("A"))
    assert await store.delete_access_key("A")
    assert not await store.delete_access_key("A")
    assert await store.list_access_keys() == []
