"""The suite of `api.storage.store.Store`, over every database."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from api.storage.sql import open_store
from api.storage.store import Revision, StateMachine, Store
from interpreter.values import JsonValue

NOW = datetime(2026, 11, 22, 21, 30, 0, 123_000, tzinfo=UTC)
TEXT = '{"StartAt": "Å\\u0000", "States": {}}'


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def revision(name: str, id_: str = "r1", text: str = TEXT, created: datetime = NOW) -> Revision:
    logging: dict[str, JsonValue] = {"level": "OFF", "destinations": []}
    return Revision(
        id=f"{name}-{id_}",
        state_machine_name=name,
        initial=id_ == "r1",
        definition_hash=digest(text),
        role_arn="arn:aws:iam::123456789012:role/r",
        timeout_seconds=60,
        logging=logging,
        tracing={"enabled": False},
        encryption={"type": "AWS_OWNED_KEY"},
        variable_references={"A": ["x", "é"]},
        created=created,
    )


def machine(name: str) -> StateMachine:
    return StateMachine(id=f"id-{name}", name=name, type="STANDARD", created=NOW, revision=revision(name))


async def create(store: Store, *names: str) -> None:
    for name in names:
        assert await store.create_state_machine(machine(name), TEXT, {})


class TestDefinitions:
    async def test_are_kept_byte_for_byte(self, store: Store) -> None:
        hash_ = await store.put_definition(TEXT)
        assert (hash_, await store.get_definition(hash_)) == (digest(TEXT), TEXT)

    async def test_may_be_put_again(self, store: Store) -> None:
        assert await store.put_definition(TEXT) == await store.put_definition(TEXT)

    async def test_unknown(self, store: Store) -> None:
        assert await store.get_definition("0" * 64) is None

    async def test_of_a_megabyte(self, store: Store) -> None:
        text = "x" * 1_048_576
        assert await store.get_definition(await store.put_definition(text)) == text


@dataclass(frozen=True)
class PayloadCase:
    name: str
    payloads: Sequence[bytes]


PAYLOADS = [
    PayloadCase("none", []),
    PayloadCase("one", [b"\x00\xff"]),
    PayloadCase("equal ones", [b"b", b"a", b"b"]),
    PayloadCase("more than a statement holds", [str(number).encode() for number in range(1200)]),
    PayloadCase("a large one", [b"x" * 3_000_000]),
]


class TestPayloads:
    @pytest.mark.parametrize("case", PAYLOADS, ids=lambda case: case.name)
    async def test_come_back_in_order(self, store: Store, case: PayloadCase) -> None:
        hashes = await store.put_payloads(case.payloads)
        assert list(hashes) == [hashlib.sha256(data).hexdigest() for data in case.payloads]
        assert list(await store.get_payloads(hashes)) == list(case.payloads)

    async def test_may_be_put_again(self, store: Store) -> None:
        assert await store.put_payloads([b"a"]) == await store.put_payloads([b"a"])

    async def test_missing_one_is_named(self, store: Store) -> None:
        (kept,) = await store.put_payloads([b"a"])
        with pytest.raises(KeyError, match="f" * 64):
            await store.get_payloads([kept, "f" * 64])

    async def test_put_at_once(self, store: Store) -> None:
        blobs = [bytes([number]) for number in range(20)]
        answers = await asyncio.gather(*(store.put_payloads(blobs[shift:] + blobs[:shift]) for shift in range(10)))
        assert list(await store.get_payloads(answers[3])) == blobs[3:] + blobs[:3]


class TestStateMachines:
    async def test_comes_back_whole(self, store: Store) -> None:
        await create(store, "Ünicode")
        assert await store.get_state_machine("Ünicode") == machine("Ünicode")
        assert await store.get_definition(digest(TEXT)) == TEXT

    async def test_unknown(self, store: Store) -> None:
        assert await store.get_state_machine("none") is None

    async def test_names_are_taken_once(self, store: Store) -> None:
        await create(store, "a")
        other = replace(machine("a"), id="other", revision=revision("a", "r9", "other text"))
        assert not await store.create_state_machine(other, "other text", {"k": "v"})
        assert await store.get_state_machine("a") == machine("a")
        assert await store.get_definition(digest("other text")) is None
        assert await store.get_tags("state machine", "a") == {}

    async def test_one_of_many_creators_wins(self, store: Store) -> None:
        machines = [replace(machine("a"), id=str(n), revision=revision("a", f"r{n}")) for n in range(10)]
        made = await asyncio.gather(*(store.create_state_machine(each, TEXT, {}) for each in machines))
        assert sorted(made) == [False] * 9 + [True]
        assert await store.get_state_machine("a") == machines[made.index(True)]

    async def test_tags(self, store: Store) -> None:
        await store.create_state_machine(machine("a"), TEXT, {"b": "", "a": "é"})
        assert await store.get_tags("state machine", "a") == {"a": "é", "b": ""}

    async def test_survive_a_restart(self, migrated: str, store: Store) -> None:
        await create(store, "a")
        async with open_store(migrated) as again:
            assert await again.get_state_machine("a") == machine("a")


class TestListStateMachines:
    async def test_pages_by_bytes_of_names(self, store: Store) -> None:
        names = ["b", "a", "B", "é", "a-b", "a.b", "ab", "_", "Z", "\U0001d49c", "ﬀ"]
        await create(store, *names)
        listed: list[str] = []
        while page := await store.list_state_machines(listed[-1] if listed else None, 3):
            assert len(page) <= 3
            listed += [each.name for each in page]
        assert listed == sorted(names, key=str.encode)


class TestRevisions:
    async def test_replaces_the_expected_one(self, store: Store) -> None:
        await create(store, "a")
        second = revision("a", "r2", "second", NOW + timedelta(seconds=1))
        assert await store.revise_state_machine(second, "a-r1", "second")
        found = await store.get_state_machine("a")
        assert found is not None
        assert (found.revision, found.created) == (second, NOW)
        assert await store.get_definition(digest("second")) == "second"

    async def test_refuses_a_stale_one(self, store: Store) -> None:
        await create(store, "a")
        second, third = (revision("a", name, name) for name in ("r2", "r3"))
        done = await asyncio.gather(
            store.revise_state_machine(second, "a-r1", "r2"), store.revise_state_machine(third, "a-r1", "r3")
        )
        assert sorted(each is not None for each in done) == [False, True]
        lost = "r3" if done[0] else "r2"
        assert await store.get_definition(digest(lost)) is None

    async def test_refuses_a_deleting_machine(self, store: Store) -> None:
        await create(store, "a")
        await store.mark_deleting("a", NOW)
        assert not await store.revise_state_machine(revision("a", "r2"), "a-r1", None)


class TestFindRevision:
    async def found(self, store: Store, at: datetime, text: str = TEXT) -> str | None:
        role = "arn:aws:iam::123456789012:role/r"
        revision = await store.find_revision("a", digest(text), role, at)
        return None if revision is None else revision.id

    async def test_by_time(self, store: Store) -> None:
        await create(store, "a")
        for number, text in (("r2", "other"), ("r3", TEXT)):
            later = NOW + timedelta(minutes=int(number[1]))
            current = await store.get_state_machine("a")
            assert current is not None
            assert await store.revise_state_machine(revision("a", number, text, later), current.revision.id, text)
        assert await self.found(store, NOW) == "a-r1"
        assert await self.found(store, NOW + timedelta(minutes=2, seconds=30)) == "a-r1"
        assert await self.found(store, NOW + timedelta(minutes=2, seconds=30), "other") == "a-r2"
        assert await self.found(store, NOW + timedelta(minutes=3)) == "a-r3"
        assert await self.found(store, NOW - timedelta(seconds=1)) == "a-r1"
        assert await self.found(store, NOW, "unknown") is None

    async def test_outlives_the_machine(self, store: Store) -> None:
        await create(store, "a")
        await store.mark_deleting("a", NOW)
        await store.remove_state_machine("id-a")
        assert await self.found(store, NOW) == "a-r1"


class TestDeletion:
    async def test_marks_then_removes(self, store: Store) -> None:
        await store.create_state_machine(machine("a"), TEXT, {"k": "v"})
        await create(store, "b")
        await store.mark_deleting("a", NOW)
        await store.mark_deleting("a", NOW + timedelta(hours=1))
        await store.mark_deleting("none", NOW)
        marked = replace(machine("a"), deleting_since=NOW)
        assert await store.get_state_machine("a") == marked
        assert list(await store.list_deleting()) == [marked]
        await store.remove_state_machine("id-a")
        assert await store.get_state_machine("a") is None
        assert await store.get_tags("state machine", "a") is None
        assert await store.get_state_machine("b") == machine("b")

    async def test_removes_only_what_is_marked(self, store: Store) -> None:
        await create(store, "a")
        await store.remove_state_machine("id-a")
        assert await store.get_state_machine("a") == machine("a")

    async def test_an_earlier_machine_of_the_name_is_not_meant(self, store: Store) -> None:
        await create(store, "a")
        await store.mark_deleting("a", NOW)
        await store.remove_state_machine("id of an earlier one")
        assert await store.get_state_machine("a") is not None


async def test_ping(store: Store) -> None:
    await store.ping()
