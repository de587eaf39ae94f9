"""The function host over real child processes: results, errors, deaths, deadlines, reuse and change."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from activities.functions.host import FunctionHost
from activities.functions.process import FunctionProcess
from interpreter.errors import StatesError
from interpreter.values import JsonValue
from tests.activities.functions.conftest import MakeHost, Output, Write

REQUEST = "6f0e9c1e-0000-4000-8000-000000000001"


async def call(host: FunctionHost, name: str, event: JsonValue = None, limit_seconds: float | None = 20) -> JsonValue:
    return await host.invoke(name, event, request_id=REQUEST, limit_seconds=limit_seconds)


@dataclass(frozen=True)
class Result:
    name: str
    body: str
    event: JsonValue
    result: JsonValue


RESULTS = [
    Result("the event", "return event", {"a": [1, 2.5, None, "é😀"]}, {"a": [1, 2.5, None, "é😀"]}),
    Result("nothing", "return None", {}, None),
    Result("bytes that are JSON", "return b'\"Hello\"'", {}, "Hello"),
    Result("bytes that are not", "return b'aaa'", {}, "aaa"),
    Result("a lone file import", "import json; return json.dumps(event)", {"k": 1}, '{"k": 1}'),
    Result("the name", "return context.function_name", {}, "f"),
    Result("the request id", "return context.aws_request_id", {}, REQUEST),
    Result("the ARN", "return context.invoked_function_arn", {}, "arn:aws:lambda:us-east-1:123456789012:function:f"),
    Result("the log group", "return context.log_group_name", {}, "/aws/lambda/f"),
    Result(
        "the version and memory", "return [context.function_version, context.memory_limit_in_mb]", {}, ["$LATEST", 128]
    ),
    Result("no identity", "return [context.identity.cognito_identity_id, context.client_context]", {}, [None, None]),
    Result("the remaining time", "return 10_000 < context.get_remaining_time_in_millis() <= 20_000", {}, True),
    Result("the runtime's variables", "import os; return os.environ['AWS_LAMBDA_FUNCTION_NAME']", {}, "f"),
    Result("nothing of ours is loaded", "import sys; return 'activities' in sys.modules", {}, False),
]


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: case.name)
async def test_result(case: Result, write: Write, make_host: MakeHost) -> None:
    write("f.py", f"def handler(event, context):\n    {case.body}\n")
    assert await call(make_host(), "f", case.event) == case.result


@dataclass(frozen=True)
class Failure:
    name: str
    source: str
    error: str
    cause: JsonValue


DAEMON = "import os, time\n    os.fork() or (os.setsid(), time.sleep(30), os._exit(0))\n    os._exit(6)"


def runtime_error(error_type: str, message: str) -> JsonValue:
    return {"errorMessage": message, "errorType": error_type, "requestId": REQUEST, "stackTrace": []}


def outcome(error_type: str, message: str) -> JsonValue:
    return {"errorMessage": f"RequestId: {REQUEST} Error: {message}", "errorType": error_type}


def handler(body: str) -> str:
    return f"def handler(event, context):\n    {body}\n"


FAILURES = [
    Failure(
        "not JSON",
        handler("return {1, 2}"),
        "Runtime.MarshalError",
        runtime_error(
            "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable"
        ),
    ),
    Failure(
        "no number",
        handler("return float('nan')"),
        "Runtime.MarshalError",
        runtime_error(
            "Runtime.MarshalError", "Unable to marshal response: Out of range float values are not JSON compliant"
        ),
    ),
    Failure(
        "too large",
        handler("return 'a' * 6291555"),
        "Function.ResponseSizeTooLarge",
        runtime_error(
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        ),
    ),
    Failure(
        "no such import",
        "import no_such_module\n",
        "Runtime.ImportModuleError",
        runtime_error("Runtime.ImportModuleError", "Unable to import module 'f': No module named 'no_such_module'"),
    ),
    Failure(
        "no handler",
        "x = 1\n",
        "Runtime.HandlerNotFound",
        runtime_error("Runtime.HandlerNotFound", "Handler 'handler' or 'lambda_handler' missing on module 'f'"),
    ),
    Failure(
        "exits",
        handler("import os; os._exit(3)"),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: exit status 3"),
    ),
    Failure(
        "leaves",
        handler("import sys; sys.exit(4)"),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: exit status 4"),
    ),
    Failure(
        "crashes",
        handler("import ctypes; ctypes.string_at(0)"),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: signal: segmentation fault"),
    ),
    Failure(
        "is killed",
        handler("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: signal: killed"),
    ),
    Failure(
        "exits while it loads",
        "import os\nos._exit(9)\n",
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: exit status 9"),
    ),
    Failure(
        "exits, leaving a child with its socket",
        handler("import os; os.fork() or __import__('time').sleep(60); os._exit(5)"),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: exit status 5"),
    ),
    Failure(
        "exits, leaving a daemon with its socket",
        handler(DAEMON),
        "Lambda.Unknown",
        outcome("Runtime.ExitError", "Runtime exited with error: exit status 6"),
    ),
]


LINGERS = """
import atexit, sys, threading

