"""The Lambda API as a way to reach functions: one attempt of a Task is one `Invoke`, through boto3.

Errors and results follow "Invoke Lambda with Step Functions" and "Handling error conditions" (Lambda.* names).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from temporalio import activity

from activities.failures import client_error, reported_failures, service_error
from activities.function_calls import FunctionCall, function_error, invoke_result, payload_of
from activities.function_names import parse_function_name
from activities.heartbeats import heartbeating
from activities.names import INVOKE_LAMBDA
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_bytes

_T = TypeVar("_T")

_READ_TIMEOUTS: Final = (10, 60, 300, 910)
"""Seconds that a client waits for an answer: the least that covers the activity's time is taken. The last one is
Lambda's own limit of 15 minutes and a little; few values, since each needs a client of its own."""

_CONNECT_TIMEOUT_SECONDS: Final = 5

_HEADER_SPELLING: Final = {
    name.lower(): name
    for name in (
        "Connection",
        "Content-Length",
        "Content-Type",
        "Date",
        "X-Amz-Executed-Version",
        "X-Amz-Function-Error",
        "X-Amz-Log-Result",
        "X-Amzn-Trace-Id",
        "x-amzn-Remapped-Content-Length",
        "x-amzn-RequestId",
    )
}
"""Header names as Step Functions shows them (recorded); botocore has them in lower case."""


class LambdaInvoker:
    """Runs `steploom:lambda-invoke`; register its `invoke` in a worker.

    Endpoint and credentials come from where boto3 finds them; a function's full ARN chooses its own region.

    Args:
        region: the region of functions whose name has none; by default the one that boto3 finds.
    """

    def __init__(self, region: str | None = None) -> None:
        self._session = boto3.session.Session(region_name=region)
        self._clients: dict[tuple[str | None, int], Any] = {}  # boto3 makes a client's methods at run time
        self._lock = threading.Lock()

    @activity.defn(name=INVOKE_LAMBDA)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Invoke the function once; `argument` is a `FunctionCall` as JSON.

        Returns:
            The result of `lambda:invoke`, or the function's payload alone where the call is not `wrapped`.
        """
        call = FunctionCall.from_json(argument)
        limit = activity.info().start_to_close_timeout
        with reported_failures(), heartbeating():
            return await self.call(call, limit.total_seconds() if limit else None)

    async def call(self, call: FunctionCall, limit_seconds: float | None) -> JsonValue:
        """Invoke the function once, whether in an activity or not.

        Raises:
            StatesError: the function failed, or the call was refused or not answered.
        """
        read_timeout = _read_timeout(limit_seconds)
        answer = await _in_daemon_thread(lambda: self._call(call, read_timeout))
        return _result(call, answer)

    def _call(self, call: FunctionCall, read_timeout: int) -> _Answer:
        name = parse_function_name(call.function)
        client = self._client(name.region if name else None, read_timeout)
        try:
            response = client.invoke(**_parameters(call))
            return _Answer(response["Payload"].read(), response)
        except ClientError as error:
            raise _service_error(client, error) from None
        except BotoCoreError as error:
            raise _no_answer(client.meta.endpoint_url, error) from None

    def _client(self, region: str | None, read_timeout: int) -> Any:
        with self._lock:  # a session is not safe to make clients in two threads at once
            client = self._clients.get((region, read_timeout))
            if client is None:
                client = self._clients[region, read_timeout] = self._make_client(region, read_timeout)
            return client

    def _make_client(self, region: str | None, read_timeout: int) -> Any:
        config = Config(
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout,
            retries={"total_max_attempts": 1},
            max_pool_connections=200,
            parameter_validation=False,
            tcp_keepalive=True,
        )
        try:
            return self._session.client("lambda", region_name=region, config=config)
        except BotoCoreError as error:
            raise StatesError("Lambda.SdkClientException", str(error)) from None


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    response: Mapping[str, Any]


def _read_timeout(limit_seconds: float | None) -> int:
    for seconds in _READ_TIMEOUTS:
        if limit_seconds is not None and limit_seconds < seconds:
            return seconds
    return _READ_TIMEOUTS[-1]


def _parameters(call: FunctionCall) -> Any:
    parameters: dict[str, Any] = {"FunctionName": call.function}
    if call.has_payload:
        parameters["Payload"] = json_bytes(call.payload)
    optional = {
        "Qualifier": call.qualifier,
        "InvocationType": call.invocation_type,
        "LogType": call.log_type,
        "ClientContext": call.client_context,
    }
    return parameters | {name: value for name, value in optional.items() if value is not None}


def _result(call: FunctionCall, answer: _Answer) -> JsonValue:
    if answer.response.get("FunctionError") is not None:
        raise function_error(answer.body)
    payload = payload_of(answer.body)
    if not call.wrapped:
        return payload
    metadata = answer.response["ResponseMetadata"]
    headers = {_HEADER_SPELLING.get(name, name): value for name, value in metadata["HTTPHeaders"].items()}
    return invoke_result(
        payload,
        request_id=metadata.get("RequestId", ""),
        headers=headers,
        status=answer.response["StatusCode"],
        executed_version=answer.response.get("ExecutedVersion"),
        log_result=answer.response.get("LogResult"),
    )


def _service_error(client: Any, error: ClientError) -> StatesError:
    code = str(error.response.get("Error", {}).get("Code", "Unknown"))
    message = str(error.response.get("Error", {}).get("Message") or error.response.get("Message") or "null")
    metadata = error.response.get("ResponseMetadata", {})
    return service_error(
        code,
        message,
        status=int(metadata.get("HTTPStatusCode", 500)),
        request_id=str(metadata.get("RequestId", "")),
        modelled=client.meta.service_model.shape_for_error_code(code) is not None,
    )


def _no_answer(endpoint: str, error: BotoCoreError) -> StatesError:
    if isinstance(error, ReadTimeoutError):
        return client_error("Read timed out")
    host = endpoint.partition("://")[2].rstrip("/")
    reason = _system_reason(error)
    return client_error(f"{host}: {reason}" if reason else str(error))


def _system_reason(error: BaseException | None) -> str | None:
    """The operating system's words for the trouble at the bottom of a chain of exceptions."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
        error = error.__cause__ or error.__context__
    return None


async def _in_daemon_thread(call: Callable[[], _T]) -> _T:
    """Run a blocking call beside the loop; one that nobody waits for any more keeps no process from ending."""
    future: Future[_T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # not handled here: it is raised again where the call is awaited
            future.set_exception(error)

    future.set_running_or_notify_cancel()
    threading.Thread(target=run, name="lambda-invoke", daemon=True).start()
    return await asyncio.wrap_future(future)
