"""Arguments reach AWS's APIs, and answers reach states, without what botocore makes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest

from interpreter.values import JsonValue
from tests.support.aws_calls import call_aws
from tests.support.faulty_server import FaultyServer, faulty_server

ENCODED = "ZWNobyBoaQ=="


@dataclass(frozen=True)
class Case:
    """`sent` is what the request must hold: a parameter of a form, or of the query."""

    service: str
    action: str
    arguments: dict[str, JsonValue]
    answer: str
    result: JsonValue
    sent: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.service}:{self.action}"


CASES = [
    Case(
        "ec2",
        "runInstances",
        {"MinCount": 1, "MaxCount": 1, "UserData": ENCODED},
        "<RunInstancesResponse><reservationId>r</reservationId></RunInstancesResponse>",
        {"ReservationId": "r"},
        sent=("UserData", ENCODED),
    ),
    Case(
        "ec2",
        "getConsoleOutput",
        {"InstanceId": "i"},
        f"<GetConsoleOutputResponse><output>{ENCODED}</output></GetConsoleOutputResponse>",
        {"Output": ENCODED},
    ),
    Case(
        "autoscaling",
        "createLaunchConfiguration",
        {"LaunchConfigurationName": "c", "UserData": ENCODED},
        "<CreateLaunchConfigurationResponse/>",
        {},
        sent=("UserData", ENCODED),
    ),
    Case(
        "iam",
        "getRolePolicy",
        {"RoleName": "r", "PolicyName": "p"},
        "<GetRolePolicyResponse><GetRolePolicyResult><RoleName>r</RoleName>"
        "<PolicyDocument>%7B%22a%22%3A1%7D</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>",
        {"PolicyDocument": "%7B%22a%22%3A1%7D", "RoleName": "r"},
    ),
    Case(
        "cloudformation",
        "getTemplate",
        {"StackName": "s"},
        '<GetTemplateResponse><GetTemplateResult><TemplateBody>{"a":  1}</TemplateBody></GetTemplateResult>'
        "</GetTemplateResponse>",
        {"TemplateBody": '{"a":  1}'},
    ),
    Case(
        "s3",
        "listObjectsV2",
        {"Bucket": "bucket"},
        "<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>",
        {"KeyCount": 0},
    ),
]


@pytest.fixture
async def server(credentials: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultyServer]:
    async with faulty_server() as server:
        server.headers = {"Content-Type": "text/xml"}
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_as_it_is(case: Case, server: FaultyServer) -> None:
    server.body = case.answer.encode()
    assert await call_aws(f"aws-sdk:{case.service}", case.action, case.arguments) == case.result
    if case.sent is not None:
        name, value = case.sent
        assert parse_qs(server.seen_bodies[0].decode())[name] == [value]
    assert "encoding-type" not in server.requests[0]


@pytest.mark.parametrize(
    "source, sent", [("b/a%20b:c+d", "b/a%20b:c+d"), ("b/é f?versionId=1", "b/%C3%A9%20f?versionId=1")]
)
async def test_source_of_a_copy(source: str, sent: str, server: FaultyServer) -> None:
    server.body = b"<CopyObjectResult/>"
    await call_aws("aws-sdk:s3", "copyObject", {"Bucket": "bucket", "Key": "k", "CopySource": source})
    assert server.seen_headers[0]["x-amz-copy-source"] == sent