class Unspeakable(Exception):
    def __str__(self):
        raise TypeError("no words")

class Stuck:
    write = len
    flush = threading.Event().wait

def handler(event, context):
    threading.Thread(target=threading.Event().wait).start()
    atexit.register(print, "at the end")
    sys.stdout = open(1, "w", closefd=False)
    print("kept until it is flushed")
    {body}
"""


@dataclass(frozen=True)
class End:
    name: str
    body: str
    status: int
    told: str = "at the end"


ENDS = [
    End("leaves", "sys.exit(4)", 4),
    End("leaves with a number that is too large", "sys.exit(260)", 4),
    End("leaves with nothing", "sys.exit()", 0),
    End("leaves with words", "sys.exit('why it does')", 1, "why it does"),
    End("what is no Exception", "raise BaseException('why it does')", 1, "BaseException: why it does"),
    End("an error without words", "raise Unspeakable", 1, "TypeError: no words"),
    End("a flush that hangs", "sys.stdout = Stuck(); sys.exit(4)", 4, "kept until it is flushed"),
    End("an end that hangs", "atexit.register(threading.Event().wait); sys.exit(4)", 4, "kept until it is flushed"),
]


@pytest.mark.parametrize("case", ENDS, ids=lambda case: case.name)
async def test_an_end_does_not_wait_for_threads(
    case: End, write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    write("f.py", LINGERS.replace("{body}", case.body))
    host = make_host()
    with caplog.at_level(logging.INFO, "steploom.functions"):
        with pytest.raises(StatesError) as raised:
            await call(host, "f")
        await host.close()
    assert json.loads(raised.value.cause or "") == outcome(
        "Runtime.ExitError", f"Runtime exited with error: exit status {case.status}"
    )
    assert "kept until it is flushed" in caplog.text
    assert case.told in caplog.text


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
async def test_failure(case: Failure, write: Write, make_host: MakeHost) -> None:
    write("f.py", case.source)
    write("g.py", handler("return 'unharmed'"))
    host = make_host()
    with pytest.raises(StatesError) as raised:
        await call(host, "f")
    assert (raised.value.name, json.loads(raised.value.cause or "")) == (case.error, case.cause)
    assert await call(host, "g") == "unharmed"


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("body", ["sys.{name}.close()", "sys.{name} = None"], ids=["closed", "gone"])
async def test_a_stream_that_a_handler_has_done_away_with_costs_no_answer(
    body: str, name: str, write: Write, make_host: MakeHost
) -> None:
    write("f.py", f"import sys\ndef handler(event, context):\n    {body.format(name=name)}\n    return 1 / event\n")
    host = make_host()
    assert [await call(host, "f", event) for event in (1, 2)] == [1.0, 0.5]
    with pytest.raises(StatesError) as raised:
        await call(host, "f", 0)
    assert raised.value.name == "ZeroDivisionError"


LEAVES_A_THREAD = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"


@pytest.mark.parametrize("before", ["", LEAVES_A_THREAD], ids=["alone", "beside a thread"])
async def test_a_handler_that_cannot_be_loaded_is_loaded_for_each_call(
    before: str, write: Write, make_host: MakeHost
) -> None:
    """Where one failed, the next did as one whose process exits, as its own was ending; or not at all for a thread."""
    write("f.py", f"{before}print('loading')\nimport no_such_module\n")
    host = make_host()
    errors = [(await _failure(asyncio.create_task(call(host, "f"))))[0] for _ in range(3)]
    assert errors == 3 * ["Runtime.ImportModuleError"]
    write("no_such_module.py", "def handler(event, context):\n    return 'mended'\n")
    write("f.py", f"{before}from no_such_module import handler\n")
    assert await call(host, "f") == "mended"


async def test_exception_has_lambda_s_shape(write: Write, make_host: MakeHost) -> None:
    path = write(
        "f.py", "class OrderError(Exception):\n    pass\n\ndef handler(event, context):\n    raise OrderError('Ä')\n"
    )
    with pytest.raises(StatesError) as raised:
        await call(make_host(), "f")
    assert raised.value.name == "OrderError"
    assert raised.value.cause == (
        f'{{"errorMessage": "Ä", "errorType": "OrderError", "requestId": "{REQUEST}", "stackTrace": '
        f'["  File \\"{path}\\", line 5, in handler\\n    raise OrderError(\'Ä\')\\n"]}}'
    )


async def test_a_process_that_cannot_be_started(
    write: Write,
    make_host: MakeHost,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault of the host itself is one that a Retry covers, and no error of the function."""
    write("f.py", handler("return 'unharmed'"))
    host = make_host()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(tmp_path / "gone"))
        with pytest.raises(StatesError) as raised:
            await call(host, "f")
    assert (raised.value.name, raised.value.cause) == (
        "Lambda.SdkClientException",
        "Unable to execute HTTP request: the function host cannot start a process for function 'f': "
        "No such file or directory",
    )
    told = f"cannot start a process for function 'f', {tmp_path / 'gone'} in {tmp_path}: No such file or directory"
    assert told in caplog.text
    assert await call(host, "f") == "unharmed"


