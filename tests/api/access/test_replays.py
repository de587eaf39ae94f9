"""Each signed request is accepted once: what is remembered where, how long, and how many are noted together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from api.access.errors import InvalidSignatureException
from api.access.replays import UsedSignatures, numbers_of
from api.access.sigv4 import HttpRequest, Signature
from api.service.errors import ServiceUnavailable
from api.storage.store import StoreUnavailable
from api.storage.used_signatures import UsedSignature

NOW = datetime(2026, 11, 22, 23, 59, 0, tzinfo=UTC)
REPLAYED = "Signature already used: a signed request is accepted once, and this one has come before. Sign it anew to "


@dataclass
class Noted:
    """Signatures in memory, as a database has them; answers when it is let."""

    used: dict[UsedSignature, int] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    available: bool = True
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def use_signatures(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        await self.let.wait()
        if not self.available:
            raise StoreUnavailable("the database does not answer")
        self.batches.append(len(used))
        known = {each: self.used[each] for each in used if each in self.used}
        self.used = {**used, **self.used}
        return known

    async def forget_signatures(self, *, before: int, most: int) -> int:
        raise NotImplementedError


@dataclass
class World:
    """One database, and processes that use it, at a time to set."""

    noted: Noted = field(default_factory=Noted)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.noted.let.set()

    def process(self, most_remembered: int = 100) -> UsedSignatures:
        return UsedSignatures(self.noted, lambda: self.now, most_remembered=most_remembered)

    def signature(self, number: int = 0) -> Signature:
        return Signature("STPL", "", "", "", "", "", f"{number:064x}", "", self.now)


@pytest.fixture
def world() -> World:
    return World()


async def accept(process: UsedSignatures, signature: Signature, numbers: str = "", *, lasting: bool = True) -> None:
    process.use(signature, numbers)
    if lasting:
        await process.note(signature, numbers)


async def refused(process: UsedSignatures, signature: Signature, numbers: str = "", *, lasting: bool = True) -> bool:
    try:
        await accept(process, signature, numbers, lasting=lasting)
    except InvalidSignatureException as error:
        return error.message.startswith(REPLAYED)
    return False


@pytest.mark.parametrize("lasting", [True, False], ids=["a change", "a question"])
async def test_a_process_accepts_each_once(world: World, lasting: bool) -> None:
    process = world.process()
    assert not await refused(process, world.signature(1), lasting=lasting)
    assert not await refused(process, world.signature(2), lasting=lasting)
    assert await refused(process, world.signature(1), lasting=lasting)
    assert len(world.noted.used) == (2 if lasting else 0)


async def test_a_change_is_accepted_by_one_of_all_processes(world: World) -> None:
    assert not await refused(world.process(), world.signature(), lasting=True)
    assert await refused(world.process(), world.signature(), lasting=True)


@dataclass(frozen=True)
class Case:
    """The numbers of a request, and of another one with its signature some seconds later."""

    name: str
    first: str
    second: str
    refused: bool
    seconds: float = 0


CASES = [
    Case("another number at once", "id:1", "id:2", refused=False),
    Case("another number in a moment", "id:1", "id:2", seconds=5, refused=False),
    Case("another number later", "id:1", "id:2", seconds=5.001, refused=True),
    Case("the same number", "id:1", "id:1", refused=True),
    Case("the number taken away", "id:1", "", refused=True),
    Case("a number put in", "", "id:1", refused=True),
]


@pytest.mark.parametrize("place", ["a question", "a change", "a change at another process"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_numbers_that_are_not_signed(world: World, case: Case, place: str) -> None:
    process, signature, lasting = world.process(), world.signature(), place != "a question"
    await accept(process, signature, case.first, lasting=lasting)
    world.now += timedelta(seconds=case.seconds)
    second = world.process() if place == "a change at another process" else process
    assert await refused(second, signature, case.second, lasting=lasting) is case.refused


@pytest.mark.parametrize(
    "signed, sent, numbers",
    [
        ("host", {"amz-sdk-invocation-id": "a", "amz-sdk-request": "attempt=1"},
         "amz-sdk-invocation-id:a\namz-sdk-request:attempt=1"),
        ("host", {"aws-sdk-invocation-id": "a", "aws-sdk-retry": "1/0"}, "aws-sdk-invocation-id:a\naws-sdk-retry:1/0"),
        ("amz-sdk-invocation-id;amz-sdk-request;host",
         {"amz-sdk-invocation-id": "a", "amz-sdk-request": "attempt=1"}, ""),
        ("host", {"x-request-id": "a"}, ""),
    ],
    ids=["botocore", "the SDK for PHP", "signed", "none"],
)  # fmt: skip
def test_what_numbers_a_request(signed: str, sent: dict[str, str], numbers: str) -> None:
    request = HttpRequest("POST", "/", "", {name: [value] for name, value in sent.items()})
    assert numbers_of(request, Signature("STPL", "", "", "", "", signed, "0" * 64, "", NOW)) == numbers


async def test_those_that_come_meanwhile_are_noted_together(world: World) -> None:
    process = world.process()
    world.noted.let.clear()
    first = asyncio.create_task(accept(process, world.signature(0)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(accept(process, world.signature(each))) for each in range(1, 11)]
    again = asyncio.create_task(refused(process, world.signature(5), lasting=True))
    await asyncio.sleep(0)
    world.noted.let.set()
    await asyncio.gather(first, *others)
    assert await again
    assert world.noted.batches == [1, 10]


async def test_a_caller_who_goes_leaves_the_others_alone(world: World) -> None:
    process = world.process()
    world.noted.let.clear()
    gone, stays = (asyncio.create_task(accept(process, world.signature(each))) for each in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    world.noted.let.set()
    await stays
    assert len(world.noted.used) == 2


async def test_nothing_is_accepted_while_the_database_does_not_answer(world: World) -> None:
    process = world.process()
    world.noted.available = False
    with pytest.raises(ServiceUnavailable, match="the database does not answer"):
        await accept(process, world.signature())
    world.noted.available = True
    assert await refused(process, world.signature(), lasting=True), "its caller has been answered"


async def test_what_is_remembered_is_bounded(world: World) -> None:
    process = world.process(most_remembered=3)
    for each in range(4):
        assert not await refused(process, world.signature(each), lasting=False)
    assert [await refused(process, world.signature(each), lasting=False) for each in (1, 2, 3)] == [True] * 3
    assert not await refused(process, world.signature(0), lasting=False)


async def test_a_clock_that_jumps_past_the_end_of_all_that_is_remembered(world: World) -> None:
    """Also of the request itself, whose signature was good a moment ago."""
    process = world.process()
    await accept(process, world.signature(1))
    late = world.signature(2)
    world.now += timedelta(hours=1)
    await accept(process, late)
    assert not await refused(process, world.signature(3))
    assert await refused(process, world.signature(3))
    assert await refused(world.process(), late)


async def test_the_database_may_forget_what_no_clock_accepts_any_more(world: World) -> None:
    await accept(world.process(), world.signature())
    (noted,) = world.noted.used
    assert noted.expires == int((NOW + timedelta(minutes=20)).timestamp() * 1000)


async def test_what_is_stored_is_not_noted_again(world: World) -> None:
    """Of equal calls within a second each but the first is one row, and a signature is looked up no more."""
    process, signature = world.process(), world.signature()
    for number in range(3):
        await accept(process, signature, f"id:{number}")
    assert world.noted.batches == [2, 1, 1]


async def test_what_another_process_has_noted_counts_from_then_on(world: World) -> None:
    signature = world.signature()
    await accept(world.process(), signature, "id:1")
    world.now += timedelta(seconds=4)
    process = world.process()
    await accept(process, signature, "id:2")
    world.now += timedelta(seconds=2)
    assert await refused(process, signature, "id:3")


async def test_a_signature_that_could_not_be_noted_is_noted_with_the_next_request(world: World) -> None:
    process, signature = world.process(), world.signature()
    world.noted.available = False
    with pytest.raises(ServiceUnavailable):
        await accept(process, signature, "id:1")
    world.noted.available = True
    await accept(process, signature, "id:2")
    world.now += timedelta(seconds=6)
    assert await refused(world.process(), signature, "id:3")
