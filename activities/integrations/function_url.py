"""Functions behind an HTTP URL: the event is posted as JSON, the answer's body is the payload.

The protocol is the Lambda API's `Invoke` as far as it goes: a 2xx answer with `X-Amz-Function-Error` is a function's
own error. The header `Idempotency-Key` is the same for whatever makes the same attempt arrive twice.
"""

from __future__ import annotations

from typing import Any, Final

import aiohttp
from temporalio import activity

from activities.connector_secrets import shown_url
from activities.failures import client_error, service_error
from activities.function_calls import (
    MAX_PAYLOAD_BYTES,
    FunctionCall,
    function_error,
    invoke_result,
    payload_of,
    payload_too_large,
    request_id_of,
)
from activities.heartbeats import heartbeating
from activities.http_calls import bounded_body, system_reason
from activities.names import INVOKE_URL
from activities.reported_failures import reported_failures
from activities.trace_context import trace_headers
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_bytes

_CONNECT_TIMEOUT_SECONDS: Final = 5

_LONGEST_SECONDS: Final = 910.0
"""From the begin of a call to the end of its answer: Lambda's own limit of 15 minutes and a little."""

_MESSAGE_LENGTH: Final = 1024
"""Characters of an error answer's body that its cause quotes."""


class UrlInvoker:
    """Runs `steploom:function-url`; register its `invoke` in a worker.

    Args:
        session: one client session for all calls; whoever makes it closes it.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @activity.defn(name=INVOKE_URL)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Post the event once; `argument` is a `FunctionCall` with `url`, as JSON.

        Returns:
            The result of `lambda:invoke`, or the function's payload alone where the call is not `wrapped`.
        """
        call = FunctionCall.from_json(argument)
        with reported_failures(), heartbeating():
            return await self.call(call, activity.info().activity_id)

    async def call(self, call: FunctionCall, operation_id: str) -> JsonValue:
        """Post the event once, whether in an activity or not.

        Raises:
            StatesError: the function failed, or the call was refused or not answered.
        """
        url = call.url or ""
        request_id = request_id_of(operation_id)
        try:
            async with self._session.post(
                url,
                data=json_bytes(call.payload if call.has_payload else {}),
                headers=_headers(call, operation_id, request_id),
                timeout=aiohttp.ClientTimeout(total=_LONGEST_SECONDS, sock_connect=_CONNECT_TIMEOUT_SECONDS),
                allow_redirects=False,
            ) as response:
                return _result(call, response, await bounded_body(response, MAX_PAYLOAD_BYTES), request_id)
        except aiohttp.ClientConnectorError as error:
            raise client_error(f"{error.host}:{error.port}: {system_reason(error.os_error)}") from None
        except (TimeoutError, aiohttp.ClientError) as error:
            raise client_error(f"{shown_url(url)}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return "it is no URL of HTTP"  # its own text quotes the URL, in which there may be secrets
    return str(error) or type(error).__name__


def _headers(call: FunctionCall, operation_id: str, request_id: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": operation_id,
        "X-Amzn-RequestId": request_id,
        "X-Amz-Function-Name": call.function,
    }
    headers |= trace_headers()
    if call.client_context is not None:
        headers["X-Amz-Client-Context"] = call.client_context
    return headers


def _result(call: FunctionCall, response: aiohttp.ClientResponse, body: bytes, request_id: str) -> JsonValue:
    if not 200 <= response.status < 300:
        raise _refused(call, response, body, request_id)
    if len(body) > MAX_PAYLOAD_BYTES:
        raise payload_too_large()
    if "X-Amz-Function-Error" in response.headers:
        raise function_error(body)
    payload = None if not body else payload_of(body)
    if not call.wrapped:
        return payload
    headers = {name: ", ".join(response.headers.getall(name)) for name in response.headers}
    return invoke_result(payload, request_id=request_id, headers=headers, status=response.status)


def _refused(call: FunctionCall, response: aiohttp.ClientResponse, body: bytes, request_id: str) -> StatesError:
    """The error of an answer other than 2xx, in the terms in which Lambda refuses a call."""
    code = _CODES.get(response.status, "ServiceException" if response.status >= 500 else "AWSLambdaException")
    text = body.decode("utf-8", "replace").strip()[:_MESSAGE_LENGTH] or response.reason or "no body"
    message = f"{shown_url(call.url or '')} answered for function {call.function!r}: {text}"
    return service_error(code, message, status=response.status, request_id=request_id)


_CODES: Final = {
    404: "ResourceNotFoundException",
    413: "RequestTooLargeException",
    429: "TooManyRequestsException",
}
"""The Lambda API's own error for an HTTP status ("Invoke", Errors)."""