async def test_unknown_function(write: Write, make_host: MakeHost) -> None:
    write("f.py", handler("return 1"))
    with pytest.raises(StatesError) as raised:
        await call(make_host(), "charge")
    assert raised.value.name == "Lambda.ResourceNotFoundException"
    assert raised.value.cause == (
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:charge:$LATEST (Service: AWSLambda; "
        f"Status Code: 404; Error Code: ResourceNotFoundException; Request ID: {REQUEST}; Proxy: null)"
    )


async def test_the_log_of_the_host_tells_of_an_unknown_function(
    write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write("f.py", handler("return 1")).parent
    with pytest.raises(StatesError):
        await call(make_host(), "charge-card")
    (record,) = caplog.records
    assert record.getMessage() == (
        f"A Task calls the function 'charge-card', which {folder} does not have: put it there as charge_card.py. "
        "What it has: f."
    )


async def test_a_qualified_function(write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture) -> None:
    write("f.py", handler("return 1"))
    with pytest.raises(
        StatesError, match=r"Function not found: arn:aws:lambda:us-east-1:123456789012:function:f:live "
    ):
        await call(make_host(), "f:live")
    (record,) = caplog.records
    assert record.getMessage() == (
        "A Task calls the function 'f:live', and a folder serves $LATEST only: name it without its qualifier, or have "
        "the setting `functions` (STEPLOOM_FUNCTIONS) map 'f:live' to where that is."
    )


async def test_both_spellings_reach_one_process(write: Write, make_host: MakeHost) -> None:
    write("validate-order.py", "import os\ndef lambda_handler(event, context):\n    return os.getpid()\n")
    host = make_host()
    assert await call(host, "validate_order") == await call(host, "validate-order") != os.getpid()


async def test_a_call_has_its_process_alone(write: Write, make_host: MakeHost) -> None:
    write("f.py", "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n")
    host = make_host()
    first, second = await asyncio.gather(call(host, "f"), call(host, "f"))
    assert first != second


async def test_calls_wait_for_their_turn(write: Write, make_host: MakeHost) -> None:
    write("f.py", "import os\ndef handler(event, context):\n    return os.getpid()\n")
    write("g.py", "import os\ndef handler(event, context):\n    return os.getpid()\n")
    host = make_host(max_concurrency=1)
    first, other, again = await asyncio.gather(call(host, "f"), call(host, "g"), call(host, "f"))
    assert len({first, other, again}) == 3  # with one process at most, g's replaces f's


async def test_changed_code_is_picked_up(write: Write, make_host: MakeHost) -> None:
    write("shared.py", "VALUE = 1\n")
    write("f.py", "from shared import VALUE\ndef handler(event, context):\n    return VALUE\n")
    host = make_host()
    assert await call(host, "f") == 1
    write("shared.py", "VALUE = 2\n")
    assert await call(host, "f") == 2


async def test_new_and_removed_functions_are_noticed(write: Write, make_host: MakeHost) -> None:
    path = write("f.py", handler("return 1"))
    host = make_host()
    assert await call(host, "f") == 1
    write("g.py", handler("return 2"))
    path.unlink()
    assert await call(host, "g") == 2
    with pytest.raises(StatesError, match="Function not found"):
        await call(host, "f")


PRINTS_ITS_PID = "import os, time\ndef handler(event, context):\n    print(os.getpid())\n    time.sleep(event)\n"


async def test_deadline_kills(write: Write, make_host: MakeHost, output: Output) -> None:
    write("functions.toml", "[functions.f]\ntimeout = 0.5\n")
    write("f.py", PRINTS_ITS_PID)
    host = make_host()
    with pytest.raises(StatesError) as raised:
        await call(host, "f", 60)
    assert raised.value.name == "Lambda.Unknown"
    assert json.loads(raised.value.cause or "") == outcome("Sandbox.Timedout", "Task timed out after 0.50 seconds")
    await host.close()
    assert not _runs(int(await output.get()))


async def test_cancellation_kills(write: Write, make_host: MakeHost, output: Output) -> None:
    write("f.py", PRINTS_ITS_PID)
    host = make_host()
    running = asyncio.create_task(call(host, "f", 60))
    pid = int(await output.get())
    assert _runs(pid)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await host.close()
    assert not _runs(pid)


@pytest.mark.parametrize("turns", range(8))  # of the event loop: from before the process to after it
async def test_cancellation_while_the_process_starts_kills(turns: int, write: Write, make_host: MakeHost) -> None:
    write("f.py", PRINTS_ITS_PID)
    host, before = make_host(), set(psutil.Process().children())
    running = asyncio.create_task(call(host, "f", 60))
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await host.close()
    assert set(psutil.Process().children()) <= before


HANGS_UP = """
import __main__, gc, socket, time

def handler(event, context):
    channel = next(item for item in gc.get_objects() if isinstance(item, __main__.Channel))
    channel._connection.shutdown(socket.SHUT_WR)
    time.sleep(60)
"""


async def test_cancellation_while_a_process_that_has_hung_up_ends(
    write: Write, make_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the process is still waited for: by the end of the host."""
    write("f.py", HANGS_UP)
    host, before = make_host(), set(psutil.Process().children())
    running = asyncio.create_task(call(host, "f", limit_seconds=None))
    kill = FunctionProcess.kill

    def kill_and_cancel(process: FunctionProcess) -> None:
        kill(process)
        running.cancel()

    monkeypatch.setattr(FunctionProcess, "kill", kill_and_cancel)
    with pytest.raises(asyncio.CancelledError):
        await running
    await host.close()
    assert set(psutil.Process().children()) <= before


@dataclass(frozen=True)
class Forked:
    name: str
    source: str
    told: str


FORKED_HANDLER = """
import os

def handler(event, context):
    child = os.fork() if event == 1 else None
    if child == 0:
        {body}
    if child:
        os.waitpid(child, 0)
    return [event, os.getpid()]
"""
FORKED_MODULE = """
import os

if (child := os.fork()) == 0:
    {body}
os.waitpid(child, 0)

def handler(event, context):
    return [event, os.getpid()]
"""
FORKS = [
    Forked("raises", FORKED_HANDLER.format(body="os.execvp('no-such-tool', ['no-such-tool'])"), "FileNotFoundError"),
    Forked("returns", FORKED_HANDLER.format(body="return 'not mine to say'"), "A process that the function has forked"),
    Forked("raises while it loads", FORKED_MODULE.format(body="raise KeyError('x')"), "KeyError: 'x'"),
]


@pytest.mark.parametrize("case", FORKS, ids=lambda case: case.name)
async def test_a_forked_process_that_comes_back_answers_nothing(
    case: Forked, write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    write("f.py", case.source)
    host = make_host()
    with caplog.at_level(logging.INFO, "steploom.functions"):
        answers = [await call(host, "f", event) for event in (1, 2, 3)]
        await host.close()
    assert [answer[0] for answer in answers if isinstance(answer, list)] == [1, 2, 3]
    assert len({str(answer[1]) for answer in answers if isinstance(answer, list)}) == 1  # and the process is kept
    assert case.told in caplog.text


STRAYS = """
import __main__, gc, os

def handler(event, context):
    if event is not None:
        channel = next(item for item in gc.get_objects() if isinstance(item, __main__.Channel))
        frame = __main__.HEADER.pack(b"R", event, 8) + b'"astray"'
        channel._connection.sendall(2 * frame)
    return os.getpid()
"""


async def test_a_process_that_answers_twice_is_not_kept(write: Write, make_host: MakeHost) -> None:
    write("f.py", STRAYS)
    host = make_host()
    first = await call(host, "f")
    assert await call(host, "f", 2) == "astray"  # the first of two counts
    third, fourth = await call(host, "f"), await call(host, "f")
    assert first != third == fourth


async def test_an_answer_to_another_call_is_nobody_s(
    write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    write("f.py", STRAYS)
    host = make_host()
    first = await call(host, "f")
    with pytest.raises(StatesError) as raised:
        await call(host, "f", 1)
    assert (raised.value.name, raised.value.cause) == (
        "Lambda.SdkClientException",
        "Unable to execute HTTP request: function 'f': its process sent what is no answer to this call, and was ended",
    )
    assert "f: a process answered a call that it was not asked" in caplog.text
    assert first != await call(host, "f") != "astray"


@pytest.mark.parametrize("kind", ["S", "F"], ids=["sources", "error"])
async def test_what_should_be_json_and_is_not_is_no_answer(kind: str, write: Write, make_host: MakeHost) -> None:
    write("f.py", STRAYS.replace('b"R", event, 8) + b\'"astray"\'', f"b\"{kind}\", event, 4) + b'no: '"))
    host = make_host()
    with pytest.raises(StatesError, match="its process sent what is no answer to this call, and was ended"):
        await call(host, "f", 1)
    assert isinstance(await call(host, "f"), int)


async def test_an_answer_that_comes_too_late_is_no_stray(
    write: Write, make_host: MakeHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("f.py", "import os, time\ndef handler(event, context):\n    open(event).read()\n")
    fifo, host, kill = tmp_path / "held", make_host(), FunctionProcess.kill
    os.mkfifo(fifo)

    def kill_after_the_answer(process: FunctionProcess) -> None:
        if fifo.exists():
            fifo.write_text("go on")
            fifo.unlink()
            select.select([process._writer.get_extra_info("socket")], [], [])
        kill(process)

    monkeypatch.setattr(FunctionProcess, "kill", kill_after_the_answer)
    with pytest.raises(StatesError, match="Task timed out"):
        await call(host, "f", str(fifo), limit_seconds=0.1)
    await host.close()
    assert not caplog.records


async def test_a_process_that_writes_to_all_files_is_ended(write: Write, make_host: MakeHost) -> None:
    """Not waited for, as what it wrote would promise an answer of two gigabytes."""
    write(
        "f.py",
        """
        import os

        def handler(event, context):
            for file in map(int, os.listdir("/dev/fd")):
                try:
                    os.write(file, b"x" * 100)
                except OSError:
                    pass
        """,
    )
    with pytest.raises(StatesError, match="its process sent what is no answer to this call"):
        await call(make_host(), "f")


async def test_end_of_the_host_ends_idle_processes(write: Write, make_host: MakeHost, output: Output) -> None:
    write("f.py", PRINTS_ITS_PID)
    host = make_host()
    await call(host, "f", 0)
    pid = int(await output.get())
    assert _runs(pid)
    await host.close()
    assert not _runs(pid)


STOPPED = (
    "Lambda.SdkClientException",
    "Unable to execute HTTP request: function 'f': the function host stopped in the middle of the call",
)


async def test_end_of_the_host_fails_calls_that_run_or_wait_for_their_turn(
    write: Write, make_host: MakeHost, output: Output
) -> None:
    write("f.py", PRINTS_ITS_PID)
    host, tasks = make_host(max_concurrency=1), asyncio.all_tasks()
    calls = [asyncio.create_task(call(host, "f", 60)) for _ in range(2)]
    pid = int(await output.get())
    await host.close()
    assert not _runs(pid)
    calls.append(asyncio.create_task(call(host, "f", 60)))
    assert [await _failure(each) for each in calls] == 3 * [STOPPED]
    assert asyncio.all_tasks() == tasks, "nothing is left"
    assert output.empty(), "none ran afterwards"


@pytest.mark.parametrize("turns", range(8))  # as above
async def test_end_of_the_host_while_a_process_starts_ends_it(turns: int, write: Write, make_host: MakeHost) -> None:
    write("f.py", PRINTS_ITS_PID)
    host, before = make_host(), set(psutil.Process().children())
    running = asyncio.create_task(call(host, "f", 60))
    for _ in range(turns):
        await asyncio.sleep(0)
    await host.close()
    assert set(psutil.Process().children()) <= before
    assert await _failure(running) == STOPPED
    assert set(psutil.Process().children()) <= before


async def _failure(running: asyncio.Task[JsonValue]) -> tuple[str | None, str | None]:
    with pytest.raises(StatesError) as raised:
        await running
    return raised.value.name, raised.value.cause


async def test_output_is_logged_by_request(write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture) -> None:
    write("f.py", "import os\ndef handler(event, context):\n    print('one')\n    os.write(2, b'two')\n")
    host = make_host()
    with caplog.at_level(logging.INFO, "steploom.functions"):
        await host.invoke("f", None, request_id="r1")
        await host.invoke("f", None, request_id="r2")
        await host.close()
    assert [record.getMessage() for record in caplog.records] == ["f r1 one", "f r1 two", "f r2 one", "f r2 two"]


async def test_output_does_not_disturb_the_answer(write: Write, make_host: MakeHost) -> None:
    write("f.py", handler("print('x' * 300_000); print('{\"a\": 1}'); return 'fine'"))
    assert await call(make_host(), "f") == "fine"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
