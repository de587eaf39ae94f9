"""`http:invoke`: one request to an HTTPS endpoint, authorized by a connection ("Call HTTPS APIs in Step Functions")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import quote, quote_plus

from yarl import URL

from activities.authorization import Authorizer
from activities.connections import Additions, Connection
from activities.connector_secrets import shown_url, without_secrets
from activities.failures import unusable_arguments
from activities.http_calls import HttpAnswer, HttpCaller, HttpRequest, Unanswered
from activities.http_exchanges import Answered, Asked, Exchange, are_kept, keep
from activities.http_results import check_size, header_fault, http_result, text_of
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue, json_bytes, json_text

SOCKET: Final = "States.Http.Socket"
_FORM: Final = "application/x-www-form-urlencoded"
_RANGE: Final = "bytes=0-262144"
_REFUSED_TOKENS: Final = frozenset({401, 407})
_BINARY: Final = ("application/octet-stream", "image/", "video/", "audio/")

_FORBIDDEN_NAMES: Final = """
a-im accept-charset accept-datetime accept-encoding authorization cache-control connection content-encoding
content-md5 date expect forwarded from host http2-settings if-match if-modified-since if-none-match if-range
if-unmodified-since max-forwards origin pragma proxy-authorization referer server te trailer transfer-encoding
upgrade via warning
"""
_FORBIDDEN: Final = frozenset(_FORBIDDEN_NAMES.split())
_FORBIDDEN_BEGINNINGS: Final = ("x-forwarded-", "x-amz-", "x-amzn-")


class HttpEndpoint:
    """Runs `http:invoke`.

    Args:
        caller: makes the requests.
        authorizer: finds connections and their credentials.
        region: is told in the header User-Agent.
    """

    def __init__(self, caller: HttpCaller, authorizer: Authorizer, region: str) -> None:
        self._caller = caller
        self._authorizer = authorizer
        self._agent = f"Amazon|StepFunctions|HttpInvoke|{region}"

    async def call(self, arguments: dict[str, JsonValue], state: str) -> JsonValue:
        """Make the request once.

        Raises:
            StatesError: it was refused, not answered, or answered with a status other than 2xx.
        """
        task = _Task(arguments, self._agent)
        task.check()
        connection = await self._authorizer.connection(_connection_arn(arguments))
        credentials = await self._authorizer.headers(connection)
        request = task.request(connection.additions, credentials)
        exchange = Exchange(_asked(request), _asked(request.elsewhere or request)) if are_kept() else None
        if exchange is not None:
            keep(exchange)
        try:
            answer = await self._caller.send(request, follow=True)
        except Unanswered as error:
            raise StatesError(SOCKET, f"http:invoke of state {state!r}: {error}") from None
        if exchange is not None:
            exchange.answered = Answered(
                request.url.scheme, answer.status, answer.reason, answer.headers, text_of(answer)
            )
        return self._result(answer, connection, state, arguments)

    def _result(
        self, answer: HttpAnswer, connection: Connection, state: str, arguments: Mapping[str, JsonValue]
    ) -> JsonValue:
        if answer.status in _REFUSED_TOKENS:
            self._authorizer.refused(connection)
        if not 200 <= answer.status < 300:
            raise StatesError(f"States.Http.StatusCode.{answer.status}", text_of(answer) or answer.reason)
        check_size(answer, "http")
        where = f"http:invoke of state {state!r}: {shown_url(str(arguments['ApiEndpoint']))}"
        if answer.content_type.startswith(_BINARY):
            raise StatesRuntime(f"{where} answered with {answer.content_type}, which cannot be a result")
        return http_result(answer, where)


def _asked(request: HttpRequest) -> Asked:
    body = None if request.body is None else request.body.decode("utf-8", "replace")
    return Asked(request.url.scheme, request.method, str(request.url), request.headers, body)


def _connection_arn(arguments: Mapping[str, JsonValue]) -> str:
    holder = arguments.get("InvocationConfig") or arguments.get("Authentication")
    return str(cast("dict[str, JsonValue]", holder)["ConnectionArn"])


@dataclass(frozen=True, slots=True)
class _Task:
    """A Task's arguments, and the requests made of them."""

    arguments: dict[str, JsonValue]
    agent: str

    def check(self) -> None:
        """Find what can be found before the connection is known. Raises: StatesRuntime."""
        self._url({})
        for name, value in self._given_headers():
            fault = header_fault(name, value)
            if fault is not None:
                raise self._unusable(fault)
            if name.lower() in _FORBIDDEN or name.lower().startswith(_FORBIDDEN_BEGINNINGS):
                raise self._unusable(f"The header {name!r} cannot be set by an HTTP Task")
        if self._encoding() == "URL_ENCODED" and not self._content_type().startswith(_FORM):
            raise self._unusable(f"RequestBodyEncoding URL_ENCODED needs the header 'Content-Type: {_FORM}'")

    def request(self, additions: Additions, credentials: Mapping[str, str]) -> HttpRequest:
        """The request with what the connection adds; redirects to other origins get one without."""
        return self._request(additions, credentials, self._request(Additions(), {}, None))

    def _request(
        self, additions: Additions, credentials: Mapping[str, str], elsewhere: HttpRequest | None
    ) -> HttpRequest:
        body = self._body(additions.body)
        return HttpRequest(
            method=str(self.arguments["Method"]),
            url=self._url(additions.query),
            headers=self._headers({**additions.headers, **credentials}, has_body=body is not None),
            body=body,
            elsewhere=elsewhere,
        )

    def _url(self, more: Mapping[str, str]) -> URL:
        text = str(self.arguments["ApiEndpoint"])
        try:
            url = URL(text)
            if url.scheme not in ("https", "http") or not url.host:
                raise ValueError
        except ValueError:
            raise self._unusable("The value of the field 'ApiEndpoint' is not a URL like https://host/path") from None
        if url.raw_user is not None or url.raw_password is not None:
            raise self._unusable("The field 'ApiEndpoint' holds a user; credentials belong into a connection")
        given = [*_query(self.arguments.get("QueryParameters"))]
        if not given and not more:
            return url.with_fragment(None)
        kept = [(name, value) for name, value in (*url.query.items(), *given) if name not in more]
        return url.with_query([*kept, *more.items()]).with_fragment(None)

    def _headers(self, more: Mapping[str, str], *, has_body: bool) -> Sequence[tuple[str, str]]:
        stronger = {name.lower() for name in more}
        given = [(name, value) for name, value in self._given_headers() if name.lower() not in stronger]
        headers = [*given, *more.items()]
        names = {name.lower() for name, _ in headers}
        usual = [("User-Agent", self.agent), ("Range", _RANGE)]
        if has_body:
            usual.append(("Content-Type", "application/json"))
        return [*headers, *((name, value) for name, value in usual if name.lower() not in names)]

    def _given_headers(self) -> Iterator[tuple[str, str]]:
        for name, value in cast("dict[str, JsonValue]", self.arguments.get("Headers") or {}).items():
            for text in value if isinstance(value, list) else [value]:
                yield name, str(text)

    def _content_type(self) -> str:
        return next((value.strip() for name, value in self._given_headers() if name.lower() == "content-type"), "")

    def _encoding(self) -> str:
        transform = cast("dict[str, JsonValue]", self.arguments.get("Transform") or {})
        return str(transform.get("RequestBodyEncoding") or "NONE")

    def _array_format(self) -> str:
        transform = cast("dict[str, JsonValue]", self.arguments.get("Transform") or {})
        options = cast("dict[str, JsonValue]", transform.get("RequestEncodingOptions") or {})
        return str(options.get("ArrayFormat") or "INDICES")

    def _body(self, more: Mapping[str, str]) -> bytes | None:
        body = self.arguments.get("RequestBody")
        if more:
            if body is not None and not isinstance(body, dict):
                raise self._unusable(
                    "The connection adds to the body, so the value of the field 'RequestBody' must be a JSON object"
                )
            body = {**(body or {}), **more}
        if body is None:
            return None
        if self._encoding() == "URL_ENCODED":
            if not isinstance(body, dict):
                raise self._unusable("RequestBodyEncoding URL_ENCODED needs a RequestBody that is a JSON object")
            return url_encoded(body, self._array_format()).encode("ascii")
        return body.encode() if isinstance(body, str) else json_bytes(body)

    def _unusable(self, reason: str) -> StatesRuntime:
        return unusable_arguments(without_secrets(self.arguments), reason)


