"""Every test is run once, by workers that know what comes next, also where a worker dies."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.scheduling import FIRST, TOGETHER, LongestFirst, unit_of

MODULES = {FIRST[1]: 1, "tests/a.py": 4, "tests/b.py": 3, "tests/c.py": 1, FIRST[0]: 1}
COLLECTED = [f"{module}::test_{number}" for module, count in MODULES.items() for number in range(count)]


@dataclass(eq=False)
class Node:
    """A worker that runs a test when it knows of another one after it, or that there is none, as xdist's do."""

    name: str
    queue: list[int] = field(default_factory=list)
    shutting_down: bool = False
    ran: list[str] = field(default_factory=list)

    @property
    def gateway(self) -> SimpleNamespace:
        return SimpleNamespace(id=self.name)

    def send_runtest_some(self, indices: list[int]) -> None:
        self.queue += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    def step(self, scheduler: LongestFirst) -> bool:
        """Run a test, if one can be run."""
        if len(self.queue) < (1 if self.shutting_down else 2):
            return False
        index = self.queue.pop(0)
        self.ran.append(COLLECTED[index])
        scheduler.mark_test_complete(cast(Any, self), index)
        return True


def joined(scheduler: LongestFirst, *names: str) -> list[Node]:
    """New workers; the last one that joins sets everything in motion."""
    nodes = [Node(name) for name in names]
    for node in nodes:
        scheduler.add_node(cast(Any, node))
    for node in nodes:
        scheduler.add_node_collection(cast(Any, node), COLLECTED)
    scheduler.schedule()
    return nodes


def started(workers: int) -> tuple[LongestFirst, list[Node]]:
    config = SimpleNamespace(getvalue=lambda _: ["popen"] * workers, option=SimpleNamespace(loadscopereorder=True))
    scheduler = LongestFirst(cast(Any, config))
    return scheduler, joined(scheduler, *(f"gw{number}" for number in range(workers)))


def run(scheduler: LongestFirst, *nodes: Node) -> None:
    """Go on until nobody has anything to run."""
    while sum(node.step(scheduler) for node in nodes):
        pass


def units(tests: list[str]) -> list[str]:
    return list(dict.fromkeys(unit_of(test) for test in tests))


def test_those_that_take_long_come_first() -> None:
    scheduler, (node,) = started(1)
    run(scheduler, node)
    assert units(node.ran) == [*FIRST[:2], "tests/a.py", "tests/b.py", "tests/c.py"]
    assert (sorted(node.ran), node.shutting_down) == (sorted(COLLECTED), True)


def test_a_module_is_not_divided() -> None:
    scheduler, nodes = started(2)
    run(scheduler, *nodes)
    assert sorted(nodes[0].ran + nodes[1].ran) == sorted(COLLECTED)
    assert not set(units(nodes[0].ran)) & set(units(nodes[1].ran))


@pytest.mark.parametrize("died_after", range(len(COLLECTED) - 1))
def test_the_test_of_which_a_worker_died_is_not_run_again(died_after: int) -> None:
    scheduler, (dying,) = started(1)
    for _ in range(died_after):
        assert dying.step(scheduler)
    deadly = COLLECTED[dying.queue[0]]
    assert scheduler.remove_node(cast(Any, dying)) == deadly
    (successor,) = joined(scheduler, "gw1")
    run(scheduler, successor)
    assert sorted([*dying.ran, deadly, *successor.ran]) == sorted(COLLECTED)
    assert successor.shutting_down


def test_the_other_worker_takes_over() -> None:
    scheduler, (dying, other) = started(2)
    deadly = COLLECTED[dying.queue[0]]
    assert scheduler.remove_node(cast(Any, dying)) == deadly
    run(scheduler, other)
    assert sorted([deadly, *other.ran]) == sorted(COLLECTED)


def test_a_worker_that_is_done_leaves_nothing() -> None:
    scheduler, nodes = started(2)
    run(scheduler, *nodes)
    assert [scheduler.remove_node(cast(Any, node)) for node in nodes] == [None, None]


@pytest.mark.parametrize(
    "test, unit",
    [
        ("tests/api/test_x.py::test_a[of: a::b]", "tests/api/test_x.py"),
        ("tests/api/test_x.py::TestX::test_a", "tests/api/test_x.py"),
        ("tests/clients/test_x.py::test_a", "tests/clients"),
        ("tests/clients/deeper/test_x.py::test_a", "tests/clients/deeper/test_x.py"),
    ],
)
def test_units(test: str, unit: str) -> None:
    assert unit_of(test) == unit


@pytest.mark.parametrize("unit", [*FIRST, *TOGETHER])
def test_units_are_there(unit: str) -> None:
    assert (Path(__file__).parents[2] / unit).exists()
