"""Listens with the HTTP door's application, and stops so that no call is cut off."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final
from uuid import uuid4

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from api.aws_json.application import refused
from api.service.errors import InternalFailure, SerializationException

_LOG: Final = logging.getLogger(__name__)


class DoorRunner(web.AppRunner):
    """Runs the door's application on connections that answer in AWS's shape also what is no HTTP."""

    async def _make_server(self) -> web.Server:
        # aiohttp has no public way to say what answers broken requests: we take over the server that it has made.
        made = await super()._make_server()
        return _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what cannot be read as HTTP, or to a bug below the application; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        request_id = str(uuid4())
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            _LOG.debug("request %s from %s is no HTTP: %s", request_id, request.remote, exc)
            answer = refused(SerializationException("The request is not HTTP as it should be"), request_id, status)
        else:
            _LOG.error("request %s failed", request_id, exc_info=exc)
            answer = refused(InternalFailure(), request_id, status)
        response = answer.response()
        response.force_close()
        return response

    def log_exception(self, *args: Any, **keywords: Any) -> None:
        """Log a bug; not a body that cannot be read, which has been answered, and is met again when it is skipped."""
        if isinstance(keywords.get("exc_info"), web.RequestPayloadError):
            _LOG.debug("a body cannot be read: %s", keywords["exc_info"])
        else:
            super().log_exception(*args, **keywords)


@asynccontextmanager
async def serve(
    app: web.Application, host: str, port: int, *, grace_seconds: float = 30.0, tls: SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve `app` and yield the port (a free one for 0); at the end, calls under way have `grace_seconds` to finish.

    Raises:
        OSError: the address cannot be used.
    """
    runner = DoorRunner(app, access_log=None, shutdown_timeout=grace_seconds)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        bound: int = runner.addresses[0][1]
        yield bound
    finally:
        await runner.cleanup()
