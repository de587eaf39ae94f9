"""The suite of activities and tags in `api.storage.store.Store`, over every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.storage.store import Activity, LimitReached, Store, TagOwner
from tests.api.storage.test_sql import NOW, create

OWNERS: list[TagOwner] = ["state machine", "activity"]


def activity(name: str) -> Activity:
    return Activity(name=name, encryption={"type": "AWS_OWNED_KEY"}, created=NOW)


async def make(store: Store, owner: TagOwner, name: str) -> None:
    if owner == "activity":
        await store.create_activity(activity(name), {})
    else:
        await create(store, name)


class TestActivities:
    async def test_are_kept(self, store: Store) -> None:
        assert await store.create_activity(activity("a"), {"k": "v"}) == activity("a")
        assert await store.get_activity("a") == activity("a")
        assert await store.get_tags("activity", "a") == {"k": "v"}
        assert await store.get_activity("b") is None

    async def test_names_are_taken_once(self, store: Store) -> None:
        await store.create_activity(activity("a"), {"k": "v"})
        other = replace(activity("a"), created=NOW + timedelta(hours=1))
        assert await store.create_activity(other, {"k": "w"}) == activity("a")
        assert await store.get_tags("activity", "a") == {"k": "v"}

    async def test_pages_by_bytes_of_names(self, store: Store) -> None:
        names = ["b", "a", "B", "é", "\U0001d49c", "ﬀ", "_"]
        for name in names:
            await store.create_activity(activity(name), {})
        listed: list[str] = []
        while page := await store.list_activities(listed[-1] if listed else None, 3):
            assert len(page) <= 3
            listed += [each.name for each in page]
        assert listed == sorted(names, key=str.encode)

    async def test_are_deleted_with_their_tags(self, store: Store) -> None:
        await store.create_activity(activity("a"), {"k": "v"})
        await store.delete_activity("a")
        await store.delete_activity("a")
        assert await store.get_activity("a") is None
        assert await store.get_tags("activity", "a") is None


@pytest.mark.parametrize("owner", OWNERS)
class TestTags:
    async def test_are_added_and_changed(self, store: Store, owner: TagOwner) -> None:
        await make(store, owner, "a")
        assert await store.put_tags(owner, "a", {"k": "v", "l": ""})
        assert await store.put_tags(owner, "a", {"k": "w"})
        assert await store.put_tags(owner, "a", {})
        assert await store.get_tags(owner, "a") == {"k": "w", "l": ""}

    async def test_are_removed(self, store: Store, owner: TagOwner) -> None:
        await make(store, owner, "a")
        await store.put_tags(owner, "a", {"k": "v", "l": "w"})
        assert await store.remove_tags(owner, "a", ["k", "k", "none"])
        assert await store.get_tags(owner, "a") == {"l": "w"}

    async def test_of_no_resource(self, store: Store, owner: TagOwner) -> None:
        await make(store, "activity" if owner == "state machine" else "state machine", "a")
        assert await store.get_tags(owner, "a") is None
        assert not await store.put_tags(owner, "a", {"k": "v"})
        assert not await store.remove_tags(owner, "a", ["k"])

    async def test_are_fifty_at_most(self, store: Store, owner: TagOwner) -> None:
        await make(store, owner, "a")
        most = {f"k{number}": "v" for number in range(50)}
        assert await store.put_tags(owner, "a", most)
        assert await store.put_tags(owner, "a", {"k1": "w"})
        with pytest.raises(LimitReached):
            await store.put_tags(owner, "a", {"k1": "x", "k50": "v"})
        assert await store.get_tags(owner, "a") == most | {"k1": "w"}
