"""Connections, managed by an unchanged `events` client of boto3, and what HTTP Tasks see of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio

from activities.connections import Additions, ApiKey, Basic, Connection, ConnectionUnreadable, OAuthClient
from api.access.sealing import Sealer, new_encryption_key
from api.service.clock import utc_now
from api.service.config import ServiceConfig
from api.service.connections import Connections, StoredConnectionBook, encrypt_connections
from api.service.errors import UnsupportedOperationException
from api.service.pages import page_token
from api.storage.connections import StoredConnection
from tests.api.service.installation import Installation
from tests.support.aws_client import AwsClient
from tests.support.sealing import OTHER_SEALER, SEALER

BASIC = {"BasicAuthParameters": {"Username": "me", "Password": "pass-word"}}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "key-value"}}
HTTP = {
    "HeaderParameters": [{"Key": "X-A", "Value": "shown", "IsValueSecret": False}],
    "QueryStringParameters": [{"Key": "q", "Value": "secret-query", "IsValueSecret": True}],
    "BodyParameters": [{"Key": "b", "Value": "plain"}],
}
OAUTH = {
    "OAuthParameters": {
        "ClientParameters": {"ClientID": "id", "ClientSecret": "client-secret"},
        "AuthorizationEndpoint": "https://login.example.org/token",
        "HttpMethod": "POST",
        "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "Value": "hidden", "IsValueSecret": True}]},
    },
    "InvocationHttpParameters": HTTP,
}
SECRETS = ("pass-word", "key-value", "client-secret", "secret-query", "hidden")


@pytest_asyncio.fixture
async def events(endpoint: str) -> AsyncIterator[AwsClient]:
    client = AwsClient(endpoint, "events")
    yield client
    client.close()


def book(installation: Installation) -> StoredConnectionBook:
    return StoredConnectionBook(installation.store, ServiceConfig(), SEALER)


async def create(events: AwsClient, kind: str, parameters: dict[str, Any], name: str = "shop") -> str:
    answer = await events.call("create_connection", Name=name, AuthorizationType=kind, AuthParameters=parameters)
    assert answer["ConnectionState"] == "AUTHORIZED"
    return str(answer["ConnectionArn"])


@dataclass(frozen=True)
class Kind:
    name: str
    parameters: dict[str, Any]
    shown: dict[str, Any]
    authorization: Any
    additions: Additions = field(default_factory=Additions)


KINDS = [
    Kind("BASIC", BASIC, {"BasicAuthParameters": {"Username": "me"}}, Basic(username="me", password="pass-word")),
    Kind(
        "API_KEY",
        API_KEY,
        {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}},
        ApiKey(name="X-Key", value="key-value"),
    ),
    Kind(
        "OAUTH_CLIENT_CREDENTIALS",
        OAUTH,
        {
            "OAuthParameters": {
                "ClientParameters": {"ClientID": "id"},
                "AuthorizationEndpoint": "https://login.example.org/token",
                "HttpMethod": "POST",
                "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "IsValueSecret": True}]},
            },
            "InvocationHttpParameters": {
                "HeaderParameters": [{"Key": "X-A", "Value": "shown", "IsValueSecret": False}],
                "QueryStringParameters": [{"Key": "q", "IsValueSecret": True}],
                "BodyParameters": [{"Key": "b", "Value": "plain"}],
            },
        },
        OAuthClient(
            endpoint="https://login.example.org/token",
            method="POST",
            client_id="id",
            client_secret="client-secret",
            additions=Additions(body={"audience": "hidden"}),
        ),
        Additions(headers={"X-A": "shown"}, query={"q": "secret-query"}, body={"b": "plain"}),
    ),
]


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case.name)
async def test_kinds(case: Kind, events: AwsClient, installation: Installation) -> None:
    arn = await create(events, case.name, case.parameters)
    described = await events.call("describe_connection", Name="shop")
    assert described["AuthParameters"] == case.shown
    assert (described["ConnectionArn"], described["AuthorizationType"]) == (arn, case.name)
    found = await book(installation).find(arn)
    assert found == Connection(
        arn=arn,
        version=installation.clock.now.isoformat(),
        state="AUTHORIZED",
        authorization=case.authorization,
        additions=case.additions,
    )


async def test_secrets_are_kept_encrypted_and_never_shown(events: AwsClient, installation: Installation) -> None:
    for case in KINDS:
        await create(events, case.name, case.parameters, name=case.name)
        stored = await installation.store.get_connection(case.name)
        shown = [
            stored,
            stored and stored.sealed,
            await events.call("describe_connection", Name=case.name),
            await events.call("list_connections"),
        ]
        assert not [secret for secret in SECRETS if secret in repr(shown)]


async def test_arns_name_one_connection(events: AwsClient, installation: Installation) -> None:
    arn = await create(events, "BASIC", BASIC)
    assert arn.startswith("arn:aws:events:us-east-1:123456789012:connection/shop/")
    found = book(installation)
    for other in (arn[:-1] + "0" if arn[-1] != "0" else arn[:-1] + "1", arn.replace("us-east-1", "us-east-2"), "x"):
        assert await found.find(other) is None
    await events.call("delete_connection", Name="shop")
    assert await create(events, "BASIC", BASIC) != arn
    assert await found.find(arn) is None


async def test_lists(events: AwsClient) -> None:
    for name in ("a1", "a2", "b"):
        await create(events, "BASIC", BASIC, name)
    await events.call("deauthorize_connection", Name="a2")
    page = await events.call("list_connections", NamePrefix="a", Limit=1)
    assert [each["Name"] for each in page["Connections"]] == ["a1"]
    rest = await events.call("list_connections", NamePrefix="a", NextToken=page["NextToken"])
    assert [(each["Name"], each["ConnectionState"]) for each in rest["Connections"]] == [("a2", "DEAUTHORIZED")]
    assert "NextToken" not in rest
    assert (await events.error("list_connections", NamePrefix="b", NextToken=page["NextToken"])).code == "InvalidToken"


async def test_updates(events: AwsClient, installation: Installation) -> None:
    arn = await create(events, "OAUTH_CLIENT_CREDENTIALS", OAUTH)
    changed = {"OAuthParameters": {"ClientParameters": {"ClientSecret": "new-secret"}}}
    answer = await events.call("update_connection", Name="shop", Description="d", AuthParameters=changed)
    found = await book(installation).find(arn)
    assert found is not None
    assert found.authorization == replace(KINDS[2].authorization, client_secret="new-secret")
    assert found.additions == KINDS[2].additions
    assert answer["LastModifiedTime"] > answer["CreationTime"]
    await events.call("update_connection", Name="shop", AuthorizationType="BASIC", AuthParameters=BASIC)
    described = await events.call("describe_connection", Name="shop")
    assert (described["AuthorizationType"], described["Description"]) == ("BASIC", "d")
    assert described["AuthParameters"].keys() == {"BasicAuthParameters", "InvocationHttpParameters"}


async def test_deauthorized(events: AwsClient, installation: Installation) -> None:
    arn = await create(events, "BASIC", BASIC)
    assert (await events.call("deauthorize_connection", Name="shop"))["ConnectionState"] == "DEAUTHORIZED"
    found = await book(installation).find(arn)
    assert found is not None
    assert (found.state, found.authorization) == ("DEAUTHORIZED", None)
    error = await events.error("update_connection", Name="shop", Description="d")
    assert error.code == "ValidationException"
    await events.call("update_connection", Name="shop", AuthParameters=BASIC)
    assert (await events.call("describe_connection", Name="shop"))["ConnectionState"] == "AUTHORIZED"


@dataclass(frozen=True)
class Refused:
    name: str
    operation: str
    params: dict[str, Any]
    code: str
    message: str


def creation(kind: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Name": "n", "AuthorizationType": kind, "AuthParameters": parameters, **more}


TYPES = "A connection of type BASIC needs BasicAuthParameters, and takes none of other types"
REFUSED = [
    Refused("taken", "create_connection", creation("BASIC", BASIC) | {"Name": "shop"}, "ResourceAlreadyExistsException",
            "Connection shop already exists."),
    Refused("describe", "describe_connection", {"Name": "x"}, "ResourceNotFoundException",
            "Connection 'x' does not exist."),
    Refused("update", "update_connection", {"Name": "x"}, "ResourceNotFoundException",
            "Connection 'x' does not exist."),
    Refused("delete", "delete_connection", {"Name": "x"}, "ResourceNotFoundException",
            "Connection 'x' does not exist."),
    Refused("another type's", "create_connection", creation("BASIC", API_KEY), "ValidationException", TYPES),
    Refused("two types'", "create_connection", creation("BASIC", BASIC | API_KEY), "ValidationException", TYPES),
    Refused("entry", "create_connection",
            creation("BASIC", BASIC | {"InvocationHttpParameters": {"BodyParameters": [{"Key": "k"}]}}),
            "ValidationException", "An entry of InvocationHttpParameters.BodyParameters needs a Key and a Value"),
    Refused("key", "create_connection", creation("BASIC", BASIC, KmsKeyIdentifier="k"), "ValidationException",
            "steploom encrypts connections with its own keys: KmsKeyIdentifier cannot be given"),
    Refused("other operations", "list_rules", {}, "UnsupportedOperationException",
            "ListRules of EventBridge is not available yet."),
    Refused("a token made by hand", "list_connections", {"NextToken": page_token(b"\xff", "", None)}, "InvalidToken",
            "Invalid Token: 'Invalid token'"),
    Refused("password", "create_connection",
            creation("BASIC", {"BasicAuthParameters": {"Username": "me", "Password": "a " * 200 + "\x00"}}),
            "ValidationException",
            "1 validation error detected: Value at 'AuthParameters.BasicAuthParameters.Password' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            r"^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refused(case: Refused, events: AwsClient) -> None:
    await create(events, "BASIC", BASIC)
    error = await events.error(case.operation, **case.params)
    assert (error.code, error.message, error.status) == (case.code, case.message, 400)


async def test_another_key(events: AwsClient, installation: Installation) -> None:
    arn = await create(events, "BASIC", BASIC)
    for sealer in (OTHER_SEALER, None):
        with pytest.raises(ConnectionUnreadable) as raised:
            await StoredConnectionBook(installation.store, ServiceConfig(), sealer).find(arn)
        assert "key" in str(raised.value)


async def test_without_a_key_nothing_can_be_kept(installation: Installation) -> None:
    connections = Connections(installation.store, ServiceConfig(), utc_now, None)
    with pytest.raises(UnsupportedOperationException, match=r"new-encryption-key .* encryption_key_file"):
        await connections.invoke("CreateConnection", creation("BASIC", BASIC))


async def test_encrypted_anew_with_another_key(events: AwsClient, installation: Installation) -> None:
    arn = await create(events, "BASIC", BASIC)
    old, new = new_encryption_key(), new_encryption_key()
    stored = await installation.store.get_connection("shop")
    assert stored is not None
    only_old, both, only_new = Sealer([old]), Sealer([new, old]), Sealer([new])
    sealed = only_old.seal(stored.id, SEALER.open(stored.id, stored.sealed))
    await installation.store.replace_connection(replace(stored, sealed=sealed), stored.modified)
    assert await encrypt_connections(installation.store, both) == 1
    found = await StoredConnectionBook(installation.store, ServiceConfig(), only_new).find(arn)
    assert found is not None
    assert found.authorization == Basic(username="me", password="pass-word")


async def test_one_that_is_changed_meanwhile_is_encrypted_anew_too(
    events: AwsClient, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = await create(events, "BASIC", BASIC)
    old, new = new_encryption_key(), new_encryption_key()
    store, of_old_settings = (
        installation.store,
        Connections(installation.store, ServiceConfig(), utc_now, Sealer([old])),
    )
    password: dict[str, Any] = {"AuthParameters": {"BasicAuthParameters": {"Username": "me", "Password": "another"}}}
    stored = await store.get_connection("shop")
    assert stored is not None
    await store.replace_connection(
        replace(stored, sealed=Sealer([old]).seal(stored.id, SEALER.open(stored.id, stored.sealed))), stored.modified
    )
    list_connections = store.list_connections

    async def listed_and_then_changed(*arguments: Any) -> Sequence[StoredConnection]:
        page = await list_connections(*arguments)
        if page:
            await of_old_settings.invoke("UpdateConnection", {"Name": "shop", **password})
        return page

    monkeypatch.setattr(store, "list_connections", listed_and_then_changed)
    assert await encrypt_connections(store, Sealer([new, old])) == 1
    found = await StoredConnectionBook(store, ServiceConfig(), Sealer([new])).find(arn)
    assert found is not None
    assert found.authorization == Basic(username="me", password="another")
