"""The HTTP door: AWS JSON 1.0 as AWS's SDKs speak it, health for orchestrators, metrics for Prometheus.

A request names its operation in the header X-Amz-Target; a guard finds out who calls and whether they may; everything
else happens in the application service, driven by AWS's model. Client faults are answered with 400 (SDKs repeat what is
answered with 5xx), all errors in AWS's shape.
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
from aiohttp import ClientError, HttpVersion11, web
from aiohttp.typedefs import Handler
from opentelemetry.trace import Tracer

from api.access.actions import GET_METRICS, changes, known_operations
from api.access.callers import SignedCall
from api.access.errors import AccessDeniedException, MissingAuthenticationTokenException
from api.access.guard import Call, Guard
from api.access.limits import DEFAULT_MAX_REQUEST_BYTES
from api.access.sigv4 import HttpRequest
from api.aws_json.metrics import Metrics
from api.aws_json.traces import spans
from api.service.application import ApplicationService
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.errors import (
    InternalFailure,
    SerializationException,
    ServiceError,
    ServiceUnavailable,
    UnknownOperationException,
)
from api.service.model import EVENTS_PREFIX, operation_names
from interpreter.values import JsonValue, parse_json

_LOG: Final = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_TARGET_PREFIXES: Final = {"AWSStepFunctions.": "", "AWSEvents.": EVENTS_PREFIX}
_TRACED: Final = frozenset({"StartExecution", "StartSyncExecution"})
_LINKED: Final = frozenset({"StartExecution", "DescribeExecution"})
_UI_HEADER: Final = "X-Steploom-UI"
"""Has the page of an execution in the Temporal UI, where the setting `ui_url` says where that is."""
_BEARER: Final = "Bearer "


class RequestEntityTooLargeException(ServiceError):
    """The body is larger than any that can be meant."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A request may have {most} bytes at most.")