def _query(parameters: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(parameters, dict):
        for name, value in parameters.items():
            for item in value if isinstance(value, list) else [value]:
                yield name, _plain(item)


def _plain(value: JsonValue) -> str:
    """A value as text: strings as they are, null as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def url_encoded(body: Mapping[str, JsonValue], array_format: str) -> str:
    """`body` as a form: members of objects as `a[b]`, arrays in one of AWS's four formats."""
    pairs = (pair for name, value in body.items() for pair in _pairs(quote_plus(name), value, array_format))
    return "&".join(f"{name}={value}" for name, value in pairs)


def _pairs(name: str, value: JsonValue, array_format: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, member in value.items():
                yield from _pairs(f"{name}[{quote_plus(key)}]", member, array_format)
        case list() if array_format == "COMMAS" and not any(isinstance(item, list | dict) for item in value):
            yield name, ",".join(quote(_plain(item), safe="") for item in value)
        case list():
            for index, item in enumerate(value):
                yield from _pairs(_indexed(name, index, array_format), item, array_format)
        case _:
            yield name, quote_plus(_plain(value))


def _indexed(name: str, index: int, array_format: str) -> str:
    match array_format:
        case "BRACKETS":
            return f"{name}[]"
        case "REPEAT":
            return name
        case _:
            return f"{name}[{index}]"
