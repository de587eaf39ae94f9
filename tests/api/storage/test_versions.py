"""The suite of versions and aliases in `api.storage.store.Store`, over every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from api.storage import sql_aliases, sql_versions
from api.storage.store import Alias, LimitReached, NoSuchVersion, Publication, Revised, Route, Store, Version
from tests.api.storage.test_sql import NOW, TEXT, create, machine, revision

LATER = NOW + timedelta(seconds=1)


def publication(description: str | None = None) -> Publication:
    return Publication(description=description, created=NOW)


def version(number: int, revision_id: str = "r1", description: str | None = None) -> Version:
    return Version(
        state_machine_name="a",
        number=number,
        revision=revision("a", revision_id),
        description=description,
        created=NOW,
    )


def alias(name: str, *routes: Route, description: str | None = None) -> Alias:
    return Alias(state_machine_name="a", name=name, description=description, routes=routes, created=NOW, updated=NOW)


async def publish(store: Store, *numbers: int) -> None:
    """Make state machine `a` with a revision and a version for each of the numbers 1, 2, ..."""
    await create(store, "a")
    for number in numbers:
        if number > 1:
            assert await store.revise_state_machine(revision("a", f"r{number}"), f"a-r{number - 1}", None)
        assert await store.publish_version("a", f"a-r{number}", publication())


async def numbers(store: Store) -> list[int]:
    return [each.number for each in await store.list_versions("a", None, 1000)]


class TestVersions:
    async def test_with_the_creation(self, store: Store) -> None:
        assert await store.create_state_machine(machine("a"), TEXT, {}, publication("é"))
        assert await store.get_version("a", 1) == version(1, description="é")

    async def test_with_a_revision(self, store: Store) -> None:
        await create(store, "a")
        done = await store.revise_state_machine(revision("a", "r2"), "a-r1", None, publication())
        assert (done, await store.get_version("a", 1)) == (Revised(1), version(1, "r2"))

    async def test_of_the_current_revision(self, store: Store) -> None:
        await create(store, "a")
        assert await store.publish_version("a", "a-r1", publication("d")) == version(1, description="d")

    async def test_of_a_published_revision(self, store: Store) -> None:
        await publish(store, 1)
        assert await store.publish_version("a", "a-r1", publication("other")) == version(1)

    async def test_of_another_revision(self, store: Store) -> None:
        await publish(store, 1, 2)
        assert await store.publish_version("a", "a-r1", publication()) is None

    async def test_of_a_deleting_machine(self, store: Store) -> None:
        await create(store, "a")
        await store.mark_deleting("a", NOW)
        assert await store.publish_version("a", "a-r1", publication()) is None

    async def test_many_at_once_make_one(self, store: Store) -> None:
        await create(store, "a")
        made = await asyncio.gather(*(store.publish_version("a", "a-r1", publication()) for _ in range(10)))
        assert made == [version(1)] * 10

    async def test_numbers_are_not_used_again(self, store: Store) -> None:
        await publish(store, 1, 2)
        assert await store.delete_version("a", 2) == []
        again = await store.publish_version("a", "a-r2", publication())
        assert again == version(3, "r2")
        assert await numbers(store) == [3, 1]

    async def test_pages(self, store: Store) -> None:
        await publish(store, 1, 2, 3)
        assert [each.number for each in await store.list_versions("a", None, 2)] == [3, 2]
        assert [each.number for each in await store.list_versions("a", 2, 2)] == [1]

    async def test_as_many_as_there_may_be(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql_versions, "_MOST_VERSIONS", 2)
        await publish(store, 1, 2)
        with pytest.raises(LimitReached):
            await store.revise_state_machine(revision("a", "r3"), "a-r2", None, publication())
        found = await store.get_state_machine("a")
        assert found is not None
        assert (found.revision.id, await numbers(store)) == ("a-r2", [2, 1])

    async def test_go_with_their_machine(self, store: Store) -> None:
        await publish(store, 1)
        await store.create_alias(alias("x", Route(1, 100)))
        await store.mark_deleting("a", NOW)
        await store.remove_state_machine("id-a")
        assert await numbers(store) == []
        assert await store.list_aliases("a") == []
        assert await store.get_revision("a-r1") == revision("a")


class TestAliases:
    async def test_are_kept(self, store: Store) -> None:
        await publish(store, 1, 2)
        made = alias("x", Route(1, 30), Route(2, 70), description="é")
        assert await store.create_alias(made) == made
        assert await store.get_alias("a", "x") == made
        assert await store.get_alias("a", "y") is None

    async def test_names_are_taken_once(self, store: Store) -> None:
        await publish(store, 1, 2)
        first = alias("x", Route(1, 100))
        await store.create_alias(first)
        assert await store.create_alias(alias("x", Route(2, 100))) == first

    async def test_need_their_versions(self, store: Store) -> None:
        await publish(store, 1)
        with pytest.raises(NoSuchVersion):
            await store.create_alias(alias("x", Route(1, 50), Route(2, 50)))
        await store.create_alias(alias("x", Route(1, 100)))
        with pytest.raises(NoSuchVersion):
            await store.update_alias("a", "x", None, [Route(2, 100)], LATER)
        assert await store.get_alias("a", "x") == alias("x", Route(1, 100))

    async def test_keep_their_versions(self, store: Store) -> None:
        await publish(store, 1, 2)
        for name in ("y", "x"):
            await store.create_alias(alias(name, Route(1, 0), Route(2, 100)))
        assert await store.delete_version("a", 1) == ["x", "y"]
        assert await numbers(store) == [2, 1]

    async def test_change_in_parts(self, store: Store) -> None:
        await publish(store, 1, 2)
        await store.create_alias(alias("x", Route(1, 100), description="d"))
        routed = await store.update_alias("a", "x", None, [Route(2, 100)], LATER)
        assert routed is not None
        assert (routed.routes, routed.description, routed.updated) == ((Route(2, 100),), "d", LATER)
        described = await store.update_alias("a", "x", "e", None, LATER)
        assert described is not None
        assert (described.routes, described.description, described.created) == ((Route(2, 100),), "e", NOW)
        assert await store.update_alias("a", "none", "e", None, LATER) is None

    async def test_are_listed_by_age(self, store: Store) -> None:
        await publish(store, 1)
        await store.create_alias(replace(alias("a1", Route(1, 100)), created=LATER))
        await store.create_alias(alias("b1", Route(1, 100)))
        assert [each.name for each in await store.list_aliases("a")] == ["b1", "a1"]
        await store.delete_alias("a", "b1")
        await store.delete_alias("a", "b1")
        assert [each.name for each in await store.list_aliases("a")] == ["a1"]

    async def test_as_many_as_there_may_be(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql_aliases, "_MOST_ALIASES", 1)
        await publish(store, 1)
        await store.create_alias(alias("x", Route(1, 100)))
        with pytest.raises(LimitReached):
            await store.create_alias(alias("y", Route(1, 100)))

    async def test_no_version_goes_while_an_alias_is_made(self, store: Store) -> None:
        await publish(store, 1)
        made, naming = await asyncio.gather(
            store.create_alias(alias("x", Route(1, 100))), store.delete_version("a", 1), return_exceptions=True
        )
        assert (isinstance(made, NoSuchVersion), naming) in ((True, []), (False, ["x"]))