_STATUS: Final[Mapping[type[ServiceError], HTTPStatus]] = {
    RequestEntityTooLargeException: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InternalFailure: HTTPStatus.INTERNAL_SERVER_ERROR,
    ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def create_app(
    service: ApplicationService,
    *,
    ready: Callable[[], Awaitable[bool]],
    guard: Guard | None = None,
    max_request_bytes: int = DEFAULT_MAX_REQUEST_BYTES,
    tracer: Tracer | None = None,
    link: Callable[[str], str | None] | None = None,
) -> web.Application:
    """The door as an aiohttp application: `POST /`, `GET /health`, `GET /health/live`, `GET /metrics`.

    Args:
        service: what answers; entering and leaving its context is the caller's.
        ready: whether everything behind the service can be reached, as /health reports it.
        guard: who may call; None lets everybody do everything. Health is not guarded.
        max_request_bytes: larger bodies are refused.
        tracer: makes a span for each call, if there is one.
        link: where a person sees the execution of an ARN; told in the header `X-Steploom-UI` of what is started or
            described.
    """
    door = _Door(service, ready, guard or Guard(Arns(ServiceConfig())), link or (lambda _: None))
    app = web.Application(
        client_max_size=max_request_bytes, middlewares=[*([] if tracer is None else [spans(tracer)]), _in_aws_shape]
    )
    app.router.add_post("/", door.call, expect_handler=_expectation)
    app.router.add_get("/health", door.health)
    app.router.add_get("/health/live", door.live)
    app.router.add_get("/metrics", door.metrics)
    return app


class _Door:
    def __init__(
        self,
        service: ApplicationService,
        ready: Callable[[], Awaitable[bool]],
        guard: Guard,
        link: Callable[[str], str | None],
    ) -> None:
        self._service = service
        self._link = link
        self._ready = ready
        self._guard = guard
        self._metrics = Metrics()

    async def call(self, request: web.Request) -> web.Response:
        """Answer one call of an operation."""
        start, request_id = perf_counter(), str(uuid4())
        operation = operation_of(request.headers.get("X-Amz-Target", ""))
        call = Call("http", operation or "unknown", request.remote or "", request_id)
        told: dict[str, str] = {}

        async def invoke() -> Mapping[str, JsonValue]:
            with self._guard.recorded(call):
                params = await self._admitted(request, call)
                answer = await self._service.invoke(operation, params)
                await self._return_undeliverable(request, answer)
                told.update(self._ui_header(operation, answer))
                return answer

        result = await answered(invoke, request_id, operation)
        result.headers.update(told)
        known = operation if operation in operation_names() else "unknown"
        self._metrics.count(known, result.code, perf_counter() - start)
        return result.response()

    def _ui_header(self, operation: str, answer: Mapping[str, JsonValue]) -> dict[str, str]:
        arn = answer.get("executionArn") if operation in _LINKED else None
        link = self._link(arn) if isinstance(arn, str) else None
        return {} if link is None else {_UI_HEADER: link}

    async def _admitted(self, request: web.Request, call: Call) -> dict[str, JsonValue]:
        """The parameters of a call that is let in; if callers are asked who they are, one that they have signed.

        What a key may not call so often costs the database nothing, and what its policy denies is used up: it could be
        sent again when more is allowed.
        """
        signed = await self._signed(request, call)
        body = await _body(request)
        if signed is not None:
            call.caller = await signed.caller(body)
        params = _traced(request, call.operation, params_of(body))
        if call.operation not in known_operations():
            if self._guard.callers is not None:  # no policy can allow what the table of actions does not know
                raise UnknownOperationException
            return params
        wanted = self._guard.throttle(call, params)
        if signed is not None and changes(call.operation):
            await _noted(signed, call)
        self._guard.authorize(call, wanted)
        return params

    async def _signed(self, request: web.Request, call: Call) -> SignedCall | None:
        if self._guard.callers is None:
            if "Origin" in request.headers:  # also on the loopback interface: the name of a page's host may lead there
                raise AccessDeniedException.web_page()
            return None
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise SerializationException(
                "Compressed bodies are not accepted with a signature, which is of the bytes sent"
            )
        headers: dict[str, list[str]] = {}
        for name, value in request.headers.items():
            headers.setdefault(name.lower(), []).append(value)
        service = "events" if call.operation.startswith(EVENTS_PREFIX) else "states"
        described = HttpRequest(request.method, request.path, request.query_string, headers)
        return await self._guard.callers.signed(described, service, call.claim)

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

    async def live(self, _request: web.Request) -> web.Response:
        """That this process lives."""
        return web.json_response({"live": True})

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus' text format; for bearers of a token, if callers are asked who they are."""
        request_id = str(uuid4())
        try:
            with self._guard.recorded(call := Call("http", "GetMetrics", request.remote or "", request_id)):
                await self._admit_bearer(request, call)
        except ServiceError as error:
            return refused(error, request_id).response()
        text, content_type = self._metrics.text()
        return web.Response(body=text, headers={"Content-Type": content_type})

    async def _admit_bearer(self, request: web.Request, call: Call) -> None:
        if self._guard.callers is None:
            return
        authorization = request.headers.get("Authorization", "")
        if not authorization.startswith(_BEARER):
            raise MissingAuthenticationTokenException
        call.caller = await self._guard.callers.of_token(authorization.removeprefix(_BEARER))
        self._guard.admit_to(call, GET_METRICS)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call is answered with; `code` is the error's, or `OK`."""

    code: str
    status: HTTPStatus
    headers: dict[str, str]
    body: bytes

    def response(self) -> web.Response:
        """The same for aiohttp."""
        return web.Response(status=self.status, body=self.body, headers=self.headers)


async def answered(
    invoke: Callable[[], Awaitable[Mapping[str, JsonValue]]], request_id: str, operation: str
) -> Answered:
    """The answer to a call of `operation`, in AWS's shape whatever becomes of it."""
    try:
        body = _json(await invoke())
    except ServiceError as error:
        return refused(error, request_id)
    except Exception:  # the outermost place: a bug must still be answered in AWS's shape, and be found in the log
        _LOG.exception("request %s: %s failed", request_id, operation)
        return refused(InternalFailure(), request_id)
    return Answered("OK", HTTPStatus.OK, _headers(request_id), body)


def refused(error: ServiceError, request_id: str, status: int | None = None) -> Answered:
    """An error in AWS's shape, with the status that its code has, or another."""
    known = HTTPStatus(status) if status else _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    body = _json({"__type": error.code, "message": error.message, **error.members})
    return Answered(error.code, known, _headers(request_id) | {"x-amzn-ErrorType": error.code}, body)


def _headers(request_id: str) -> dict[str, str]:
    return {"Content-Type": _CONTENT_TYPE, "x-amzn-RequestId": request_id}


@web.middleware
async def _in_aws_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer in AWS's shape also what is no call at all: other paths and methods."""
    try:
        return await handler(request)
    except web.HTTPClientError as error:
        return refused(UnknownOperationException(), str(uuid4()), error.status).response()


async def _expectation(request: web.Request) -> web.Response | None:
    """Have clients send the body that wait for a sign to do so; nothing else can be expected."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        error = SerializationException("The header Expect can be met for '100-continue' only")
        return refused(error, str(uuid4()), HTTPStatus.EXPECTATION_FAILED).response()
    if request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun, as in aiohttp's own handler
    return None


def operation_of(target: str) -> str:
    """The operation that the header X-Amz-Target names; empty where it is of neither Step Functions nor EventBridge."""
    for prefix, ours in _TARGET_PREFIXES.items():
        if target.startswith(prefix) and ":" not in target:
            return ours + target.removeprefix(prefix)
    return ""


async def _noted(signed: SignedCall, call: Call) -> None:
    """See that no other process has accepted the request; until then it may be of somebody who has read it."""
    caller, call.caller = call.caller, None
    await signed.note()
    call.caller = caller


def _traced(request: web.Request, operation: str, params: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The parameters with the trace header that came as HTTP's, which counts more than the member."""
    header = request.headers.get("X-Amzn-Trace-Id")
    return params if header is None or operation not in _TRACED else {**params, "traceHeader": header}


async def _body(request: web.Request) -> bytes:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RequestEntityTooLargeException(request.client_max_size) from None
    except (web.RequestPayloadError, ClientError, OSError) as error:
        raise SerializationException("The body could not be read") from error
    if not body and request.content_length:  # a compressed body that is cut off, which aiohttp lets pass
        raise SerializationException("The body could not be read")
    return body


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
