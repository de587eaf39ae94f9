"""The program of a handler's own process: loads one handler, then answers one event after another.

It runs as a script with the standard library alone, so that a handler meets nothing of the host's. It talks to the host
over one socket, whose number is the only argument: frames of a kind (one byte), the number of their call (four bytes, 0
before the first), a length (four bytes) and a body.
Standard output and error are the handler's own. The behaviour is that of Lambda's Python runtime.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import importlib.util
import json
import os
import queue
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, SimpleNamespace
from typing import Any, Final, NoReturn

HEADER: Final = struct.Struct(">cII")
MAX_RESULT_BYTES: Final = 6_291_556
"""The largest result of a synchronous invocation (Lambda quotas)."""

BOOT: Final = b"B"  # host: what to load
EVENT: Final = b"E"  # host: one event
RESULT: Final = b"R"  # child: the handler's result, as its text
ERROR: Final = b"F"  # child: the handler's error, as JSON
LOAD_ERROR: Final = b"L"  # child: as ERROR, of a handler that cannot be loaded; this process ends, and takes no call
SOURCES: Final = b"S"  # child: the files that the handler was loaded from, with their times

LOG_MARK: Final = b"\0\n"
"""Ends the log of one event on standard output."""

_NEVER_MEANT: Final = frozenset({"activities", "api", "interpreter"})
"""Packages that are installed wherever this runs, and are no handler's business."""

_LEAVE_SECONDS: Final = 2.0
"""How long what the user's code has registered for its end may take."""

_FLUSH_SECONDS: Final = 1.0
"""How long its output may take to be flushed after that."""

_PR_SET_PDEATHSIG: Final = 1
_SIGKILL: Final = 9


class LambdaContext:
    """The second argument of a handler ("AWS Lambda context object in Python")."""

    def __init__(self, boot: dict[str, Any], call: dict[str, Any], received: float) -> None:
        self.function_name = boot["name"]
        self.function_version = boot["version"]
        self.invoked_function_arn = boot["arn"]
        self.memory_limit_in_mb = boot["memory_mb"]
        self.aws_request_id = call["request_id"]
        self.log_group_name = boot["log_group"]
        self.log_stream_name = boot["log_stream"]
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = None
        self._deadline = received + call["remaining_ms"] / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until this process is killed; never negative."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write `message` to the function's log."""
        sys.stdout.write(str(message))


class _LoadError(Exception):
    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


def _load_handler(boot: dict[str, Any]) -> Callable[[Any, LambdaContext], Any]:
    module_name = boot["module"]
    try:
        module = _import_file(module_name, boot["path"]) if boot["path"] else importlib.import_module(module_name)
    except ImportError as error:
        raise _LoadError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise _LoadError("Runtime.UserCodeSyntaxError", message) from error
    for name in boot["handlers"]:
        handler = getattr(module, name, None)
        if callable(handler):
            return handler  # type: ignore[no-any-return]  # whatever the user's module has under this name
    wanted = "' or '".join(boot["handlers"])
    raise _LoadError("Runtime.HandlerNotFound", f"Handler '{wanted}' missing on module '{module_name}'")


def means_another(name: str, file: str) -> bool:
    """Whether `import name` finds another module than `file`: one of Python, or of an installed package."""
    if name in sys.stdlib_module_names:
        return True
    found = None if name in _NEVER_MEANT else PathFinder.find_spec(name)
    return found is not None and found.origin is not None and os.path.realpath(found.origin) != os.path.realpath(file)


class _OwnFirst:
    """Finds some modules in folders of the function, though these come last, before any that are installed.

    `folders` has those of each name.
    """

    def __init__(self, folders: dict[str, list[str]]) -> None:
        self._folders = folders

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, self._folders[name]) if name in self._folders else None


def _open_folders(boot: dict[str, Any]) -> list[str]:
    """Let the handler import what is in its folders, and nothing in those of all functions hide a module of Python."""
    own: list[str] = [] if boot["folder"] is None else [boot["folder"]]
    folders = [*own, *boot["roots"]]
    sys.path[:] = [*own, *sys.path, *boot["roots"]]
    first = dict.fromkeys(_NEVER_MEANT, folders)
    top = boot["module"].partition(".")[0]
    if boot["home"] is not None and top not in sys.stdlib_module_names:
        first[top] = [boot["home"]]
    sys.meta_path.insert(0, _OwnFirst(first))
    return folders


def _import_file(module_name: str, path: str) -> ModuleType:
    if means_another(module_name, path):
        module_name += "_function"  # the handler, and what it imports, may want the other one
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return module


def _error_body(error: BaseException, request_id: str) -> dict[str, Any]:
    if isinstance(error, _LoadError):
        return {"errorMessage": str(error), "errorType": error.error_type, "requestId": request_id, "stackTrace": []}
    frames = traceback.extract_tb(error.__traceback__)
    trace = [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
        for frame in frames
        if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")
    ]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": trace,
    }


def _marshal(result: object, request_id: str) -> tuple[bytes, bytes]:
    """The frame of a result; bytes are handed on as they are, as Lambda's runtime does."""
    try:
        body = result if isinstance(result, bytes) else _result_text(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        return ERROR, _error_text(f"Unable to marshal response: {error}", "Runtime.MarshalError", request_id)
    if len(body) > MAX_RESULT_BYTES:
        message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESULT_BYTES} bytes)."
        return ERROR, _error_text(message, "Function.ResponseSizeTooLarge", request_id)
    return RESULT, body


def _result_text(result: object) -> str:
    return json.dumps(result, ensure_ascii=False, allow_nan=False)


