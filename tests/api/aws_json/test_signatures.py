"""Signatures at the HTTP door: what AWS's own signer makes is let in; forged, stale, truncated ... ones are not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from api.access.keys import NewKey
from tests.api.service.installation import Installation, install
from tests.support.access import Signer, bearer, guard_over, signer, terms
from tests.support.doors import http_door

pytestmark = pytest.mark.asyncio(loop_scope="module")

TARGET = "AWSStepFunctions.ListStateMachines"
CONTENT_TYPE = "application/x-amz-json-1.0"
BODY = b'{"maxResults": 5}'


@dataclass(frozen=True)
class Door:
    """A door that asks who calls, and a key to it."""

    url: str
    key: NewKey
    session: ClientSession
    installation: Installation

    def sign(self, body: bytes = BODY, target: str = TARGET, *, minutes: float = 0, **signer: str) -> dict[str, str]:
        """The headers of a request, signed some minutes from now."""
        at = self.installation.clock() + timedelta(minutes=minutes)
        headers = {"X-Amz-Target": target, "Content-Type": CONTENT_TYPE}
        return Signer.of(self.key, **signer).headers(self.url, body, at, headers)

    async def send(self, headers: Mapping[str, str], body: bytes = BODY, query: str = "") -> tuple[int, str, str]:
        """Status, code and message; the code of what went well is `OK`."""
        async with self.session.post(self.url + query, data=body, headers=headers) as response:
            answer: dict[str, Any] = json.loads(await response.read())
        return response.status, answer.get("__type", "OK"), answer.get("message", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with install(tmp_path_factory.mktemp("door")) as installation:
        key = await signer(installation.store)
        guard = guard_over(installation.store, installation.clock)
        async with http_door(installation.service, guard) as url, ClientSession() as session:
            yield Door(f"{url}/", key, session, installation)


@dataclass(frozen=True)
class Sent:
    headers: dict[str, str]
    body: bytes = BODY
    query: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    send: Callable[[Door], Sent]
    code: str = "OK"
    message: str = ""


def edited(door: Door, old: str, new: str, **sign: Any) -> Sent:
    """A signed request whose header Authorization is changed afterwards."""
    headers = door.sign(**sign)
    assert old in headers["Authorization"]
    return Sent(headers | {"Authorization": headers["Authorization"].replace(old, new)})


def scoped(door: Door, part: int, value: str) -> Sent:
    """A signed request whose credential scope has another part."""
    headers = door.sign()
    scope = headers["Authorization"].split(" ")[1].removeprefix("Credential=").rstrip(",")
    parts = scope.split("/")
    parts[part] = value
    return Sent(headers | {"Authorization": headers["Authorization"].replace(scope, "/".join(parts))})


def without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


LET_IN = [
    Case("as AWS's clients sign", lambda door: Sent(door.sign())),
    Case("an empty body", lambda door: Sent(door.sign(b""), b"")),
    Case("bytes beyond ASCII", lambda door: Sent(door.sign('{"ä": "ö"}'.encode()), '{"ä": "ö"}'.encode())),
    Case("14 minutes old", lambda door: Sent(door.sign(minutes=-14.9))),
    Case("14 minutes ahead", lambda door: Sent(door.sign(minutes=14.9))),
    Case("without blanks between the parts", lambda door: edited(door, ", ", ",")),
    Case("a header that is not signed", lambda door: Sent(door.sign() | {"Amz-Sdk-Request": "attempt=1"})),
    Case("the hash of the body in a signed header", lambda door: hashed(door)),
    Case("a signed value with many blanks", lambda door: with_signed(door, "X-Amz-Meta", "  a   b ")),
]
MISSING = "MissingAuthenticationTokenException"
INCOMPLETE = "IncompleteSignatureException"
UNRECOGNIZED = "UnrecognizedClientException"
INVALID = "InvalidSignatureException"
NO_MATCH = "The request signature we calculated does not match the signature you provided."
UNKNOWN = "The security token included in the request is invalid."


def with_signed(door: Door, name: str, value: str) -> Sent:
    headers = {"X-Amz-Target": TARGET, "Content-Type": CONTENT_TYPE, name: value}
    return Sent(Signer.of(door.key).headers(door.url, BODY, door.installation.clock(), headers))


def hashed(door: Door) -> Sent:
    """With `X-Amz-Content-SHA256`, which botocore signs and puts into the canonical request."""
    return with_signed(door, "X-Amz-Content-SHA256", hashlib.sha256(BODY).hexdigest())


REFUSED = [
    Case("nothing", lambda door: Sent({"X-Amz-Target": TARGET}), MISSING, "Missing Authentication Token"),
    Case("an empty header", lambda door: Sent(door.sign() | {"Authorization": ""}), MISSING),
    Case("a password", lambda door: Sent(door.sign() | {"Authorization": "Basic YTpi"}), INCOMPLETE),
    Case("another algorithm", lambda door: edited(door, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), INCOMPLETE),
    Case("no credential", lambda door: edited(door, "Credential=", "Cred="), INCOMPLETE),
    Case("no signature", lambda door: edited(door, "Signature=", "Signature"), INCOMPLETE, "Invalid key=value pair"),
    Case("a part twice", lambda door: edited(door, "Signature=", "Credential=a, Signature="), INCOMPLETE),
    Case("nothing but the algorithm", lambda door: Sent(door.sign() | {"Authorization": "AWS4-HMAC-SHA256"}),
         INCOMPLETE),
    Case("only a credential", lambda door: Sent(door.sign() | {"Authorization": "AWS4-HMAC-SHA256 Credential=a"}),
         INCOMPLETE, "requires 'SignedHeaders' parameter. Authorization header requires 'Signature' parameter."),
    Case("a scope of four parts", lambda door: edited(door, "/aws4_request", ""), INCOMPLETE, "exactly 5"),
    Case("no date", lambda door: Sent(without(door.sign(), "X-Amz-Date")), INCOMPLETE, "'X-Amz-Date'"),
    Case("a date in words", lambda door: Sent(door.sign() | {"X-Amz-Date": "today"}), INCOMPLETE, "ISO-8601"),
    Case("a day that does not exist", lambda door: Sent(door.sign() | {"X-Amz-Date": "20260231T000000Z"}), INCOMPLETE),
    Case("truncated", lambda door: Sent(door.sign() | {"Authorization": door.sign()["Authorization"][:-1]}),
         INCOMPLETE, "64 hexadecimal digits"),
    Case("presigned", lambda door: Sent(without(door.sign(), "Authorization"), query="?X-Amz-Signature=" + "0" * 64),
         INCOMPLETE, "presigned URLs"),
    Case("a query that is not signed", lambda door: Sent(door.sign(), query="?a=b"), INCOMPLETE, "query string"),
    Case("an unknown key", lambda door: scoped(door, 0, "STPLAAAAAAAAAAAAAAAA"), UNRECOGNIZED, UNKNOWN),
    Case("a key id of another form", lambda door: scoped(door, 0, "test"), UNRECOGNIZED, UNKNOWN),
    Case("a session token", lambda door: with_signed(door, "X-Amz-Security-Token", "t"), UNRECOGNIZED,
         UNKNOWN + " Keys of steploom have no session token: unset AWS_SESSION_TOKEN."),
    Case("forged: another signature", lambda door: forged(door), INVALID, NO_MATCH),
    Case("forged: another secret", lambda door: Sent(door.sign(secret="wrong")), INVALID, NO_MATCH),
    Case("stale", lambda door: Sent(door.sign(minutes=-15.1)), INVALID,
         "Signature expired: 20261122T211454Z is now earlier than 20261122T211500Z (20261122T213000Z - 15 min.)"),
    Case("not yet current", lambda door: Sent(door.sign(minutes=15.1)), INVALID,
         "Signature not yet current: 20261122T214506Z is still later than 20261122T214500Z "
         "(20261122T213000Z + 15 min.)"),
    Case("replayed with a fresh date", lambda door: Sent(door.sign(minutes=-20) | {"X-Amz-Date": "20261122T213000Z"}),
         INVALID, NO_MATCH),
    Case("replayed with another body", lambda door: Sent(door.sign(), b'{"maxResults": 6}'), INVALID, NO_MATCH),
    Case("replayed with a shorter body", lambda door: Sent(door.sign(), BODY[:-1]), INVALID, NO_MATCH),
    Case("replayed for another operation",
         lambda door: Sent(door.sign() | {"X-Amz-Target": "AWSStepFunctions.ListActivities"}), INVALID, NO_MATCH),
    Case("replayed at another host", lambda door: Sent(door.sign() | {"Host": "states.aws"}), INVALID, NO_MATCH),
    Case("replayed on another day", lambda door: scoped(door, 1, "20261121"), INVALID, "Date in Credential scope"),
    Case("of another region", lambda door: Sent(door.sign(region="eu-west-1")), INVALID,
         "Credential should be scoped to a valid region, here 'us-east-1'."),
    Case("relabelled from another region",
         lambda door: edited(door, "/eu-west-1/", "/us-east-1/", region="eu-west-1"), INVALID, NO_MATCH),
    Case("of another service", lambda door: Sent(door.sign(service="lambda")), INVALID, "correct service: 'states'."),
    Case("of Step Functions, for EventBridge", lambda door: Sent(door.sign(target="AWSEvents.ListConnections")),
         INVALID, "correct service: 'events'."),
    Case("of EventBridge, for Step Functions", lambda door: Sent(door.sign(service="events")), INVALID,
         "correct service: 'states'."),
    Case("of another kind of scope", lambda door: scoped(door, 4, "aws5_request"), INVALID, "valid terminator"),
    Case("host not signed", lambda door: edited(door, ";host", ""), INVALID, "'Host' or ':authority' must be"),
    Case("date not signed", lambda door: edited(door, ";x-amz-date", ""), INVALID, "must be in SignedHeaders"),
    Case("operation not signed", lambda door: edited(door, ";x-amz-target", ""), INVALID, "must be in SignedHeaders"),
    Case("a signed header is not there", lambda door: edited(door, "content-type;", "content-type;extra;"), INVALID,
         "headers in SignedHeaders that the request does not have"),
    Case("signed headers out of order", lambda door: edited(door, "content-type;host", "host;content-type"), INVALID,
         "sorted"),
    Case("an x-amz- header added", lambda door: Sent(door.sign() | {"X-Amz-Extra": "a"}), INVALID,
         "must be in SignedHeaders"),
    Case("a body that is not signed", lambda door: with_signed(door, "X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"),
         INVALID, NO_MATCH),
    Case("a compressed body", lambda door: Sent(door.sign() | {"Content-Encoding": "gzip"}), "SerializationException"),
]  # fmt: skip


def forged(door: Door) -> Sent:
    head, _, signature = door.sign()["Authorization"].rpartition("=")
    changed = ("1" if signature[0] == "0" else "0") + signature[1:]
    return Sent(door.sign() | {"Authorization": f"{head}={changed}"})


@pytest.mark.parametrize("case", LET_IN, ids=lambda case: case.name)
async def test_lets_in(door: Door, case: Case) -> None:
    sent = case.send(door)
    assert await door.send(sent.headers, sent.body, sent.query) == (200, "OK", "")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refuses(door: Door, case: Case) -> None:
    sent = case.send(door)
    status, code, message = await door.send(sent.headers, sent.body, sent.query)
    assert (status, code) == (400, case.code)
    assert case.message in message
    secret = door.key.secret
    assert secret is not None
    assert secret not in message


async def test_a_whole_answer_of_a_refusal(door: Door) -> None:
    async with door.session.post(door.url, data=BODY, headers={"X-Amz-Target": TARGET}) as response:
        assert response.headers["Content-Type"] == CONTENT_TYPE
        assert response.headers["x-amzn-ErrorType"] == MISSING
        assert len(response.headers["x-amzn-RequestId"]) == 36
        assert await response.json(content_type=None) == {"__type": MISSING, "message": "Missing Authentication Token"}


async def test_disabled_expired_and_other_kinds_of_keys(door: Door) -> None:
    store, clock = door.installation.store, door.installation.clock

    async def code(new: NewKey) -> str:
        return (await door.send(replace(door, key=new).sign()))[1]

    disabled = await signer(store)
    await store.change_access_key(disabled.key.id, lambda key: replace(key, disabled=True))
    assert await code(disabled) == UNRECOGNIZED
    assert await code(await signer(store, terms(expires=clock() + timedelta(seconds=1)))) == "OK"
    assert await code(await signer(store, terms(expires=clock()))) == "ExpiredTokenException"
    assert await code(await bearer(store)) == UNRECOGNIZED


async def test_a_token_is_none_for_operations(door: Door) -> None:
    token = await bearer(door.installation.store)
    sent = await door.send({"X-Amz-Target": TARGET, "Authorization": f"Bearer {token.secret}"})
    assert sent[:2] == (400, INCOMPLETE)


async def test_health_is_answered_and_metrics_only_to_a_token(door: Door) -> None:
    async def get(path: str, token: str | None = None) -> tuple[int, str]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with door.session.get(door.url + path, headers=headers) as response:
            return response.status, (await response.text())

    assert await get("health") == (200, '{"live": true, "ready": true}')
    assert await get("health/live") == (200, '{"live": true}')
    store = door.installation.store
    assert MISSING in (await get("metrics"))[1]
    assert UNRECOGNIZED in (await get("metrics", "nonsense"))[1]
    allowed = await bearer(store)
    assert "steploom_api_requests_total" in (await get("metrics", allowed.secret))[1]
    other = {"Effect": "Allow", "Action": "states:*", "Resource": "*"}
    status, text = await get("metrics", (await bearer(store, terms(other))).secret)
    assert (status, json.loads(text)["__type"]) == (400, "AccessDeniedException")
