"""What was read recently: remembered for a second, unless this process changed something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from api.storage.recent import FRESH_SECONDS, RecentReads
from api.storage.store import Alias, Revision, Route, StateMachine, Version

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_REVISION = Revision(
    id="r",
    state_machine_name="m",
    initial=True,
    definition_hash="",
    role_arn="",
    timeout_seconds=None,
    logging={},
    tracing={},
    encryption={},
    variable_references={},
    created=_NOW,
)


class Source:
    """Counts reads; `writes` and what there is are the test's."""

    def __init__(self) -> None:
        self.writes = 0
        self.reads: list[str] = []
        self.machine: StateMachine | None = StateMachine(
            id="1", name="m", type="STANDARD", created=_NOW, revision=_REVISION
        )
        self.writes_while_reading = 0

    async def get_state_machine(self, name: str) -> StateMachine | None:
        self.reads.append(name)
        found = self.machine
        self.writes += self.writes_while_reading
        return found

    async def get_version(self, name: str, number: int) -> Version | None:
        self.reads.append(f"{name}:{number}")
        return Version(state_machine_name=name, number=number, revision=_REVISION, description=None, created=_NOW)

    async def get_alias(self, state_machine_name: str, name: str) -> Alias | None:
        self.reads.append(f"{state_machine_name}:{name}")
        return Alias(
            state_machine_name=state_machine_name,
            name=name,
            description=None,
            routes=(Route(1, 100),),
            created=_NOW,
            updated=_NOW,
        )


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_each_is_read_once_a_second() -> None:
    source, clock = Source(), Seconds()
    recent = RecentReads(source, clock)
    for _ in range(3):
        assert await recent.get_state_machine("m") == source.machine
        assert (await recent.get_version("m", 1)) is not None
        assert (await recent.get_alias("m", "1")) is not None
    assert source.reads == ["m", "m:1", "m:1"]
    clock.now = FRESH_SECONDS
    await recent.get_state_machine("m")
    assert source.reads == ["m", "m:1", "m:1", "m"]


async def test_a_change_counts_at_once() -> None:
    source = Source()
    recent = RecentReads(source, Seconds())
    before = await recent.get_state_machine("m")
    assert source.machine is not None
    source.machine = replace(source.machine, revision=replace(_REVISION, id="r2"))
    source.writes += 1
    after = await recent.get_state_machine("m")
    assert (before, after) != (after, after)
    assert after == source.machine


async def test_a_change_while_reading_is_not_missed() -> None:
    source = Source()
    source.writes_while_reading = 1
    recent = RecentReads(source, Seconds())
    for _ in range(2):
        await recent.get_state_machine("m")
    assert source.reads == ["m", "m"]


async def test_what_is_not_there_is_looked_for_again() -> None:
    source = Source()
    recent = RecentReads(source, Seconds())
    source.machine = None
    assert await recent.get_state_machine("m") is None
    source.machine = StateMachine(id="1", name="m", type="STANDARD", created=_NOW, revision=_REVISION)
    assert await recent.get_state_machine("m") == source.machine
