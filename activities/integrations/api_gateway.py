"""`apigateway:invoke`: one request to an API of API Gateway ("Call API Gateway with Step Functions").

The request goes to the host that ApiEndpoint names. Where `AWS_ENDPOINT_URL_EXECUTE_API` or `AWS_ENDPOINT_URL` names
another place, it goes there with that host in its header, which is how stand-ins tell APIs apart.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from yarl import URL

from activities.aws_clients import in_daemon_thread
from activities.connector_secrets import without_secrets
from activities.failures import unusable_arguments
from activities.http_calls import HttpAnswer, HttpCaller, HttpRequest, Unanswered
from activities.http_results import check_size, header_fault, http_result, text_of
from activities.service_models import aws_session
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue, json_bytes

_PREFIX: Final = "ApiGateway"
_SERVICE: Final = "execute-api"
_ENDPOINT_VARIABLES: Final = ("AWS_ENDPOINT_URL_EXECUTE_API", "AWS_ENDPOINT_URL")
_WITH_BODY: Final = frozenset({"PATCH", "POST", "PUT"})
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
_REGION: Final = re.compile(r"[^.]+\.execute-api\.([a-z0-9-]+)\.")

_FORBIDDEN_NAMES: Final = """
authorization connection content-md5 expect host max-forwards proxy-authenticate server te transfer-encoding
trailer upgrade via www-authenticate
"""
_FORBIDDEN: Final = frozenset(_FORBIDDEN_NAMES.split())
_FORBIDDEN_BEGINNINGS: Final = ("x-forwarded", "x-amz", "x-amzn")


class ApiGateway:
    """Runs `apigateway:invoke`.

    Args:
        caller: makes requests to the hosts that Tasks name.
        trusted: makes requests to the place that the environment names; no guard stands before it.
        region: signs requests to hosts that do not say where they are.
    """

    def __init__(self, caller: HttpCaller, trusted: HttpCaller, region: str) -> None:
        self._caller = caller
        self._trusted = trusted
        self._region = region
        self._session = aws_session(region)

    async def call(self, arguments: dict[str, JsonValue], state: str) -> JsonValue:
        """Make the request once.

        Raises:
            StatesError: it was refused, not answered, or answered with a status other than 2xx.
        """
        task = _Task(arguments)
        request, place = task.request(), _endpoint()
        if arguments.get("AuthType") in ("IAM_ROLE", "RESOURCE_POLICY"):
            request = await in_daemon_thread(lambda: self._signed(request, task.host), name="sign")
        caller = self._caller if place is None else self._trusted
        try:
            answer = await caller.send(request if place is None else _moved(request, task.host, place), follow=False)
        except Unanswered as error:
            cause = f"Unable to execute HTTP request: apigateway:invoke of state {state!r}: {error}"
            raise StatesError(f"{_PREFIX}.SdkClientException", cause) from None
        return _result(answer, f"apigateway:invoke of state {state!r}: {task.host}")

    def _signed(self, request: HttpRequest, host: str) -> HttpRequest:
        """The request with a signature; looking for credentials may block."""
        found = _REGION.match(host)
        try:
            credentials = self._session.get_credentials()
        except BotoCoreError as error:
            raise StatesError(f"{_PREFIX}.SdkClientException", str(error)) from None
        if credentials is None:
            raise StatesError(f"{_PREFIX}.SdkClientException", "Unable to load AWS credentials")
        signed = AWSRequest(
            method=request.method, url=str(request.url), data=request.body, headers=dict(request.headers)
        )
        sign = cast("Callable[..., Any]", SigV4Auth)(credentials, _SERVICE, found[1] if found else self._region)
        sign.add_auth(signed)
        return HttpRequest(method=request.method, url=request.url, headers=[*signed.headers.items()], body=request.body)


def _endpoint() -> URL | None:
    """The place that takes the API's, if the environment names one."""
    for variable in _ENDPOINT_VARIABLES:
        if os.environ.get(variable):
            return URL(os.environ[variable])
    return None


def _moved(request: HttpRequest, host: str, place: URL) -> HttpRequest:
    url = request.url.with_scheme(place.scheme).with_host(place.host or "").with_port(place.port)
    return HttpRequest(method=request.method, url=url, headers=[*request.headers, ("Host", host)], body=request.body)


def _result(answer: HttpAnswer, where: str) -> JsonValue:
    if not 200 <= answer.status < 300:
        raise StatesError(f"{_PREFIX}.{answer.status}", text_of(answer) or answer.reason)
    check_size(answer, "apigateway")
    return http_result(answer, where)


@dataclass(frozen=True, slots=True)
class _Task:
    """A Task's arguments, and the request made of them."""

    arguments: dict[str, JsonValue]

    @property
    def host(self) -> str:
        """The API's host."""
        return str(self.arguments["ApiEndpoint"])

    def request(self) -> HttpRequest:
        """The request. Raises: StatesRuntime, if the arguments cannot be used."""
        method, body = str(self.arguments["Method"]), self._body()
        if body is not None and method not in _WITH_BODY:
            raise self._unusable(f"The field 'RequestBody' cannot be used with the method {method}")
        headers = [*self._headers()]
        if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return HttpRequest(method=method, url=self._url(), headers=headers, body=body)

    def _url(self) -> URL:
        if not _HOST.fullmatch(self.host):
            raise self._unusable("The value of the field 'ApiEndpoint' is not a host like <id>.execute-api.<region>...")
        parts = [str(self.arguments.get(name) or "").strip("/") for name in ("Stage", "Path")]
        path = "/".join(quote(part, safe="/%:@!$&'()*+,;=~") for part in parts if part)
        if str(self.arguments.get("Path") or "").endswith("/") and path:
            path += "/"
        query = urlencode(self._query(), quote_via=quote)
        return URL(f"https://{self.host}/{path}" + (f"?{query}" if query else ""), encoded=True)

    def _query(self) -> list[tuple[str, str]]:
        parameters = cast("Mapping[str, list[str]]", self.arguments.get("QueryParameters") or {})
        return [(name, value) for name, values in parameters.items() for value in values]

    def _headers(self) -> Iterator[tuple[str, str]]:
        for name, values in cast("Mapping[str, list[str]]", self.arguments.get("Headers") or {}).items():
            if name.lower() in _FORBIDDEN or name.lower().startswith(_FORBIDDEN_BEGINNINGS):
                raise self._unusable(f"The header {name!r} cannot be set")
            for value in values:
                fault = header_fault(name, value)
                if fault is not None:
                    raise self._unusable(fault)
                yield name, value

    def _body(self) -> bytes | None:
        body = self.arguments.get("RequestBody")
        if body is None:
            return None
        if isinstance(body, str):
            return body.encode()
        return json_bytes(body if self.arguments.get("AllowNullValues") else _without_nulls(body))

    def _unusable(self, reason: str) -> StatesRuntime:
        return unusable_arguments(without_secrets(self.arguments), reason)


def _without_nulls(value: JsonValue) -> JsonValue:
    match value:
        case dict():
            return {name: _without_nulls(member) for name, member in value.items() if member is not None}
        case list():
            return [_without_nulls(item) for item in value]
        case _:
            return value
