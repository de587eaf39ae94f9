"""The function host: serves a folder of Python Lambda handlers as one dynamic Temporal activity.

An activity's type is the function's name and its argument the event. Shapes of errors, context and outcomes follow
"AWS Lambda context object in Python" and "Lambda function errors in Python".
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, assert_never

from temporalio import activity
from temporalio.common import RawValue

from activities.failures import client_error, function_not_found
from activities.function_calls import function_error, payload_of, request_id_of
from activities.function_names import LATEST, function_arn
from activities.functions.catalog import FunctionCatalog, FunctionSpec
from activities.functions.notices import notices, without_entry
from activities.functions.process import Answered, CallOutcome, Exited, FunctionProcess, Lost, Raised
from activities.heartbeats import heartbeating
from activities.reported_failures import reported_failures
from interpreter.errors import StatesError
from interpreter.values import JsonValue

_LOG: Final = logging.getLogger(__name__)
_WITHHELD: Final = ("STEPLOOM_", "TEMPORAL_")
"""What begins so is no handler's business: where the database is, and the keys of Temporal."""

DEFAULT_MAX_CONCURRENCY: Final = 32


class FunctionHost:
    """Runs the functions of a folder, each call alone in a process that is kept for the next one.

    Args:
        directory: the folder (see `activities.functions.catalog`).
        account_id: the account in the functions' ARNs.
        region: the region in the functions' ARNs, and `AWS_REGION` where the host has none.
        max_concurrency: calls at once, and processes at once; more calls wait for their turn.

    Raises:
        ValueError: the folder or its settings cannot be used; says why.
    """

    def __init__(
        self,
        directory: Path,
        *,
        account_id: str = "123456789012",
        region: str = "us-east-1",
        max_concurrency: int = DEFAULT_MAX_CONCURRENCY,
    ) -> None:
        if max_concurrency < 1:
            raise ValueError(f"max_concurrency must be at least 1, not {max_concurrency}")
        self._catalog = FunctionCatalog(directory)
        for notice in notices(self._catalog.directory, self._catalog.specs()):
            _LOG.warning("%s", notice)
        self._account_id = account_id
        self._region = region
        self._max_concurrency = max_concurrency
        self._turns = asyncio.Semaphore(max_concurrency)
        self._running = 0
        self._idle: list[tuple[FunctionSpec, FunctionProcess]] = []
        self._starting: set[asyncio.Task[FunctionProcess]] = set()
        self._busy: set[FunctionProcess] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def max_concurrency(self) -> int:
        """Calls at once."""
        return self._max_concurrency

    def names(self) -> list[str]:
        """The names of the functions found, sorted."""
        return self._catalog.names()

    async def invoke(
        self, name: str, event: JsonValue, *, request_id: str, limit_seconds: float | None = None
    ) -> JsonValue:
        """Call the function `name` once.

        Args:
            name: the function's name, with hyphens or underscores.
            event: the handler's first argument.
            request_id: the id of this call in the context object, the logs and the errors.
            limit_seconds: the time that the caller gives, counted from now; the function's own timeout holds too.

        Returns:
            What the handler returned: JSON, or the text where it returned other bytes.

        Raises:
            StatesError: as an invocation through the Lambda API would fail.
        """
        given_up = None if limit_seconds is None else time.monotonic() + limit_seconds
        spec = self._find(name, request_id)
        async with self._turn():
            seconds = spec.timeout_seconds
            if given_up is not None:
                seconds = min(seconds, max(0.0, given_up - time.monotonic()))
            process = await self._process_for(spec)
            outcome = await self._call(process, spec, event, request_id, seconds)
            if self._is_closed and isinstance(outcome, Exited):
                raise _stopped(spec.name)
        return _value(outcome, spec.name, request_id, seconds)

    async def close(self) -> None:
        """Kill all processes and wait for their ends. Calls that are not over fail, as do later ones."""
        self._is_closed = True
        for _, process in self._idle:
            self._discard(process)
        self._idle.clear()
        for process in self._busy:
            self._discard(process)
        for starting in self._starting:
            self._end(_give_up(starting))
        while self._closing:
            await asyncio.gather(*self._closing)

    async def __aenter__(self) -> FunctionHost:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        async with self._turns:
            self._running += 1
            try:
                yield
            finally:
                self._running -= 1

    def _find(self, name: str, request_id: str) -> FunctionSpec:
        try:
            spec = self._catalog.find(name)
        except OSError as error:
            _LOG.warning("the folder of functions cannot be read: %s", error)
            # Callers are not told where things are.
            raise StatesError(
                "Lambda.ServiceException", f"the folder of functions cannot be read: {error.strerror}"
            ) from None
        if spec is None:
            self._warn_of_missing(name)
            qualified = name if ":" in name else f"{name}:{LATEST}"
            raise function_not_found(self._arn(qualified), request_id)
        return spec

    def _warn_of_missing(self, name: str) -> None:
        bare, _, qualifier = name.partition(":")
        if qualifier:
            _LOG.warning(
                "A Task calls the function %r, and a folder serves %s only: name it without its qualifier, or have the "
                "setting `functions` (STEPLOOM_FUNCTIONS) map %r to where that is.",
                name,
                LATEST,
                name,
            )
            return
        folder = self._catalog.folder_without_entry(bare)
        if folder is not None:
            _LOG.warning("A Task calls the function %r, and %s", name, without_entry(folder, name))
            return
        _LOG.warning(
            "A Task calls the function %r, which %s does not have: put it there as %s.py. What it has: %s.",
            name,
            self._catalog.directory,
            bare.replace("-", "_"),
            ", ".join(self.names()) or "nothing",
        )

    def _arn(self, name: str) -> str:
        return function_arn(name, region=self._region, account_id=self._account_id)

    async def _process_for(self, spec: FunctionSpec) -> FunctionProcess:
        if self._is_closed:
            raise _stopped(spec.name)
        for index in range(len(self._idle) - 1, -1, -1):  # the one used last: the others may cool down
            if self._idle[index][0].name == spec.name:
                known, process = self._idle.pop(index)
                if known == spec and process.is_alive and process.is_current:
                    return process
                self._discard(process)
        if self._running + len(self._idle) > self._max_concurrency:
            self._discard(self._idle.pop(0)[1])
        process = await self._start(spec)
        if self._is_closed:  # meanwhile, and so it is ended
            raise _stopped(spec.name)
        return process

    async def _start(self, spec: FunctionSpec) -> FunctionProcess:
        starting = asyncio.create_task(
            FunctionProcess.start(spec.name, self._boot(spec), self._catalog.directory, self._environment(spec))
        )
        self._starting.add(starting)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:  # there may be a process already, which only its start can tell
            if not self._is_closed:  # else it is ended already
                self._end(_give_up(starting))
            raise
        except (OSError, ValueError) as error:  # no process or file left, or variables that no process can have
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            told = (spec.name, sys.executable, self._catalog.directory, why)
            _LOG.warning("cannot start a process for function %r, %s in %s: %s", *told)
            # Callers are not told where things are.
            raise client_error(f"the function host cannot start a process for function {spec.name!r}: {why}") from error
        finally:
            self._starting.discard(starting)

    async def _call(
        self, process: FunctionProcess, spec: FunctionSpec, event: JsonValue, request_id: str, seconds: float
    ) -> CallOutcome:
        self._busy.add(process)
        outcome: CallOutcome | None = None
        try:
            outcome = await process.call(event, request_id, seconds)
            return outcome
        finally:
            self._busy.discard(process)
            if self._is_closed:
                pass  # it is ended already, and nobody waits for what would begin now
            elif isinstance(outcome, Answered | Raised) and process.is_alive:
                self._idle.append((spec, process))
            else:
                self._discard(process)

    def _discard(self, process: FunctionProcess) -> None:
        self._end(process.close())

    def _end(self, closing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _boot(self, spec: FunctionSpec) -> dict[str, JsonValue]:
        return {
            "name": spec.name,
            "version": LATEST,
            "arn": self._arn(spec.name),
            "memory_mb": spec.memory_mb,
            "log_group": f"/aws/lambda/{spec.name}",
            "log_stream": f"steploom/[{LATEST}]{os.getpid()}",
            "module": spec.module,
            "path": None if spec.path is None else str(spec.path),
            "handlers": list(spec.handlers),
            "folder": None if spec.folder is None else str(spec.folder),
            "roots": [str(root) for root in spec.roots],
            "home": None if spec.home is None else str(spec.home),
        }

    def _environment(self, spec: FunctionSpec) -> dict[str, str]:
        """The host's own variables but steploom's and Temporal's, those of Lambda's runtime, and the function's."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_WITHHELD)}
        region = {"AWS_REGION": self._region, "AWS_DEFAULT_REGION": self._region}
        runtime = {
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": LATEST,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
            "LAMBDA_TASK_ROOT": str(spec.folder or self._catalog.directory),
            "PYTHONUNBUFFERED": "1",
        }
        return region | own | runtime | dict(spec.environment)


def _stopped(name: str) -> StatesError:
    return client_error(f"function {name!r}: the function host stopped in the middle of the call")


async def _give_up(starting: asyncio.Task[FunctionProcess]) -> None:
    with suppress(OSError, ValueError):  # then there is no process
        await (await starting).close()


def _value(outcome: CallOutcome, name: str, request_id: str, seconds: float) -> JsonValue:
    match outcome:
        case Answered(body=body):
            return payload_of(body)
        case Raised(body=body):
            raise function_error(_python_text(body))
        case Exited(status=status):
            message = f"RequestId: {request_id} Error: Runtime exited with error: {_exit_text(status)}"
            raise function_error(_outcome_text(message, "Runtime.ExitError"))
        case Lost.OVERDUE:
            message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
            raise function_error(_outcome_text(message, "Sandbox.Timedout"))
        case Lost.STRAY:
            raise client_error(f"function {name!r}: its process sent what is no answer to this call, and was ended")
        case _:
            assert_never(outcome)


def _python_text(body: bytes) -> bytes:
    """An error as Lambda's Python runtime prints it: no escapes, which the child prints to be safe in any encoding."""
    return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")


def _outcome_text(message: str, error_type: str) -> bytes:
    return json.dumps({"errorMessage": message, "errorType": error_type}).encode()


def _exit_text(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"


def function_activity(host: FunctionHost) -> Callable[[Sequence[RawValue]], Coroutine[Any, Any, Any]]:
    """The dynamic activity that serves every function of `host`; register it in a worker of the functions queue."""

    @activity.defn(dynamic=True)
    async def run_function(arguments: Sequence[RawValue]) -> Any:
        info = activity.info()
        converter = activity.payload_converter()
        event = converter.from_payload(arguments[0].payload) if arguments else {}
        with reported_failures(), _told_of_stop(info.activity_type), heartbeating():
            return await host.invoke(
                info.activity_type,
                event,
                request_id=request_id_of(info.activity_id),
                limit_seconds=_shortest(info.start_to_close_timeout, info.schedule_to_close_timeout),
            )

    return run_function


@contextmanager
def _told_of_stop(name: str) -> Iterator[None]:
    """Have a call that the host's orderly stop cuts off fail as one whose host dies, not as Temporal would call it."""
    try:
        yield
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        if details is None or not details.worker_shutdown:
            raise
        raise _stopped(name) from None


def _shortest(*limits: timedelta | None) -> float | None:
    return min((limit.total_seconds() for limit in limits if limit), default=None)