def _error_text(message: str, error_type: str, request_id: str) -> bytes:
    body = {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": []}
    return json.dumps(body).encode()


class Channel:
    """The host's end of the conversation, read by a thread so that the host's death ends this process at once."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = connection.makefile("rb")
        self._calls: queue.SimpleQueue[tuple[int, dict[str, Any], float]] = queue.SimpleQueue()

    def receive_boot(self) -> dict[str, Any]:
        """The first frame: what to load."""
        return self._read_frame()[1]

    def start(self) -> None:
        """Read calls in the background from now on."""
        threading.Thread(target=self._read_calls, name="host-channel", daemon=True).start()

    def next_call(self) -> tuple[int, dict[str, Any], float]:
        """The number of the next call, its event, and when it came (monotonic seconds)."""
        return self._calls.get()

    def send(self, kind: bytes, number: int, body: bytes) -> None:
        """Send one frame of the call `number` to the host."""
        self._connection.sendall(HEADER.pack(kind, number, len(body)) + body)

    def _read_calls(self) -> None:
        while True:
            self._calls.put((*self._read_frame(), time.monotonic()))

    def _read_frame(self) -> tuple[int, dict[str, Any]]:
        header = self._reader.read(HEADER.size)
        if len(header) < HEADER.size:
            os._exit(0)  # the host is gone: nobody waits for whatever the handler does
        _, number, length = HEADER.unpack(header)
        body = self._reader.read(length)
        if len(body) < length:
            os._exit(0)
        return number, json.loads(body)


class _Sources:
    """Which files below the function's folders its modules came from, told to the host whenever there are new ones."""

    def __init__(self, roots: list[str]) -> None:
        self._roots = tuple(os.path.join(root, "") for root in roots)
        self._modules_seen = 0

    def changed(self) -> bytes | None:
        if len(sys.modules) == self._modules_seen:
            return None
        self._modules_seen = len(sys.modules)
        files = {str(getattr(module, "__file__", None)) for module in list(sys.modules.values())}
        times = {file: os.stat(file).st_mtime_ns for file in files if self._is_own(file)}
        return json.dumps(times).encode()

    def _is_own(self, file: str) -> bool:
        return file.startswith(self._roots) and os.path.isfile(file)


def serve(channel: Channel) -> None:
    """Load the handler and answer events until the host hangs up."""
    boot = channel.receive_boot()
    channel.start()
    sources = _Sources(_open_folders(boot))
    own_pid = os.getpid()
    failed = None
    try:
        handler = _load_handler(boot)
    except Exception as error:  # the user's own code runs while it is loaded: whatever it raises is the answer
        failed = error
    _end_forked(own_pid, failed)
    if (times := sources.changed()) is not None:
        channel.send(SOURCES, 0, times)
    while True:
        number, call, received = channel.next_call()
        if failed is not None:
            _end_log()
            channel.send(LOAD_ERROR, number, json.dumps(_error_body(failed, call["request_id"])).encode())
            return  # a fresh process loads it again
        kind, body = _handle(handler, boot, call, received)
        _end_log()
        if (times := sources.changed()) is not None:
            channel.send(SOURCES, number, times)
        channel.send(kind, number, body)


def _handle(
    handler: Callable[[Any, LambdaContext], Any], boot: dict[str, Any], call: dict[str, Any], received: float
) -> tuple[bytes, bytes]:
    own_pid = os.getpid()
    try:
        result = handler(call["event"], LambdaContext(boot, call, received))
    except Exception as error:  # this is the boundary to the user's code: whatever it raises is the answer
        _end_forked(own_pid, error)
        with suppress(Exception):  # as `_flush`: the answer says it, too
            traceback.print_exception(error)
        return ERROR, json.dumps(_error_body(error, call["request_id"])).encode()
    _end_forked(own_pid, None)
    return _marshal(result, call["request_id"])


def _end_forked(own_pid: int, error: Exception | None) -> None:
    """End a process that the user's code has forked and let come back: the answer is that of the one it came from."""
    if os.getpid() == own_pid:
        return
    told = [] if error is None else traceback.format_exception(error)
    told.append("A process that the function has forked came back from its code, and is ended.\n")
    _flush()
    os.write(2, "".join(told).encode("utf-8", "replace"))  # at once: others of this function print meanwhile
    os._exit(1)


def _end_log() -> None:
    _flush()
    os.write(1, LOG_MARK)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the user's code may have closed it, or put there whatever it likes
            stream.flush()


def _die_with_host() -> None:
    """On Linux the kernel ends this process with the host's, even inside a handler that never yields."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def _leave(status: int) -> NoReturn:
    """End as Python does, but at once: it would wait for the threads of the user's code, and the host for its end."""
    for seconds, end in ((_LEAVE_SECONDS, _end), (_LEAVE_SECONDS + _FLUSH_SECONDS, os._exit)):
        timer = threading.Timer(seconds, end, [status])
        timer.daemon = True
        timer.start()
    atexit._run_exitfuncs()  # it tells of what they raise, and raises nothing
    _end(status)


def _end(status: int) -> NoReturn:
    _flush()
    os._exit(status)


def _exit_status(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def main() -> None:
    """Serve the socket whose number is the first argument."""
    _die_with_host()
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    sys.argv[1:] = []
    sys.dont_write_bytecode = True  # a stale cache could hide a change within the same second
    status = 1
    try:
        serve(Channel(socket.socket(fileno=descriptor)))
        status = 0
    except SystemExit as error:
        status = _exit_status(error)
    except BaseException as error:  # it ends this process in any case, and is told as Python tells it
        traceback.print_exception(error)
    finally:
        _leave(status)


if __name__ == "__main__":
    main()
