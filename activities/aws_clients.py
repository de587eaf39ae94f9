"""Botocore's clients for calls that are made once, and threads to make them in.

Endpoints and credentials come from where botocore finds them. Clients are kept: making one loads the API's model.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ReadTimeoutError

from activities.plain_clients import make_plain
from activities.service_models import aws_session
from activities.trace_context import add_trace_headers
from activities.whole_answers import refuse_cut_answer

_T = TypeVar("_T")

_READ_TIMEOUTS: Final = (10, 60, 300, 910)
"""Seconds that a client waits for an answer: the least that covers the activity's time is taken. The last one is
Lambda's own limit of 15 minutes and a little; few values, since each needs a client of its own."""

LONGEST_SECONDS: Final = 930.0
"""From the begin of a call to the end of its answer: the client's own patience begins anew with each byte."""

_CONNECT_TIMEOUT_SECONDS: Final = 5

_MOST_CLIENTS: Final = 256
"""That are kept: the region may be one that a state's input names."""

_CALL_ONCE: Final = Config(
    connect_timeout=_CONNECT_TIMEOUT_SECONDS,
    retries={"total_max_attempts": 1},
    max_pool_connections=200,
    parameter_validation=False,
    tcp_keepalive=True,
)


class AwsClients:
    """Clients by API, region and patience; safe to use from any thread.

    Args:
        region: the usual region; by default the one that botocore finds.
        settings: configuration of single APIs beside the common one, by botocore's name.
        prepare: is shown each new client, with botocore's name of the API.
    """

    def __init__(
        self,
        region: str | None,
        *,
        settings: Mapping[str, Config] | None = None,
        prepare: Callable[[str, Any], None] | None = None,
    ) -> None:
        self._session = aws_session(region)
        self._settings = settings or {}
        self._prepare = prepare
        self._clients: OrderedDict[tuple[str, str | None, int], Any] = OrderedDict()  # Any: botocore makes the methods
        self._lock = threading.Lock()

    def client(self, api: str, region: str | None, limit_seconds: float | None) -> Any:
        """A client of `api`, whose calls are not repeated and wait `limit_seconds` at least for an answer.

        Raises:
            BotoCoreError: no client can be made, for want of a region for instance.
        """
        key = api, region, _read_timeout(limit_seconds)
        with self._lock:  # a session is not safe to make clients in two threads at once
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = self._make(*key)
                if len(self._clients) > _MOST_CLIENTS:
                    self._clients.popitem(last=False)  # who calls through it goes on doing so
            self._clients.move_to_end(key)
            return client

    def _make(self, api: str, region: str | None, read_timeout: int) -> Any:
        config = _CALL_ONCE.merge(Config(read_timeout=read_timeout))
        if api in self._settings:
            config = config.merge(self._settings[api])
        client = self._session.create_client(api, region_name=region, config=config)
        make_plain(api, client)
        client.meta.events.register("before-call", add_trace_headers)
        client.meta.events.register("before-parse", refuse_cut_answer)
        if self._prepare is not None:
            self._prepare(api, client)
        return client


def _read_timeout(limit_seconds: float | None) -> int:
    for seconds in _READ_TIMEOUTS:
        if limit_seconds is not None and limit_seconds < seconds:
            return seconds
    return _READ_TIMEOUTS[-1]


def why_unanswered(endpoint: str, error: BotoCoreError) -> str:
    """Where a call went and what happened to it, in the words of the AWS SDK for Java."""
    if isinstance(error, ReadTimeoutError):
        return "Read timed out"
    host = endpoint.partition("://")[2].rstrip("/")
    reason = _system_reason(error)
    return f"{host}: {reason}" if reason else str(error)


def _system_reason(error: BaseException | None) -> str | None:
    """The operating system's words for the trouble at the bottom of a chain of exceptions."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
        error = error.__cause__ or error.__context__
    return None


async def in_daemon_thread(call: Callable[[], _T], *, name: str) -> _T:
    """Run a blocking call beside the loop; one that nobody waits for any more keeps no process from ending.

    Raises:
        ReadTimeoutError: it has taken `LONGEST_SECONDS`, and is left alone.
    """
    future: Future[_T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # not handled here: it is raised again where the call is awaited
            future.set_exception(error)

    future.set_running_or_notify_cancel()
    context = contextvars.copy_context()  # the trace that the call belongs to
    threading.Thread(target=lambda: context.run(run), name=name, daemon=True).start()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await asyncio.wrap_future(future)
    except TimeoutError:
        raise ReadTimeoutError(endpoint_url=name) from None
