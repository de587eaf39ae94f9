"""Fixtures for all tests: one real Temporal dev server per test process, started by our own launcher on free ports.

And hooks, for the order in which several processes run the tests, for an end of tests that hang, for Ctrl-C in what
tests start, for the event loop, and for less work of Python's collector.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import signal
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from temporalio.client import Client

from api.temporal_server import TemporalServer
from tests.support.event_loops import new_event_loop
from tests.support.server import running_server

if TYPE_CHECKING:
    from xdist.remote import Producer

    from tests.support.scheduling import LongestFirst


os.environ.setdefault("GOGC", "400")
"""Temporal servers collect their garbage less often: measured, a fifteenth of their time, for 200 MB of memory each."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst | None:
    """Which process runs what, with `--dist loadscope`."""
    from tests.support.scheduling import LongestFirst  # needs pytest-xdist, which need not be in use

    return LongestFirst(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_sessionstart() -> None:
    """Have the processes that tests start hear of Ctrl-C, also where a script runs the tests in its background.

    A shell without job control has such programs ignore it, and all that they start.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Asynchronous tests run on the event loop of all our roles."""
    return {"uvloop": new_event_loop}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without the garbage collector, which would walk over them all again and again and find nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Have the collector leave alone what all tests share, and look less often for what they leave.

    Measured: a twelfth of the time of tests that compute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """Watch on over a test that failed, whose teardown may hang, too.

    A test beyond its time limit is failed by an exception, which code that catches everything swallows; then pytest's
    own watchdog (`faulthandler_timeout`) ends the process. But it is called off where a test fails.
    """
    seconds = float(node.config.getini("faulthandler_timeout"))
    if seconds and isinstance(node, pytest.Item) and not node.config.getoption("usepdb"):
        faulthandler.dump_traceback_later(seconds, exit=True, file=node.config.stash[fault_handler_stderr_fd_key])


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[TemporalServer]:
    """A Temporal server in memory. It outlives event loops: connect to it in each test."""
    with running_server() as server:
        yield server


@pytest.fixture
async def temporal_client(temporal_server: TemporalServer) -> Client:
    """A plain client of the server, with the SDK's own data converter."""
    return await Client.connect(temporal_server.address, namespace=temporal_server.namespace)
