"""What a signal ends: everything in an orderly way, and after its time whatever is left; and what cannot go on."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from api.cli.output import CommandError
from api.cli.signals import run_role
from api.config import ConfigurationError
from api.engine import RoleError

PROGRAM = """
import asyncio, logging, sys, threading, time
from api.cli.signals import run_until_signal

logging.basicConfig()

async def orderly():
    try:
        print("ready", flush=True)
        await asyncio.Event().wait()
    finally:
        print("cleaned up", flush=True)

async def uncancellable():
    print("ready", flush=True)
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

async def uncancellable_without_output():
    asyncio.get_running_loop().call_soon(sys.stdout.close)
    await uncancellable()

async def orderly_beside_an_uncancellable_task():
    kept.append(asyncio.create_task(uncancellable()))
    await asyncio.Event().wait()

async def blocking():
    asyncio.get_running_loop().call_soon(lambda: print("ready", flush=True))
    try:
        await asyncio.Event().wait()
    finally:
        time.sleep(3600)

class Clinging:
    def __del__(self):
        while True:
            pass

async def leaving_something_behind():
    kept.append(Clinging())
    await orderly()

kept = []
print(run_until_signal(locals()[sys.argv[1]](), float(sys.argv[2])), flush=True)
"""
AFTER_A_MOMENT = "0.2"
NEVER = "3600"


def ended(work: str, grace_seconds: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process that got SIGTERM once it was ready."""
    command = [sys.executable, "-c", PROGRAM, work, grace_seconds]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def test_what_ends_in_an_orderly_way_is_waited_for() -> None:
    assert ended("orderly", NEVER) == (0, "cleaned up\nFalse\n", "")


@pytest.mark.parametrize(
    "work",
    ["uncancellable", "uncancellable_without_output", "orderly_beside_an_uncancellable_task", "blocking"],
)
def test_what_does_not_end_is_left(work: str) -> None:
    code, output, errors = ended(work, AFTER_A_MOMENT)
    assert (code, output) == (1, "")
    assert "Not everything has ended within 0.2 seconds. This process ends without waiting any longer." in errors


def test_what_the_interpreter_deletes_does_not_keep_it() -> None:
    assert ended("leaving_something_behind", AFTER_A_MOMENT) == (-signal.SIGALRM, "cleaned up\nFalse\n", "")


@pytest.mark.parametrize("error, exit_code", [(ConfigurationError("no such exporter"), 2), (RoleError("no answer"), 1)])
def test_a_role_that_cannot_go_on_is_told_in_a_line(error: Exception, exit_code: int) -> None:
    async def role() -> None:
        raise error

    with pytest.raises(CommandError, match=str(error)) as told:
        run_role(role(), 3600)
    assert told.value.exit_code == exit_code
