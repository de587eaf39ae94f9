"""TestState on HTTP Tasks at the level TRACE: the request and the response, and what of them is secret."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from activities.address_guard import AddressGuard
from activities.authorization import Authorizer
from activities.connections import Additions, Basic, Connection
from activities.direct_calls import reported_failure
from activities.http_calls import http_caller
from activities.integrations.http_endpoint import HttpEndpoint
from activities.payloads import CompiledDefinitions
from activities.router import Router
from api.service import shapes
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.service.shapes import InspectionData, InspectionLevel
from api.service.test_state.operation import StateTests
from interpreter.effects import TaskCall
from interpreter.errors import StatesError
from interpreter.hosts.inprocess import CallFailed
from interpreter.values import JsonValue
from tests.api.service.installation import ROLE, EveryResource, SettableClock
from tests.support.connections import ARN, DictionaryBook
from tests.support.faulty_server import FaultyServer, faulty_server
from tests.support.temporal import MemoryStore

_AGENT: Final = "Amazon|StepFunctions|HttpInvoke|us-east-1"


@dataclass
class Stage:
    """A server, and TestState with HTTP Tasks that ask it."""

    server: FaultyServer
    tests: StateTests

    async def inspect(self, level: InspectionLevel, **params: Any) -> InspectionData | None:
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::http:invoke",
            "Parameters": {
                "ApiEndpoint": f"{self.server.url}/v1",
                "Method": "POST",
                "Authentication": {"ConnectionArn": ARN},
                "QueryParameters": {"r": "2"},
                "Headers": {"X-A": "1"},
                "RequestBody": {"o": 3},
            },
            "End": True,
        }
        request = shapes.TestStateRequest(definition=json.dumps(task), role_arn=ROLE, inspection_level=level, **params)
        return (await self.tests.run(request)).inspection_data


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    off, book, config = AddressGuard(on=False), DictionaryBook(), ServiceConfig()
    book.connections[ARN] = Connection(
        arn=ARN,
        version="1",
        state="AUTHORIZED",
        authorization=Basic(username="me", password="pass-word"),
        additions=Additions(headers={"X-Token": "secret"}, query={"q": "secret"}, body={"k": "secret"}),
    )
    async with faulty_server() as server, http_caller(off) as caller:
        endpoint = HttpEndpoint(caller, Authorizer(book, caller), "us-east-1")

        async def invoke(call: TaskCall) -> JsonValue:
            assert isinstance(call.request.arguments, dict)
            try:
                return await endpoint.call(call.request.arguments, call.request.state_name)
            except StatesError as error:
                raise CallFailed(reported_failure(error)) from error

        local = LocalEngine(CompiledDefinitions(MemoryStore()), Router(), invoke)
        yield Stage(server, StateTests(config, Arns(config), SettableClock(), EveryResource(), local))


async def test_what_the_connection_adds_is_left_out(stage: Stage) -> None:
    stage.server.headers = {"Content-Type": "application/json"}
    stage.server.body = b'{"a": 1}'
    data = await stage.inspect("TRACE")
    assert data is not None
    assert data.request is not None
    assert data.response is not None
    assert (data.request.protocol, data.request.method) == ("http", "POST")
    assert data.request.url == f"{stage.server.url}/v1?r=2"
    assert data.request.headers == (
        f"[X-A: 1, User-Agent: {_AGENT}, Range: bytes=0-262144, Content-Type: application/json]"
    )
    assert data.request.body == '{"o":3}'
    assert (data.response.protocol, data.response.status_code, data.response.status_message) == ("http", "200", "OK")
    assert data.response.headers == "[Content-Type: [application/json], Content-Length: [8]]"
    assert data.response.body == '{"a": 1}'


async def test_secrets_can_be_revealed(stage: Stage) -> None:
    data = await stage.inspect("TRACE", reveal_secrets=True)
    assert data is not None
    assert data.request is not None
    assert data.request.url == f"{stage.server.url}/v1?r=2&q=secret"
    assert "X-Token: secret" in str(data.request.headers)
    assert "Authorization: Basic bWU6cGFzcy13b3Jk" in str(data.request.headers)
    assert json.loads(str(data.request.body)) == {"o": 3, "k": "secret"}


async def test_an_answer_that_fails_the_task_is_shown(stage: Stage) -> None:
    stage.server.status, stage.server.body = "418 Short and stout", b"no coffee"
    data = await stage.inspect("TRACE")
    assert data is not None
    assert data.response is not None
    assert (data.response.status_code, data.response.status_message) == ("418", "Short and stout")
    assert data.response.body == "no coffee"


async def test_only_at_this_level(stage: Stage) -> None:
    data = await stage.inspect("DEBUG", reveal_secrets=True)
    assert data is not None
    assert (data.request, data.response) == (None, None)
    assert await stage.inspect("INFO", reveal_secrets=True) is None
