"""What authorizes the requests of HTTP Tasks: credentials of connections, and the OAuth tokens got for them."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from yarl import URL

from activities.connections import ApiKey, Basic, Connection, ConnectionBook, ConnectionUnreadable, OAuthClient
from activities.http_calls import HttpCaller, HttpRequest, Unanswered
from interpreter.errors import StatesError
from interpreter.values import parse_json

_EARLY_SECONDS: Final = 30.0
"""A token that ends so soon is not used any more."""

_USUAL_LIFE_SECONDS: Final = 300.0
"""Of a token whose answer does not say."""

_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_MOST_TOKENS: Final = 1_000

_FORM: Final = "application/x-www-form-urlencoded"


def connection_error(code: str, cause: str) -> StatesError:
    """Trouble with a connection (HTTP Task, Errors)."""
    return StatesError(f"Events.ConnectionResource.{code}", cause)


class Authorizer:
    """Finds connections and makes the headers that authorize a request; keeps OAuth tokens until they end.

    Args:
        book: the connections.
        caller: asks for tokens.
        clock: monotonic seconds.
    """

    def __init__(self, book: ConnectionBook, caller: HttpCaller, clock: Callable[[], float] = time.monotonic) -> None:
        self._book = book
        self._caller = caller
        self._clock = clock
        self._tokens: dict[tuple[str, str], _Token] = {}
        self._asking: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def connection(self, arn: str) -> Connection:
        """The connection of an ARN, fit for use.

        Raises:
            StatesError: there is none, or it cannot be used.
        """
        try:
            connection = await self._book.find(arn)
        except ConnectionUnreadable as error:
            raise connection_error("InternalError", f"The connection {arn} cannot be used: {error}") from None
        if connection is None:
            raise connection_error("ResourceNotFound", f"The connection {arn} does not exist.")
        if connection.state != "AUTHORIZED":
            raise _wrong_state(connection)
        return connection

    async def headers(self, connection: Connection) -> Mapping[str, str]:
        """The headers that authorize a request.

        Raises:
            StatesError: no token was given.
        """
        match connection.authorization:
            case Basic(username=username, password=password):
                pair = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
                return {"Authorization": f"Basic {pair}"}
            case ApiKey(name=name, value=value):
                return {name: value}
            case OAuthClient() as client:
                return {"Authorization": f"Bearer {await self._token(connection, client)}"}
            case None:
                raise _wrong_state(connection)

    def refused(self, connection: Connection) -> None:
        """The connection's token was answered with 401 or 407: the next attempt asks for a new one."""
        self._tokens.pop((connection.arn, connection.version), None)

    async def _token(self, connection: Connection, client: OAuthClient) -> str:
        key = connection.arn, connection.version
        async with self._asking.setdefault(key, asyncio.Lock()):  # many Tasks at once need one token
            token = self._tokens.get(key)
            if token is None or token.ends <= self._clock():
                while len(self._tokens) >= _MOST_TOKENS:
                    self._tokens.pop(next(iter(self._tokens)))
                token = self._tokens[key] = await self._ask(connection, client)
        return token.text

    async def _ask(self, connection: Connection, client: OAuthClient) -> _Token:
        begun = self._clock()
        try:
            answer = await self._caller.send(_token_request(client), follow=False)
        except Unanswered as error:
            raise _no_token(connection, f"the authorization endpoint was not reached: {error}") from None
        except ValueError:
            raise _no_token(connection, "the authorization endpoint is not a URL") from None
        if not 200 <= answer.status < 300:
            raise _no_token(connection, f"the authorization endpoint answered with status {answer.status}")
        token, life = _read_token(answer.body)
        if token is None:
            raise _no_token(connection, "the authorization endpoint's answer has no access_token")
        return _Token(token, begun + max(0.0, life - _EARLY_SECONDS))


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    ends: float


def _wrong_state(connection: Connection) -> StatesError:
    return connection_error(
        "InvalidConnectionState", f"The connection {connection.arn} is {connection.state}; it must be AUTHORIZED."
    )


def _no_token(connection: Connection, reason: str) -> StatesError:
    return connection_error("InvalidConnectionState", f"The connection {connection.arn} was given no token: {reason}.")


def _token_request(client: OAuthClient) -> HttpRequest:
    """Client id and secret go with the other parameters (RFC 6749, 2.3.1), in the body or with GET in the query.

    Raises:
        ValueError: the endpoint is no URL of HTTP.
    """
    fields = {
        "grant_type": "client_credentials",
        **client.additions.body,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    url = URL(client.endpoint).update_query(dict(client.additions.query))
    if url.scheme not in ("https", "http") or not url.host:
        raise ValueError
    headers = [("Accept", "application/json"), *client.additions.headers.items()]
    if client.method == "GET":
        return HttpRequest(method="GET", url=url.update_query(fields), headers=headers)
    headers.append(("Content-Type", _FORM))
    return HttpRequest(method=client.method, url=url, headers=headers, body=urlencode(fields).encode("ascii"))


def _read_token(body: bytes) -> tuple[str | None, float]:
    """The token of an answer, and its life in seconds."""
    try:
        answer = parse_json(body)
    except ValueError:
        return None, 0.0
    if not isinstance(answer, dict):
        return None, 0.0
    token, life = answer.get("access_token"), answer.get("expires_in")
    seconds = float(str(life)) if _SECONDS.fullmatch(str(life)) else _USUAL_LIFE_SECONDS
    return (token if isinstance(token, str) and token else None), seconds
