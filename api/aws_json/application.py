"""The HTTP door: AWS JSON 1.0 as AWS's SDKs speak it, health for orchestrators, metrics for Prometheus.

A request names its operation in the header X-Amz-Target; everything else happens in the application service, driven by
AWS's model. Client faults are answered with 400 (SDKs repeat what is answered with 5xx), all errors in AWS's shape.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Final
from uuid import uuid4

import orjson
from aiohttp import ClientError, web

from api.aws_json.metrics import Metrics
from api.service.application import ApplicationService
from api.service.errors import SerializationException, ServiceError, ServiceUnavailable
from api.service.model import operation_names
from interpreter.values import JsonValue, parse_json

_LOG: Final = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_TARGET_PREFIX: Final = "AWSStepFunctions."
_TRACED: Final = frozenset({"StartExecution", "StartSyncExecution"})
_LARGEST_BODY: Final = 8 * 1024 * 1024  # a definition of 1 MiB whose every character is escaped fits


class RequestEntityTooLargeException(ServiceError):
    """The body is larger than any that can be meant."""

    def __init__(self) -> None:
        super().__init__(f"A request may have {_LARGEST_BODY} bytes at most.")


class InternalFailure(ServiceError):
    """A bug in steploom; the log has it under the request's id."""

    def __init__(self) -> None:
        super().__init__("The request processing has failed because of an unknown error, exception or failure.")


_STATUS: Final[Mapping[type[ServiceError], HTTPStatus]] = {
    RequestEntityTooLargeException: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InternalFailure: HTTPStatus.INTERNAL_SERVER_ERROR,
    ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def create_app(service: ApplicationService, *, ready: Callable[[], Awaitable[bool]]) -> web.Application:
    """The door as an aiohttp application: `POST /`, `GET /health`, `GET /metrics`.

    Args:
        service: what answers; entering and leaving its context is the caller's.
        ready: whether everything behind the service can be reached, as /health reports it.
    """
    door = _Door(service, ready)
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_post("/", door.call)
    app.router.add_get("/health", door.health)
    app.router.add_get("/metrics", door.metrics)
    return app


class _Door:
    def __init__(self, service: ApplicationService, ready: Callable[[], Awaitable[bool]]) -> None:
        self._service = service
        self._ready = ready
        self._metrics = Metrics()

    async def call(self, request: web.Request) -> web.Response:
        """Answer one call of an operation."""
        start, request_id = perf_counter(), str(uuid4())
        operation = operation_of(request.headers.get("X-Amz-Target", ""))

        async def invoke() -> Mapping[str, JsonValue]:
            params = _traced(request, operation, params_of(await _body(request)))
            answer = await self._service.invoke(operation, params)
            await self._return_undeliverable(request, answer)
            return answer

        result = await answered(invoke, request_id, operation)
        known = operation if operation in operation_names() else "unknown"
        self._metrics.count(known, result.code, perf_counter() - start)
        return web.Response(status=result.status, body=result.body, headers=result.headers)

    async def _return_undeliverable(self, request: web.Request, answer: Mapping[str, JsonValue]) -> None:
        """Let another worker have a task whose caller has hung up; of a cut that nobody has noticed, none can know."""
        token = answer.get("taskToken")
        if isinstance(token, str) and (request.transport is None or request.transport.is_closing()):
            await self._service.return_activity_task(token)

    async def health(self, _request: web.Request) -> web.Response:
        """Whether this process lives (any answer) and can serve (200, otherwise 503)."""
        ready = await self._ready()
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"live": True, "ready": ready}, status=status)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus' text format."""
        text, content_type = self._metrics.text()
        return web.Response(body=text, headers={"Content-Type": content_type})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call is answered with; `code` is the error's, or `OK`."""

    code: str
    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


async def answered(
    invoke: Callable[[], Awaitable[Mapping[str, JsonValue]]], request_id: str, operation: str
) -> Answered:
    """The answer to a call of `operation`, in AWS's shape whatever becomes of it."""
    code, status = "OK", HTTPStatus.OK
    try:
        body = _json(await invoke())
    except ServiceError as error:
        code, status, body = error.code, _STATUS.get(type(error), HTTPStatus.BAD_REQUEST), _error_json(error)
    except Exception:  # the outermost place: a bug must still be answered in AWS's shape, and be found in the log
        _LOG.exception("request %s: %s failed", request_id, operation)
        failure = InternalFailure()
        code, status, body = failure.code, _STATUS[InternalFailure], _error_json(failure)
    headers = {"Content-Type": _CONTENT_TYPE, "x-amzn-RequestId": request_id}
    if code != "OK":
        headers["x-amzn-ErrorType"] = code
    return Answered(code, status, headers, body)


def operation_of(target: str) -> str:
    """The operation that the header X-Amz-Target names; empty where it is none of Step Functions."""
    return target.removeprefix(_TARGET_PREFIX) if target.startswith(_TARGET_PREFIX) else ""


def _traced(request: web.Request, operation: str, params: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The parameters with the trace header that came as HTTP's, which counts more than the member."""
    header = request.headers.get("X-Amzn-Trace-Id")
    return params if header is None or operation not in _TRACED else {**params, "traceHeader": header}


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RequestEntityTooLargeException from None
    except (ClientError, OSError) as error:
        raise SerializationException("The body could not be read") from error


def params_of(body: bytes) -> dict[str, JsonValue]:
    """The parameters in a request's body.

    Raises:
        SerializationException: it is not a JSON object in UTF-8.
    """
    try:
        params = parse_json(body.decode("utf-8")) if body else {}
    except (ValueError, RecursionError):
        raise SerializationException("The body is not JSON in UTF-8") from None
    if not isinstance(params, dict):
        raise SerializationException("The body is not a JSON object")
    return params


def _json(value: Mapping[str, JsonValue]) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # half a surrogate pair, which a definition may hold as an escape
        return json.dumps(value).encode("ascii")


def _error_json(error: ServiceError) -> bytes:
    return _json({"__type": error.code, "message": error.message, **error.members})
