"""The core's scheduler: steps come in the order in which their reasons came."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from interpreter.scheduler import Inbox, Promise, Scheduler


def _logged(log: list[str], name: str, *promises: Promise[str]) -> Callable[[], Coroutine[Any, Any, None]]:
    async def run() -> None:
        log.append(name)
        for promise in promises:
            log.append(f"{name}:{await promise}")

    return run


def test_strands_run_in_the_order_of_spawning() -> None:
    scheduler, log = Scheduler(), list[str]()
    for name in "abc":
        scheduler.spawn(_logged(log, name))

    scheduler.run()

    assert log == ["a", "b", "c"]


def test_a_strand_runs_until_it_waits() -> None:
    scheduler, log = Scheduler(), list[str]()
    kept: Promise[str] = Promise()
    kept.keep("there")
    open_: Promise[str] = Promise()
    scheduler.spawn(_logged(log, "a", kept, open_))
    scheduler.spawn(_logged(log, "b"))

    scheduler.run()
    assert log == ["a", "a:there", "b"]

    open_.keep("now")
    scheduler.run()
    assert log == ["a", "a:there", "b", "a:now"]


def test_promises_wake_in_the_order_of_keeping_and_then_of_waiting() -> None:
    scheduler, log = Scheduler(), list[str]()
    first, second = Promise[str](), Promise[str]()
    for name, promise in (("a", first), ("b", second), ("c", first)):
        scheduler.spawn(_logged(log, name, promise))
    scheduler.run()
    log.clear()

    second.keep("2")
    first.keep("1")
    scheduler.run()

    assert log == ["b:2", "a:1", "c:1"]


def test_what_is_spawned_meanwhile_comes_last() -> None:
    scheduler, log = Scheduler(), list[str]()

    async def parent() -> None:
        log.append("parent")
        scheduler.spawn(_logged(log, "child"))

    scheduler.spawn(parent)
    scheduler.spawn(_logged(log, "sibling"))
    scheduler.run()

    assert log == ["parent", "sibling", "child"]


def test_a_closed_strand_never_goes_on() -> None:
    scheduler, log = Scheduler(), list[str]()
    promise: Promise[str] = Promise()
    waiting = scheduler.spawn(_logged(log, "waiting", promise))
    scheduler.run()
    unstarted = scheduler.spawn(_logged(log, "unstarted"))

    waiting.close()
    unstarted.close()
    promise.keep("late")
    scheduler.run()

    assert log == ["waiting"]


def test_closing_runs_what_must_be_tidied() -> None:
    scheduler, log = Scheduler(), list[str]()

    async def tidy() -> None:
        try:
            await Promise[None]()
        finally:
            log.append("tidied")

    strand = scheduler.spawn(tidy)
    scheduler.run()
    strand.close()

    assert log == ["tidied"]


def test_nothing_is_stepped_after_stop() -> None:
    scheduler, log = Scheduler(), list[str]()

    async def last() -> None:
        log.append("last")
        scheduler.stop()

    scheduler.spawn(last)
    scheduler.spawn(_logged(log, "never"))
    scheduler.run()
    scheduler.run()

    assert log == ["last"]


def test_an_inbox_keeps_the_order_of_posting() -> None:
    scheduler, seen = Scheduler(), list[int]()
    inbox: Inbox[int] = Inbox()

    async def receive() -> None:
        while True:
            seen.append(await inbox.receive())

    inbox.post(1)
    scheduler.spawn(receive)
    scheduler.run()
    inbox.post(2)
    inbox.post(3)
    scheduler.run()
    inbox.post(4)
    scheduler.run()

    assert seen == [1, 2, 3, 4]
