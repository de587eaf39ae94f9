"""`kubernetes:job` against a simulated Kubernetes API, and against a server in trouble."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.address_guard import AddressGuard
from activities.http_calls import http_caller
from activities.integrations.aws_service import AwsService
from activities.integrations.job_watch import JobWatch
from activities.integrations.kubernetes_api import LookAgain
from activities.integrations.kubernetes_job import KnownCluster, KubernetesJobs
from activities.jobs import WatchedJob
from activities.kubernetes_clusters import Cluster, parse_cluster
from activities.kubernetes_keys import watch_key
from activities.router import Router
from interpreter.definition.resources import parse_resource
from interpreter.effects import TaskRequest
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.fake_kubernetes import FakeKubernetes, fake_kubernetes
from tests.support.faulty_server import Fault, faulty_server
from tests.support.starts import plain_start

SPEC: JsonValue = {"template": {"spec": {"containers": [{"name": "main", "image": "busybox"}]}}}
JOB: JsonValue = {"metadata": {"name": "count"}, "spec": SPEC}
TOKEN = "cluster-token"


@asynccontextmanager
async def jobs_of(url: str, limit: float = 20.0, token: str = TOKEN) -> AsyncIterator[KubernetesJobs]:
    cluster = Cluster(server=url, namespace="shop", token=token)
    async with http_caller(AddressGuard(on=False), limit_seconds=limit) as caller:
        yield KubernetesJobs({"default": KnownCluster(cluster, caller)})


@dataclass
class Stage:
    cluster: FakeKubernetes
    jobs: KubernetesJobs

    async def create(self, **arguments: JsonValue) -> Any:
        return await self.jobs.call({"Job": JOB, **arguments}, "Run", "Run-1")

    async def error(self, **arguments: JsonValue) -> tuple[str | None, str]:
        with pytest.raises(StatesError) as raised:
            await self.create(**arguments)
        return raised.value.name, raised.value.cause or ""


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    with fake_kubernetes() as cluster:
        async with jobs_of(cluster.url) as jobs:
            yield Stage(cluster, jobs)


def watched(created: JsonValue, **arguments: JsonValue) -> WatchedJob:
    return WatchedJob(service="kubernetes", action="job", key=watch_key("kubernetes", arguments, created))


async def test_create(stage: Stage) -> None:
    created = await stage.create()
    assert stage.cluster.requests == ["POST /apis/batch/v1/namespaces/shop/jobs"]
    assert (created["kind"], created["apiVersion"], created["spec"]) == ("Job", "batch/v1", SPEC)
    assert (await stage.error())[0] == "Kubernetes.AlreadyExists"


@pytest.mark.parametrize("metadata, beginning", [({}, "steploom-"), ({"generateName": "count-"}, "count-")])
async def test_an_attempt_that_arrives_twice_creates_one_job(metadata: JsonValue, beginning: str, stage: Stage) -> None:
    job: JsonValue = {"metadata": metadata, "spec": SPEC}
    created = [await stage.create(Job=job) for _ in range(2)]
    assert created[0] == created[1] == next(iter(stage.cluster.jobs.values()))
    assert created[0]["metadata"]["name"].startswith(beginning)
    other = await stage.jobs.call({"Job": job}, "Run", "Run-2")
    assert other != created[0]
    assert len(stage.cluster.jobs) == 2


async def test_a_long_beginning_of_a_name(stage: Stage) -> None:
    created = await stage.create(Job={"metadata": {"generateName": "n" * 80}, "spec": SPEC})
    assert len(created["metadata"]["name"]) == 63


@pytest.mark.parametrize("ends", ["Complete", "Failed"])
async def test_watch(ends: str, stage: Stage) -> None:
    created = await stage.create()
    with pytest.raises(LookAgain):
        await stage.jobs.look(watched(created))
    stage.cluster.ends = ends
    job = stage.cluster.jobs["shop/count"]
    envelope = await stage.jobs.look(watched(created))
    assert job["status"]["conditions"][0]["type"] == ends
    if ends == "Complete":
        assert envelope == {"output": job}
    else:
        assert envelope["error"] == "States.TaskFailed"
        assert json.loads(str(envelope["cause"])) == job


async def test_logs(stage: Stage) -> None:
    options: JsonValue = {"RetrieveLogs": True}
    created = await stage.create(LogOptions=options)
    stage.cluster.ends = "Complete"
    envelope: Any = await stage.jobs.look(watched(created, LogOptions=options))
    log = {"log": "line 1\nline 2\n"}
    assert envelope["output"]["logs"] == {"pods": {"pod-1": {"containers": {"main": log, "side": log}}}}
    assert "labelSelector=job-name%3Dcount" in stage.cluster.requests[2]


async def test_stop_and_what_was_deleted(stage: Stage) -> None:
    created = await stage.create()
    await stage.jobs.stop(watched(created))
    assert stage.cluster.jobs == {}
    await stage.jobs.stop(watched(created))
    assert (await stage.jobs.look(watched(created)))["error"] == "Kubernetes.NotFound"
    await stage.create()
    assert "Another Job" in str((await stage.jobs.look(watched(created)))["cause"])
    await stage.jobs.stop(watched(created))
    assert list(stage.cluster.jobs) == ["shop/count"]


async def test_refused(stage: Stage) -> None:
    where = "kubernetes:job of state 'Run' on cluster 'default': "
    assert await stage.error(Job={"spec": {}}) == ("Kubernetes.Invalid", where + "spec.template: Required value")
    name, cause = await stage.error(Cluster="nosuch")
    assert name == StatesRuntime.NAME
    assert "The installation has no such Cluster (setting kubernetes_clusters)" in cause
    stage.cluster.token = "another"
    assert await stage.error() == ("Kubernetes.Unauthorized", where + "Unauthorized")


@pytest.mark.parametrize(
    "fault", [Fault.SILENCE, Fault.CLOSED, Fault.RESET, Fault.HALF_HEADERS, Fault.HALF_BODY, Fault.HUGE_BODY]
)
async def test_trouble(fault: Fault) -> None:
    async with faulty_server() as server, jobs_of(server.url, 0.3) as jobs:
        server.fault = fault
        with pytest.raises(StatesError) as raised:
            await jobs.call({"Job": JOB}, "Run", "Run-1")
        assert raised.value.name == "Kubernetes.ClientException"
        assert TOKEN not in (raised.value.cause or "")
        assert len(server.requests) == 1
        with pytest.raises(LookAgain):
            await jobs.look(watched({"metadata": {"name": "n", "namespace": "s", "uid": "u"}}))


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_watch_bears_passing_trouble(status: int, stage: Stage) -> None:
    created = await stage.create()
    stage.cluster.status = status
    with pytest.raises(LookAgain, match=str(status)):
        await stage.jobs.look(watched(created))
    with pytest.raises(LookAgain):
        await stage.jobs.stop(watched(created))
    assert (await stage.error())[0] == "Kubernetes.InternalError"


async def test_the_watch_s_activity(stage: Stage) -> None:
    created = await stage.create()
    watch = JobWatch(AwsService("us-east-1"), others={("kubernetes", "job"): stage.jobs})
    argument = watched(created).to_json()
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(watch.watch, argument)
    assert raised.value.next_retry_delay is not None
    assert raised.value.next_retry_delay >= timedelta(seconds=1)
    stage.cluster.ends = "Complete"
    assert "output" in await ActivityEnvironment().run(watch.watch, argument)
    await ActivityEnvironment().run(watch.stop, argument)
    assert stage.cluster.jobs == {}


def test_route() -> None:
    resource = parse_resource("arn:aws:states:::kubernetes:job.sync")
    assert resource is not None
    request = TaskRequest(resource, {"Job": JOB, "Cluster": "c"}, "Run", "Run-1", None, None)
    created: JsonValue = {"metadata": {"name": "n", "namespace": "s", "uid": "u"}}
    child = Router().watch(request, created, plain_start())
    assert child.arguments[0] == {
        "service": "kubernetes",
        "action": "job",
        "key": {"cluster": "c", "namespace": "s", "name": "n", "uid": "u", "logs": False},
    }


@pytest.mark.parametrize(
    "value, told",
    [
        ({"server": "x"}, "'server' must be the URL of a Kubernetes API"),
        ({"server": "http://h", "tokens": "t"}, "'tokens' is none of"),
        ({"server": 1}, "'server' must be a text"),
        ({"in_cluster": True}, "this process is not in a pod"),
    ],
)
def test_clusters_that_cannot_be_used(value: dict[str, JsonValue], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(ValueError, match=told):
        parse_cluster(value)


def test_tokens_are_read_when_they_are_needed(tmp_path: Path) -> None:
    file = tmp_path / "token"
    cluster = parse_cluster({"server": "https://h:6443/", "token_file": str(file)})
    for token in ("a", "b"):
        file.write_text(f"{token}\n")
        assert cluster.headers() == {"Authorization": f"Bearer {token}"}
    assert (cluster.server, cluster.namespace) == ("https://h:6443", "default")
