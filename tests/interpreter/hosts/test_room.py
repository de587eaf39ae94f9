from dataclasses import dataclass

import pytest

from interpreter.effects import Room
from interpreter.hosts.room import Mode, room_left


@dataclass(frozen=True)
class Case:
    id: str
    expected: Room
    mode: Mode = "native"
    engine: int = 3
    events: int = 100
    size_bytes: int = 100_000
    suggested: bool = False


@pytest.mark.parametrize(
    "case",
    [
        Case("short", "plenty"),
        Case("as Temporal suggests", "little", suggested=True),
        Case("one run, wherever it can hold the execution", "plenty", mode="aws", suggested=True),
        Case("many events", "little", mode="aws", events=40_000),
        Case("many bytes", "little", mode="aws", size_bytes=38_000_000),
        Case("nearly as many events as Temporal takes", "none", events=45_000),
        Case("nearly as many bytes as Temporal takes", "none", size_bytes=46_000_000),
        Case("an execution of an earlier release", "plenty", engine=2, events=51_000, suggested=True),
    ],
    ids=lambda case: case.id,
)
def test_room_left(case: Case) -> None:
    room = room_left(case.mode, case.engine, events=case.events, size_bytes=case.size_bytes, suggested=case.suggested)
    assert room == case.expected
