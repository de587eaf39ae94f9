"""What protects the doors: the refusal to stand open, TLS, client certificates, keys, rates, sizes, the audit log."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import grpc
import pytest
from aiohttp import ClientError, ClientSession

from api.access.keys import NewKey, new_signature_key
from api.access.sealing import new_encryption_key
from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.config import ConfigurationError, Settings, load_settings
from api.grpc.server import create_server
from api.protection import check_exposure, grpc_tls, guard_of, http_tls, sealer
from api.proto.v1 import steploom_pb2 as pb
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub
from api.service.clock import utc_now
from tests.api.service.installation import Installation, install, machine_arn
from tests.support.access import Signer, bearer, certified, statement, terms
from tests.support.certificates import Authority

KEY: Final = new_encryption_key()
EXPOSED: Final = {"http_host": "0.0.0.0"}
WAYS_OUT: Final = (
    "Either ask callers who they are, with STEPLOOM_AUTHENTICATION=required and keys that `steploom keys create` "
    "makes; or, where something else keeps strangers out, set STEPLOOM_ALLOW_UNAUTHENTICATED=true."
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of the person who runs the tests counts."""
    for name in [*(f"STEPLOOM_{field.upper()}" for field in Settings.model_fields), "STEPLOOM_CONFIG"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@dataclass(frozen=True)
class Case:
    name: str
    settings: Mapping[str, Any]
    refusal: str = ""


EXPOSURES = [
    Case("the loopback interface", {}),
    Case("the loopback interface of IPv6", {"http_host": "::1", "grpc_host": "::1"}),
    Case("the loopback interface by name", {"http_host": "localhost"}),
    Case("every interface", EXPOSED, f"http_host (STEPLOOM_HTTP_HOST) is '0.0.0.0': others than this machine could "
         f"reach the door, and whoever reaches it could do everything. {WAYS_OUT}"),
    Case("every interface of IPv6", {"grpc_host": "::"}, "grpc_host (STEPLOOM_GRPC_HOST) is '::'"),
    Case("an address", {"grpc_host": "10.0.0.1"}, "grpc_host (STEPLOOM_GRPC_HOST) is '10.0.0.1'"),
    Case("a name", {"http_host": "steploom.example.com"}, "http_host (STEPLOOM_HTTP_HOST) is 'steploom.example.com'"),
    Case("no address", {"http_host": ""}, "http_host (STEPLOOM_HTTP_HOST) is ''"),
    Case("allowed", EXPOSED | {"allow_unauthenticated": True}),
    Case("with authentication", EXPOSED | {"authentication": "required", "encryption_key": KEY}),
    Case("authentication without encryption key", {"authentication": "required"}, "Access keys need an encryption key"),
    Case("a malformed encryption key", {"authentication": "required", "encryption_key": "change-me"},
         "encryption_key (STEPLOOM_ENCRYPTION_KEY): encryption key 1 is not the base64 of 32 bytes"),
    Case("no file of encryption keys", {"authentication": "required", "encryption_key_file": "nowhere"},
         "encryption_key_file (STEPLOOM_ENCRYPTION_KEY_FILE), nowhere cannot be used: No such file or directory"),
    Case("half of TLS", {"tls_certificate_file": "a"}, "TLS needs both tls_certificate_file"),
    Case("the other half of TLS", {"tls_key_file": "a"}, "TLS needs both tls_certificate_file"),
    Case("client certificates without TLS", {"grpc_client_ca_file": "a"}, "Client certificates need TLS"),
    Case("no files of TLS", {"tls_certificate_file": "a", "tls_key_file": "b"},
         "tls_certificate_file and tls_key_file cannot be used: No such file or directory"),
]  # fmt: skip


@pytest.mark.parametrize("case", EXPOSURES, ids=lambda case: case.name)
def test_doors_are_not_opened_to_strangers(case: Case) -> None:
    settings = load_settings(**case.settings)
    if case.refusal:
        with pytest.raises(ConfigurationError) as refused:
            check_exposure(settings)
        assert case.refusal in str(refused.value)
    else:
        check_exposure(settings)


@pytest.mark.parametrize("name", ["http_client_ca_file", "grpc_client_ca_file"])
def test_files_of_something_else(name: str, tmp_path: Path) -> None:
    server = Authority(tmp_path).server()
    (tmp_path / "empty").write_text("")
    tls = {"tls_certificate_file": server.certificate, "tls_key_file": server.key}
    with pytest.raises(ConfigurationError, match=f"{name} cannot be used"):
        check_exposure(load_settings(**tls, **{name: tmp_path / "empty"}))


@dataclass(frozen=True, slots=True)
class Opened:
    """Both doors as the settings make them, and what to speak TLS with."""

    http_port: int
    grpc_port: int
    installation: Installation
    authority: Authority

    async def http(
        self, key: NewKey | None = None, scheme: str = "https", certificate: Any = None, body: bytes = b"{}"
    ) -> tuple[int, str]:
        """Status and code of ListStateMachines."""
        context = ssl.create_default_context(cafile=self.authority.file)
        if certificate is not None:
            context.load_cert_chain(certificate.certificate, certificate.key)
        url = f"{scheme}://127.0.0.1:{self.http_port}/"
        headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Amz-Sdk-Invocation-Id": str(uuid4())}
        if key is not None:
            headers = Signer.of(key).headers(url, body, utc_now(), headers)
        async with ClientSession() as session, session.post(url, data=body, headers=headers, ssl=context) as response:
            return response.status, json.loads(await response.read()).get("__type", "OK")

    async def grpc(self, token: str | None = None, certificate: Any = None) -> str:
        """Code of ListStateMachines."""
        credentials = grpc.ssl_channel_credentials(
            self.authority.file.read_bytes(),
            *(() if certificate is None else (certificate.key.read_bytes(), certificate.certificate.read_bytes())),
        )
        metadata = () if token is None else (("authorization", f"Bearer {token}"),)
        async with grpc.aio.secure_channel(f"127.0.0.1:{self.grpc_port}", credentials) as channel:
            client: Any = StepFunctionsStub(channel)  # type: ignore[no-untyped-call]  # generated
            try:
                await client.ListStateMachines(pb.ListStateMachinesRequest(), metadata=metadata)
            except grpc.aio.AioRpcError as error:
                code = dict(error.trailing_metadata() or ()).get("steploom-error-code")
                return error.code().name if code is None else str(code)
        return "OK"


@asynccontextmanager
async def opened(folder: Path, **others: Any) -> AsyncIterator[Opened]:
    """Doors with TLS, and these settings."""

    async def ready() -> bool:
        return True

    authority = Authority(folder)
    server = authority.server()
    settings = load_settings(
        tls_certificate_file=server.certificate, tls_key_file=server.key, encryption_key=KEY, **others
    )
    async with install(folder) as installation, guard_of(settings, installation.store) as guard:
        app = create_app(installation.service, ready=ready, guard=guard, max_request_bytes=settings.max_request_bytes)
        credentials = grpc_tls(settings)
        grpc_server, grpc_port = create_server(
            installation.service,
            credentials=credentials,
            guard=guard,
            max_request_bytes=settings.max_request_bytes,
        )
        await grpc_server.start()
        async with serve(app, "127.0.0.1", 0, tls=http_tls(settings)) as http_port:
            yield Opened(http_port, grpc_port, installation, authority)
        await grpc_server.stop(None)


async def signing(doors: Opened) -> NewKey:
    """A key that signs, with a secret that the doors can open."""
    new = new_signature_key(terms(), sealer(load_settings(encryption_key=KEY)))
    assert await doors.installation.store.create_access_key(new.key)
    return new


async def test_tls_and_keys(tmp_path: Path) -> None:
    async with opened(tmp_path, authentication="required") as doors:
        token = await bearer(doors.installation.store)
        assert await doors.http(await signing(doors)) == (200, "OK")
        assert await doors.http() == (400, "MissingAuthenticationTokenException")
        assert await doors.grpc(token.secret) == "OK"
        assert await doors.grpc() == "MissingAuthenticationTokenException"
        with pytest.raises(ClientError):
            await doors.http(scheme="http")


async def test_client_certificates(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with opened(tmp_path, authentication="required", grpc_client_ca_file=tmp_path / "authority.pem") as doors:
        store, authority = doors.installation.store, doors.authority
        await certified(store, "common", terms(statement("Allow", "states:List*")))
        await certified(store, "second.example.com")
        await certified(store, "barred", terms(statement("Allow", "states:Describe*")))
        assert await doors.grpc(certificate=authority.client("common")) == "OK"
        assert await doors.grpc(certificate=authority.client("any", "first.example.com", "second.example.com")) == "OK"
        assert await doors.grpc(certificate=authority.client("barred")) == "AccessDeniedException"
        assert await doors.grpc(certificate=authority.client("stranger")) == "UnrecognizedClientException"
        assert await doors.grpc() == "UNAVAILABLE"
        assert await doors.grpc(certificate=Authority(tmp_path / "other").client("common")) == "UNAVAILABLE"
        token = await bearer(store, terms(statement("Allow", "states:Describe*")))
        both = await doors.grpc(token.secret, certificate=authority.client("common"))
        assert both == "AccessDeniedException", "a token counts more than a certificate"


async def test_client_certificates_at_the_http_door(tmp_path: Path) -> None:
    async with opened(tmp_path, authentication="required", http_client_ca_file=tmp_path / "authority.pem") as doors:
        key = await signing(doors)
        assert await doors.http(key, certificate=doors.authority.client("any")) == (200, "OK")
        with pytest.raises(ClientError):
            await doors.http(key)
        unsigned = await doors.http(certificate=doors.authority.client("any"))
        assert unsigned == (400, "MissingAuthenticationTokenException")


async def test_rates_sizes_and_audit(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    limited = {"rate_limits": {"ListStateMachines": "1/1"}, "max_request_bytes": 1000, "audit_log": str(log)}
    async with opened(tmp_path, authentication="required", **limited) as doors:
        key, other = await signing(doors), await signing(doors)
        token = await bearer(doors.installation.store, terms(statement("Deny", "*"), user="eve"))
        answers = Counter(code for _, code in await asyncio.gather(*(doors.http(key) for _ in range(16))))
        assert answers.keys() == {"OK", "ThrottlingException"}
        assert await doors.http(other) == (200, "OK")
        assert await doors.http(other, body=b" " * 1001) == (413, "RequestEntityTooLargeException")
        await doors.grpc(token.secret)
        await doors.http()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines[0].keys() == {
        *("time", "door", "operation", "action", "resource", "result"),
        *("user", "accessKeyId", "source", "requestId"),
    }
    assert Counter(line["result"] for line in lines if line.get("accessKeyId") == key.key.id) == answers
    told = [(line["door"], line["result"], line.get("user", "").rpartition("/")[2]) for line in lines]
    assert told[-3:] == [
        ("http", "RequestEntityTooLargeException", ""),
        ("grpc", "AccessDeniedException", "eve"),
        ("http", "MissingAuthenticationTokenException", ""),
    ]
    assert lines[-3]["claimedAccessKeyId"] == other.key.id
    assert {line["source"] for line in lines} == {"127.0.0.1"}
    for secret in (key.secret, token.secret):
        assert secret is not None
        assert secret not in log.read_text()


async def test_the_audit_log_tells_of_what_without_what_for(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    async with opened(tmp_path, audit_log=str(log)) as doors:
        context = ssl.create_default_context(cafile=doors.authority.file)
        headers = {"X-Amz-Target": "AWSStepFunctions.StartExecution"}
        body = json.dumps({"stateMachineArn": machine_arn("m") + ":live", "input": '{"password": "hunter2"}'})
        url = f"https://127.0.0.1:{doors.http_port}/"
        async with ClientSession() as session, session.post(url, data=body, headers=headers, ssl=context):
            pass
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["operation"], line["action"], line["resource"], line["result"]) == (
        "StartExecution",
        "states:StartExecution",
        machine_arn("m"),
        "StateMachineDoesNotExist",
    )
    assert "hunter2" not in log.read_text()


async def test_an_audit_log_that_cannot_be_written(tmp_path: Path) -> None:
    async with install(tmp_path) as installation:
        guard = guard_of(load_settings(audit_log=str(tmp_path / "nowhere" / "log")), installation.store)
        with pytest.raises(ConfigurationError, match=r"audit_log .* cannot be used: No such file or directory"):
            await guard.__aenter__()
