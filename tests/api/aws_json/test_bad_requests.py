"""Five thousand bad requests: each is refused with a 4xx in AWS's shape, and none leaves anything behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.api.service.installation import Installation, install
from tests.support import bad_requests
from tests.support.access import Signer, guard_over, signer
from tests.support.bad_requests import TARGET, BadRequest
from tests.support.doors import http_door
from tests.support.stored import fill, kept

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = 500  # of each kind
KINDS: list[Callable[[Random], BadRequest]] = [
    bad_requests.wrong_types,
    bad_requests.wrong_sizes,
    bad_requests.wrong_values,
    bad_requests.missing_members,
    bad_requests.wrong_names,
    bad_requests.wrong_documents,
    bad_requests.wrong_bodies,
    bad_requests.wrong_targets,
    bad_requests.wrong_headers,
]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Line:
    """A connection to a door, made anew when the door has closed it."""

    url: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> Answer:
        """Send bytes and read the answer."""
        if self.reader is None or self.writer is None or self.reader.at_eof():
            door = urlsplit(self.url)
            self.reader, self.writer = await asyncio.open_connection(door.hostname, door.port)
        self.writer.write(request)
        async with asyncio.timeout(30):
            head = await self.reader.readuntil(b"\r\n\r\n")
            status, *lines = head.decode().splitlines()
            pairs = (line.partition(": ") for line in lines if line)
            headers = {name.lower(): value for name, _, value in pairs}
            body = await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.hang_up()
        return Answer(int(status.split(" ")[1]), headers, body)

    def hang_up(self) -> None:
        """End the connection."""
        if self.writer is not None:
            self.writer.transport.abort()
        self.reader = self.writer = None


@dataclass(frozen=True, slots=True)
class Door:
    """A door to an installation in which there is one of everything."""

    line: Line
    installation: Installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with install(tmp_path_factory.mktemp("door")) as installation:
        await fill(installation)
        async with http_door(installation.service) as url:
            yield Door(line := Line(url), installation)
            line.hang_up()


def check(request: bytes, answer: Answer, codes: frozenset[str]) -> None:
    """Check that an answer is a refusal in AWS's shape."""
    shown = f"{request[:600]!r} was answered {answer.status} {answer.body[:600]!r}"
    assert 400 <= answer.status < 500, shown
    assert answer.headers["content-type"] == "application/x-amz-json-1.0", shown
    assert len(answer.headers["x-amzn-requestid"]) == 36, shown
    error = json.loads(answer.body)
    assert error["__type"] == answer.headers["x-amzn-errortype"], shown
    assert isinstance(error["message"], str), shown
    assert not codes or error["__type"] in codes, shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_is_refused(door: Door, kind: Callable[[Random], BadRequest]) -> None:
    random, before = Random(kind.__name__), await kept(door.installation)
    for _ in range(NUMBER):
        bad = kind(random)
        request = bad.raw()
        check(request, await door.line.send(request), bad.codes)
        if kind is bad_requests.wrong_headers:  # the door may still wait for more of what this one was said to be
            door.line.hang_up()
    assert await kept(door.installation) == before


SIGNATURES = frozenset(
    {
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "SerializationException",
        "UnrecognizedClientException",
    }
)


async def test_a_spoilt_signature_is_refused(door: Door) -> None:
    random, installation = Random("signatures"), door.installation
    key = await signer(installation.store)
    async with http_door(installation.service, guard_over(installation.store, installation.clock)) as url:
        line, before = Line(url), await kept(door.installation)
        for _ in range(NUMBER):
            headers = {"X-Amz-Target": f"{TARGET}CreateActivity", "Content-Type": "application/x-amz-json-1.0"}
            body = b'{"name": "new"}'
            signed = Signer.of(key).headers("http://127.0.0.1/", body, installation.clock(), headers)
            request = BadRequest(body, None, spoilt(signed, random), codes=SIGNATURES)
            check(request.raw(), await line.send(request.raw()), request.codes)
        line.hang_up()
    assert await kept(door.installation) == before


def spoilt(headers: dict[str, str], random: Random) -> dict[str, str | bytes]:
    """Signed headers of which one character that is signed was cut out, doubled or changed."""
    name = random.choice(["Authorization", "Authorization", "Authorization", "X-Amz-Date"])
    value = headers[name]
    at = random.randrange(len(value))
    while name == "Authorization" and value[at] in " ,":
        at = random.randrange(len(value))
    others = ["", value[at] * 2, chr(ord(value[at]) ^ 1), "\x80", "/", "é", "0"]
    other = random.choice([each for each in others if each != value[at]])
    return {**headers, name: (value[:at] + other + value[at + 1 :]).encode("latin-1")}
