"""`eks:call` and `eks:runJob` against a simulated Kubernetes API, with tokens as EKS takes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import activities.integrations.eks_kubernetes
from activities.address_guard import AddressGuard
from activities.http_calls import Unanswered
from activities.integrations.eks_kubernetes import EksKubernetes
from activities.integrations.kubernetes_api import LookAgain
from activities.jobs import WatchedJob
from activities.kubernetes_keys import watch_key
from activities.router import Router
from interpreter.definition.resources import parse_resource
from interpreter.effects import TaskRequest
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.certificates import Authority
from tests.support.fake_kubernetes import FakeKubernetes, fake_kubernetes
from tests.support.faulty_server import Fault, faulty_server
from tests.support.starts import plain_start

JOB: JsonValue = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "busybox"}]}}}}
SECRET = "secret-access-key"


@dataclass
class Stage:
    cluster: FakeKubernetes
    eks: EksKubernetes
    arguments: dict[str, JsonValue]

    async def call(self, **arguments: JsonValue) -> Any:
        return await self.eks.call({**self.arguments, "Method": "GET", **arguments}, "Ask")

    async def run(self, **arguments: JsonValue) -> Any:
        return await self.eks.run_job({**self.arguments, "Job": JOB, **arguments}, "Run", "Run-1")

    def watched(self, created: JsonValue, **arguments: JsonValue) -> WatchedJob:
        key = watch_key("eks", {**self.arguments, **arguments}, created)
        return WatchedJob(service="eks", action="runJob", key=key)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def stage(authority: Authority, credentials: None) -> Iterator[Stage]:
    with fake_kubernetes(authority.server()) as cluster:
        cluster.token = None
        yield Stage(cluster, EksKubernetes(AddressGuard(on=False), "eu-west-1"), of(authority, cluster.url))


def of(authority: Authority, url: str) -> dict[str, JsonValue]:
    certificate = base64.b64encode(authority.file.read_bytes()).decode()
    return {"ClusterName": "shop", "CertificateAuthority": certificate, "Endpoint": url}


async def error(calling: Any) -> tuple[str | None, str]:
    with pytest.raises(StatesError) as raised:
        await calling
    assert SECRET not in (raised.value.cause or "")
    return raised.value.name, raised.value.cause or ""


async def test_call(stage: Stage) -> None:
    query: JsonValue = {"labelSelector": ["a=b", "c"], "limit": ["1"]}
    answer = await stage.call(Path="/api/v1/namespaces/default/pods", QueryParameters=query)
    assert (answer["StatusCode"], answer["ResponseBody"]["kind"]) == (200, "PodList")
    assert stage.cluster.requests == ["GET /api/v1/namespaces/default/pods?labelSelector=a%3Db&labelSelector=c&limit=1"]
    log = await stage.call(Path="/api/v1/namespaces/default/pods/p/log")
    assert log == {"ResponseBody": "line 1\nline 2\n", "StatusCode": 200}


async def test_an_answer_that_is_nested_too_deeply(stage: Stage) -> None:
    stage.cluster.log = "[" * 201 + "]" * 201
    assert await error(stage.call(Path="/api/v1/namespaces/default/pods/p/log")) == (
        "States.Runtime",
        "eks:call of state 'Ask' answered with a body that is refused: arrays and objects are nested more than 200 "
        "deep",
    )


async def test_who_calls(stage: Stage) -> None:
    """A token of EKS is a signed request to STS that names the cluster."""
    await stage.call(Path="/api/v1/namespaces/default/pods")
    [bearer] = stage.cluster.tokens
    assert bearer is not None
    token = bearer.removeprefix("Bearer k8s-aws-v1.")
    assert "=" not in token
    url = urlsplit(base64.urlsafe_b64decode(token + "==").decode())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.scheme, url.netloc, url.path) == ("https", "sts.eu-west-1.amazonaws.com", "/")
    assert (query["Action"], query["Version"], query["X-Amz-Expires"]) == ("GetCallerIdentity", "2011-06-15", "60")
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Credential"].startswith("AKID/")


async def test_run_job(stage: Stage) -> None:
    answer = await stage.run(Namespace="orders")
    assert answer["StatusCode"] == 201
    assert answer["ResponseBody"]["metadata"]["namespace"] == "orders"
    assert await stage.run(Namespace="orders") == {"ResponseBody": answer["ResponseBody"], "StatusCode": 200}
    assert len(stage.cluster.jobs) == 1
    assert (await stage.run())["ResponseBody"]["metadata"]["namespace"] == "default"


@pytest.mark.parametrize(
    "log, options, wanted, parameters",
    [
        ('{"rows": 3}', {}, {"rows": 3}, "container=main"),
        ('{"rows": 3}', {"RawLogs": True}, '{"rows": 3}', "container=main"),
        ("no JSON", {"LogParameters": {"tailLines": ["20"]}}, "no JSON", "container=main&tailLines=20"),
    ],
    ids=["parsed", "raw", "with parameters"],
)
async def test_watch(log: str, options: dict[str, JsonValue], wanted: JsonValue, parameters: str, stage: Stage) -> None:
    created = await stage.run()
    watched = stage.watched(created, LogOptions={"RetrieveLogs": True, **options})
    with pytest.raises(LookAgain):
        await stage.eks.look(watched)
    stage.cluster.ends, stage.cluster.log = "Complete", log
    envelope: Any = await stage.eks.look(watched)
    assert envelope["output"]["logs"]["pods"]["pod-1"]["containers"]["main"] == {"log": wanted}
    assert f"GET /api/v1/namespaces/default/pods/pod-1/log?{parameters}" in stage.cluster.requests


async def test_a_job_that_fails_and_one_that_is_stopped(stage: Stage) -> None:
    created = await stage.run()
    stage.cluster.ends = "Failed"
    envelope: Any = await stage.eks.look(stage.watched(created))
    assert envelope["error"] == "States.TaskFailed"
    assert json.loads(envelope["cause"])["status"]["conditions"][0]["type"] == "Failed"
    await stage.eks.stop(stage.watched(created))
    assert stage.cluster.jobs == {}
    gone = await stage.eks.look(stage.watched(created))
    assert gone["error"] == "EKS.404"


async def test_refusals(stage: Stage) -> None:
    path = "/apis/batch/v1/namespaces/default/jobs"
    where = f"eks:call of state 'Ask': {stage.cluster.url}: "
    assert await error(stage.call(Path=f"{path}/n")) == ("EKS.404", f'{where}jobs.batch "n" not found')
    invalid = await error(stage.call(Method="POST", Path=path, RequestBody={"spec": {}}))
    assert invalid == ("EKS.422", f"{where}spec.template: Required value")
    name, cause = await error(stage.run(Job={"spec": {}}))
    assert (name, cause.endswith("spec.template: Required value")) == ("EKS.422", True)


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"Endpoint": "cluster"}, "The value of the field 'Endpoint' is not the URL of a Kubernetes API"),
        ({"Endpoint": "https://h:99999"}, "The value of the field 'Endpoint' is not the URL of a Kubernetes API"),
        ({"CertificateAuthority": "ANPAJ2UCCR6DPCEXAMPLE"}, "'CertificateAuthority' is not the certificate of an"),
        ({"CertificateAuthority": base64.b64encode(b"none").decode()}, "'CertificateAuthority' is not the certificate"),
        ({"CertificateAuthority": " "}, "'CertificateAuthority' is not the certificate of an authority"),
        ({"Path": "api/v1"}, "The value of the field 'Path' must begin with a slash"),
    ],
)
async def test_unusable(changed: dict[str, JsonValue], told: str, stage: Stage) -> None:
    name, cause = await error(stage.call(**{"Path": "/api", **changed}))
    assert name == StatesRuntime.NAME
    assert told in cause
    assert stage.cluster.requests == []


async def test_only_the_given_authority_is_trusted(stage: Stage, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    name, cause = await error(stage.call(Path="/api", **of(other, stage.cluster.url)))
    assert name == "EKS.SdkClientException"
    assert "the certificate is not accepted" in cause
    assert stage.cluster.tokens == []


@pytest.mark.parametrize(
    "endpoint, shown",
    [
        ("https://0a1b.gr7.eu-west-1.eks.amazonaws.com", True),
        ("https://0a1b.eks-cluster.eu-west-1.api.aws", True),
        ("http://0a1b.gr7.eu-west-1.eks.amazonaws.com", False),
        ("https://eks.amazonaws.com.example.org", False),
        ("https://127.0.0.1:1", False),
    ],
)
async def test_a_token_is_shown_to_eks_only_where_the_guard_is_on(
    endpoint: str, shown: bool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def token(_session: object, region: str, cluster: str) -> str:
        raise Unanswered(f"a token of {region} for {cluster}")

    monkeypatch.setattr(activities.integrations.eks_kubernetes, "_token", token)
    guarded = EksKubernetes(AddressGuard(on=True), "us-east-1")
    arguments: dict[str, JsonValue] = {**of(authority, endpoint), "Method": "GET", "Path": "/"}
    name, cause = await error(guarded.call(arguments, "Ask"))
    if shown:
        assert (name, "a token of eu-west-1 for shop" in cause) == ("EKS.SdkClientException", True)
    else:
        assert (name, "is not the URL of an EKS cluster (http_guard)" in cause) == (StatesRuntime.NAME, True)


@pytest.mark.parametrize(
    "fault", [Fault.SILENCE, Fault.CLOSED, Fault.RESET, Fault.HALF_HEADERS, Fault.HALF_BODY, Fault.SLOW_BODY]
)
async def test_trouble(fault: Fault, authority: Authority, stage: Stage) -> None:
    async with faulty_server() as server:
        server.fault = fault
        eks = EksKubernetes(AddressGuard(on=False), "eu-west-1", limit_seconds=0.3)
        arguments = of(authority, server.url)
        calling = eks.call({**arguments, "Method": "POST", "Path": "/x", "RequestBody": {}}, "Ask")
        assert (await error(calling))[0] == "EKS.SdkClientException"
        assert len(server.requests) == 1
        created: JsonValue = {"ResponseBody": {"metadata": {"name": "n", "namespace": "s", "uid": "u"}}}
        with pytest.raises(LookAgain):
            await eks.look(WatchedJob(service="eks", action="runJob", key=watch_key("eks", arguments, created)))


async def test_too_large_an_answer(authority: Authority, stage: Stage) -> None:
    async with faulty_server() as server:
        server.fault = Fault.HUGE_BODY
        arguments: dict[str, JsonValue] = {**of(authority, server.url), "Method": "GET", "Path": "/"}
        assert (await error(stage.eks.call(arguments, "Ask")))[0] == "States.DataLimitExceeded"


@pytest.mark.parametrize(
    "body, wanted", [({"a": 1}, "application/merge-patch+json"), ([{"op": "test"}], "application/json-patch+json")]
)
async def test_patches(body: JsonValue, wanted: str, authority: Authority, stage: Stage) -> None:
    async with faulty_server() as server:
        arguments: dict[str, JsonValue] = {**of(authority, server.url), "Method": "PATCH", "Path": "/x"}
        assert await stage.eks.call({**arguments, "RequestBody": body}, "Ask") == {
            "ResponseBody": {},
            "StatusCode": 200,
        }
        assert server.seen_headers[0]["content-type"] == wanted


def test_routes(authority: Authority) -> None:
    resource = parse_resource("arn:aws:states:::eks:runJob.sync")
    assert resource is not None
    arguments: dict[str, JsonValue] = {**of(authority, "https://h"), "Job": JOB, "LogOptions": {"RetrieveLogs": True}}
    request = TaskRequest(resource, arguments, "Run", "Run-1", None, None)
    assert Router().route(request, None).activity_type == "steploom:connector-call"
    created: JsonValue = {"ResponseBody": {"metadata": {"name": "n", "namespace": "s", "uid": "u"}}, "StatusCode": 201}
    [watched] = Router().watch(request, created, plain_start()).arguments
    assert watched == {
        "service": "eks",
        "action": "runJob",
        "key": {
            "cluster": {name: arguments[name] for name in ("ClusterName", "CertificateAuthority", "Endpoint")},
            "namespace": "s",
            "name": "n",
            "uid": "u",
            "logs": True,
            "rawLogs": False,
            "logParameters": {},
        },
    }
