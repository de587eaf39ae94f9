"""The program that `tests.support.forks` starts: it loads steploom once, and forks a process for each command.

It runs in one thread and begins nothing that a fork would spoil: no event loop, gRPC or Temporal runtime, connection or
log. A process forked from it has the environment, the folder and the streams of its command, and goes on in
`steploom`'s main function as the console script does.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, NoReturn

from api.cli import main as steploom

MOST_BYTES: Final = 160_000
"""Of a request: all of it is one message, which a socket takes whole or not at all."""

READ_WHEN_LOADED: Final = ("OTEL_", "PROMETHEUS_", "PYTHON", "SSL_", "TZ")
"""Begin the names of variables that Python or modules look at once, before a fork has its own environment."""

_MODULES: Final = ("api.cli.app", "api.cli.progress", "api.laptop", "api.namespace", "alembic.command")
_PR_SET_PDEATHSIG: Final = 1


@dataclass(slots=True)
class _Child:
    pid: int
    outcome: int  # where its exit code is written


@dataclass(slots=True)
class _Server:
    """Forks until nobody asks any more; `children` by the descriptor that tells of their end."""

    control: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    children: dict[int, _Child] = field(default_factory=dict)

    def next_fork(self) -> dict[str, Any]:
        """Return in each forked process, with its request. In the server itself never: it ends with who asks."""
        pid = os.getpid()
        self.selector.register(self.control, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fd in self.children:
                    self._bury(key.fd)
                elif (request := self._fork()) is not None:
                    _die_with(pid)
                    return request

    def _fork(self) -> dict[str, Any] | None:
        message, descriptors, _, _ = socket.recv_fds(self.control, MOST_BYTES, 3)
        if not message:
            sys.exit()
        output, errors, outcome = descriptors
        child = os.fork()
        if not child:
            self._forget()
            os.close(outcome)
            for target, descriptor in ((1, output), (2, errors)):
                os.dup2(descriptor, target)
                os.close(descriptor)
            request: dict[str, Any] = json.loads(message)
            return request
        os.close(output)
        os.close(errors)
        ended = os.pidfd_open(child)
        self.children[ended] = _Child(child, outcome)
        self.selector.register(ended, selectors.EVENT_READ)
        self.control.send(str(child).encode())
        return None

    def _bury(self, ended: int) -> None:
        child = self.children.pop(ended)
        _, status = os.waitpid(child.pid, 0)
        os.write(child.outcome, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(child.outcome)
        self.selector.unregister(ended)
        os.close(ended)

    def _forget(self) -> None:
        """Close in a forked process what belongs to the server."""
        self.selector.close()
        self.control.close()
        for ended, child in self.children.items():
            os.close(ended)
            os.close(child.outcome)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main() -> NoReturn:
    """Load, serve, and in each forked process run its command."""
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # as main does before it loads gRPC
    for module in _MODULES:
        import_module(module)
    import_module("api.cli.app").command()  # which each fork would make
    threads = os.listdir("/proc/self/task")
    assert len(threads) == 1, "a module starts threads when it is loaded; those do not survive a fork"
    gc.collect()
    gc.freeze()  # else the first collection of each fork would copy all pages
    request = _Server(socket.socket(fileno=int(sys.argv[1]))).next_fork()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]
    steploom()


if __name__ == "__main__":
    main()
