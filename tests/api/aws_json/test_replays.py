"""A signed request is accepted once at the HTTP door, by whatever process; what AWS's clients repeat is another one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import pytest_asyncio
from aiohttp import ClientSession
from botocore.config import Config

from api.access.audit import AuditLog
from api.access.keys import NewKey
from api.access.rates import Rate, RateLimiter
from api.access.replays import UsedSignatures
from api.storage.used_signatures import UsedSignature, UsedSignatureStore
from tests.api.service.installation import PASS, ROLE, Installation, install, machine_arn
from tests.support.access import Signer, guard_over, signer, statement, terms
from tests.support.doors import http_door

HOST = "steploom.example.com"


@dataclass(frozen=True)
class Doors:
    """Two processes' doors to one installation, which clients reach under one name; and a key."""

    urls: tuple[str, str]
    key: NewKey
    session: ClientSession
    installation: Installation
    audit: Path

    def sign(self, operation: str, body: bytes, **more: str) -> dict[str, str]:
        """The headers of a request to either door."""
        headers = {"X-Amz-Target": f"AWSStepFunctions.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        signed = Signer.of(self.key).headers(f"http://{HOST}/", body, self.installation.clock(), headers | more)
        return signed | {"Host": HOST}

    async def send(self, door: int, headers: Mapping[str, str], body: bytes) -> str:
        """The code of the answer; that of what went well is `OK`."""
        async with self.session.post(self.urls[door], data=body, headers=headers) as response:
            answer: dict[str, Any] = json.loads(await response.read())
        return str(answer.get("__type", "OK"))


@pytest_asyncio.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    audit = tmp_path / "audit.jsonl"
    async with AsyncExitStack() as stack:
        installation = await stack.enter_async_context(install(tmp_path))
        store, clock = installation.store, installation.clock
        urls = []
        log = AuditLog(str(audit))
        stack.callback(log.close)
        for _ in range(2):
            guard = guard_over(store, clock, audit=log, used=UsedSignatures(store, clock))
            urls.append(await stack.enter_async_context(http_door(installation.service, guard)))
        session = await stack.enter_async_context(ClientSession())
        first, second = urls
        yield Doors((first, second), await signer(store), session, installation, audit)


@dataclass(frozen=True)
class Case:
    name: str
    operation: str
    body: dict[str, Any]
    first: str
    at_another_door: str


USED = "InvalidSignatureException"
CASES = [
    Case("an execution", "StartExecution", {"stateMachineArn": machine_arn("m")}, "OK", USED),
    Case("a worker's poll", "GetActivityTask", {"activityArn": "a"}, "InvalidArn", USED),
    Case("a call that is no good", "CreateActivity", {"name": ""}, "ValidationException", USED),
    Case("a test of a state", "TestState", {"definition": '{"Type": "Succeed"}'}, "OK", USED),
    Case("a question", "ListStateMachines", {}, "OK", "OK"),
    Case("no operation", "MakeCoffee", {}, "UnknownOperationException", "UnknownOperationException"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_request_that_comes_again(doors: Doors, case: Case) -> None:
    await doors.installation.service.invoke("CreateStateMachine", {"name": "m", "definition": PASS, "roleArn": ROLE})
    body = json.dumps(case.body).encode()
    headers = doors.sign(case.operation, body)
    assert await doors.send(0, headers, body) == case.first
    assert await doors.send(0, headers, body) == USED
    assert await doors.send(1, headers, body) == case.at_another_door
    assert await doors.send(1, headers, body) == USED
    assert await doors.send(0, doors.sign(case.operation, body, **{"Amz-Sdk-Request": "attempt=2"}), body) == case.first


async def test_of_a_request_sent_many_times_at_once_one_is_carried_out(doors: Doors) -> None:
    await doors.installation.service.invoke("CreateStateMachine", {"name": "m", "definition": PASS, "roleArn": ROLE})
    body = json.dumps({"stateMachineArn": machine_arn("m")}).encode()
    headers = doors.sign("StartExecution", body)
    codes = await asyncio.gather(*(doors.send(each % 2, headers, body) for each in range(20)))
    assert sorted(codes) == [USED] * 19 + ["OK"]
    listed = await doors.installation.service.invoke("ListExecutions", {"stateMachineArn": machine_arn("m")})
    assert len(listed["executions"]) == 1  # type: ignore[arg-type]  # a list


async def test_what_is_not_the_signers_uses_nothing_up(doors: Doors) -> None:
    body = b'{"name": "a"}'
    good = doors.sign("CreateActivity", body)
    forged = good | {"Authorization": good["Authorization"][:-64] + "0" * 64}
    assert await doors.send(0, forged, body) == USED
    assert await doors.send(0, good, b'{"name": "b"}') == USED
    assert await doors.send(0, good, body) == "OK"
    assert await doors.send(0, forged, body) == USED


async def test_a_denied_request_is_used_up(doors: Doors) -> None:
    """Or it could be sent again when its signer is allowed more."""
    denied = await signer(doors.installation.store, terms(statement("Deny", "*")))
    body = b'{"name": "a"}'
    headers = Doors(doors.urls, denied, doors.session, doors.installation, doors.audit).sign("CreateActivity", body)
    assert await doors.send(0, headers, body) == "AccessDeniedException"
    assert await doors.send(1, headers, body) == USED


@dataclass
class CountedNotes:
    """A store of used signatures that counts what is written to it."""

    store: UsedSignatureStore
    written: int = 0

    async def use_signatures(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        self.written += 1
        return await self.store.use_signatures(used)

    async def forget_signatures(self, *, before: int, most: int) -> int:
        return await self.store.forget_signatures(before=before, most=most)


async def test_a_throttled_request_is_not_written_down_and_yet_used_up(doors: Doors) -> None:
    """Or a key that may not call so often could still have the database work; the SDK's next attempt is another one."""
    installation, body = doors.installation, b'{"name": "a"}'
    notes, seconds = CountedNotes(installation.store), [0.0]
    limiter = RateLimiter({"*": Rate(1, 1)}, lambda: seconds[0])
    used = UsedSignatures(notes, installation.clock)
    guard = guard_over(installation.store, installation.clock, limiter=limiter, used=used)
    async with http_door(installation.service, guard) as url:
        one = replace(doors, urls=(url, url))
        attempts = [one.sign("CreateActivity", body, **{"Amz-Sdk-Request": f"attempt={each}"}) for each in range(5)]
        codes = [await one.send(0, attempt, body) for attempt in attempts[:4]]
        assert (codes, notes.written) == (["OK"] + ["ThrottlingException"] * 3, 1)
        seconds[0] = 1.0
        assert [await one.send(0, attempt, body) for attempt in (attempts[3], attempts[4])] == [USED, "OK"]
        assert notes.written == 2


async def test_the_audit_log_tells_who_it_was_not(doors: Doors) -> None:
    body = b'{"name": "a"}'
    headers = doors.sign("CreateActivity", body)
    for door in (0, 1):
        await doors.send(door, headers, body)
    lines = [json.loads(line) for line in doors.audit.read_text().splitlines()]
    told = [(line["result"], line.get("accessKeyId"), line.get("claimedAccessKeyId")) for line in lines]
    assert told == [("OK", doors.key.key.id, None), (USED, None, doors.key.key.id)]


def client_of(doors: Doors) -> Any:
    assert doors.key.secret is not None
    return boto3.client(
        "stepfunctions",
        endpoint_url=doors.urls[0],
        region_name="us-east-1",
        aws_access_key_id=doors.key.key.id,
        aws_secret_access_key=doors.key.secret,
        config=Config(inject_host_prefix=False, retries={"mode": "standard", "total_max_attempts": 3}),
    )


async def test_equal_calls_of_boto3_within_a_second_and_its_retries(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of AWS's own client, which numbers its calls and attempts, and does not sign the numbers."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: doors.installation.clock())
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    await doors.installation.service.invoke("CreateStateMachine", {"name": "m", "definition": PASS, "roleArn": ROLE})
    sent: list[dict[str, bytes]] = []

    def note(request: Any, **_: object) -> None:
        """The engine is back when the client tries for the third time."""
        sent.append({name.lower(): value for name, value in request.headers.items()})
        doors.installation.gateway.available = len(sent) > 2

    client = client_of(doors)
    client.meta.events.register("before-send.*", note)

    def start_twice() -> list[int]:
        answers = [client.start_execution(stateMachineArn=machine_arn("m"), input="{}") for _ in range(2)]
        return [answer["ResponseMetadata"]["RetryAttempts"] for answer in answers]

    assert await asyncio.to_thread(start_twice) == [2, 0]
    assert len({each["authorization"] for each in sent}) == 1, "if botocore signs its numbers, no moment is needed"
    assert len({each["amz-sdk-invocation-id"] + each["amz-sdk-request"] for each in sent}) == 4
    client.close()
