"""The watch over a job: one look at a time, through the real botocore."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.aws_calls import AwsCall, job_of
from activities.integrations.aws_service import AwsService
from activities.integrations.job_watch import Calendar, JobWatch, patience
from activities.jobs import WatchedJob
from interpreter.values import JsonValue
from tests.support.fake_glue_api import FakeGlueApi, fake_glue_api

RUN = WatchedJob(service="glue", action="startJobRun", key={"JobName": "n", "RunId": "jr"}).to_json()


@pytest.fixture
async def glue(credentials: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGlueApi]:
    async with fake_glue_api() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", api.endpoint)
        api.states["jr"] = "RUNNING"
        yield api


async def look(argument: dict[str, Any], attempt: int = 1) -> Any:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=attempt)
    return await environment.run(JobWatch(AwsService("us-east-1")).watch, argument)


async def test_a_job_that_runs_is_looked_at_again(glue: FakeGlueApi) -> None:
    with pytest.raises(ApplicationError) as raised:
        await look(RUN)
    assert not raised.value.non_retryable
    assert raised.value.next_retry_delay is not None


async def test_the_end(glue: FakeGlueApi) -> None:
    glue.states["jr"] = "SUCCEEDED"
    assert await look(RUN) == {"output": {"Id": "jr", "JobName": "n", "JobRunState": "SUCCEEDED"}}


@pytest.mark.parametrize(
    "refusal, attempt",
    [((400, "ThrottlingException"), 99), ((503, "Whatever"), 99), ((400, "EntityNotFoundException"), 1)],
    ids=["throttled", "trouble of the service", "not known everywhere yet"],
)
async def test_passing_refusals(refusal: tuple[int, str], attempt: int, glue: FakeGlueApi) -> None:
    glue.refusals["GetJobRun"] = [refusal]
    with pytest.raises(ApplicationError) as raised:
        await look(RUN, attempt)
    assert not raised.value.non_retryable


async def test_a_lasting_refusal_fails_the_state(glue: FakeGlueApi) -> None:
    glue.refusals["GetJobRun"] = [(400, "EntityNotFoundException")]
    envelope = await look(RUN, attempt=6)
    assert envelope["error"] == "Glue.EntityNotFoundException"
    assert envelope["cause"].startswith("as told (Service: AWSGlue; Status Code: 400; ")


async def test_no_answer_is_passing(monkeypatch: pytest.MonkeyPatch, glue: FakeGlueApi) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", "http://127.0.0.1:9")
    with pytest.raises(ApplicationError, match="gave no answer"):
        await look(RUN)


async def test_stopping(glue: FakeGlueApi) -> None:
    watch = JobWatch(AwsService("us-east-1"))
    await ActivityEnvironment().run(watch.stop, RUN)
    assert glue.states["jr"] == "STOPPED"
    glue.refusals["BatchStopJobRun"] = [(400, "EntityNotFoundException")]
    await ActivityEnvironment().run(watch.stop, RUN)  # it is gone: nothing to stop


@pytest.mark.parametrize("age, seconds", [(0, 1), (60, 9), (3600, 30)])
def test_patience(age: float, seconds: float) -> None:
    assert patience(age) == seconds


def test_the_calendar_spreads_questions() -> None:
    calendar = Calendar(per_second=20)
    delays = [calendar.book(1_000.0, 1.0) for _ in range(500)]
    assert delays[:20] == [1.0] * 20
    assert max(delays) == 25.0
    assert calendar.book(2_000.0, 1.0) == 1.0


# ---------------------------------------------------------------- against moto's server


def _client(name: str) -> Any:
    return boto3.client(name, region_name="us-east-1")  # type: ignore[call-overload]  # any name


async def _to_its_end(service: str, action: str, arguments: dict[str, Any]) -> Any:
    """Submit a job and look at it once."""
    aws = AwsService("us-east-1")
    call = AwsCall(service=service, action=action, arguments=arguments, waits=True)
    answer = await ActivityEnvironment().run(aws.invoke, call.to_json())
    key = job_of(service, action).key(arguments, answer)
    watched = WatchedJob(service=service, action=action, key=key, answer=answer)
    return await ActivityEnvironment().run(JobWatch(aws).watch, watched.to_json())


async def test_athena(aws: str) -> None:
    _client("athena").list_work_groups()  # moto takes its time to load a service
    arguments = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://b/"}}
    envelope = await _to_its_end("athena", "startQueryExecution", arguments)
    assert envelope["output"]["QueryExecution"]["Status"]["State"] == "SUCCEEDED"


async def test_codebuild(aws: str) -> None:
    _client("codebuild").create_project(
        name="project",
        source={"type": "S3", "location": "bucket/key"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::123456789012:role/service-role/r",
    )
    envelope = await _to_its_end("codebuild", "startBuild", {"ProjectName": "project"})
    assert envelope["output"]["Build"]["BuildStatus"] == "SUCCEEDED"


async def test_elasticmapreduce(aws: str) -> None:
    _client("emr").list_clusters()
    arguments = {
        "Name": "cluster",
        "Instances": {
            "MasterInstanceType": "m",
            "SlaveInstanceType": "m",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
        },
        "JobFlowRole": "r",
        "ServiceRole": "r",
    }
    envelope = await _to_its_end("elasticmapreduce", "createCluster", arguments)
    cluster = envelope["output"]["ClusterId"]
    assert envelope["output"]["Cluster"]["Status"]["State"] == "WAITING"
    step: dict[str, JsonValue] = {"Name": "s", "HadoopJarStep": {"Jar": "j"}}
    added = AwsCall(service="elasticmapreduce", action="addStep", arguments={"ClusterId": cluster, "Step": step})
    assert list(await ActivityEnvironment().run(AwsService("us-east-1").invoke, added.to_json())) == ["StepId"]
    await _groups(cluster)
    ended = await _to_its_end("elasticmapreduce", "terminateCluster", {"ClusterId": cluster})
    assert ended["output"]["Cluster"]["Status"]["State"] == "TERMINATED"


async def _groups(cluster: str) -> None:
    """A group is known by its name, and changed by its id."""
    _client("emr").add_instance_groups(
        JobFlowId=cluster,
        InstanceGroups=[{"Name": "task", "InstanceRole": "TASK", "InstanceType": "m", "InstanceCount": 1}],
    )
    arguments: dict[str, JsonValue] = {
        "ClusterId": cluster,
        "InstanceGroupName": "task",
        "InstanceGroup": {"InstanceCount": 3},
    }
    call = AwsCall(service="elasticmapreduce", action="modifyInstanceGroupByName", arguments=arguments)
    assert await ActivityEnvironment().run(AwsService("us-east-1").invoke, call.to_json()) == {}
    groups = _client("emr").list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    assert [each["RequestedInstanceCount"] for each in groups if each["Name"] == "task"] == [3]
    nobody = AwsCall(
        service="elasticmapreduce",
        action="modifyInstanceGroupByName",
        arguments={**arguments, "InstanceGroupName": "nobody"},
    )
    with pytest.raises(ApplicationError, match="There is no InstanceGroupName 'nobody'"):
        await ActivityEnvironment().run(AwsService("us-east-1").invoke, nobody.to_json())


async def test_eks(aws: str) -> None:
    _client("eks").list_clusters()
    arguments = {"Name": "c", "RoleArn": "arn:aws:iam::123456789012:role/r", "ResourcesVpcConfig": {"SubnetIds": []}}
    created = await _to_its_end("eks", "createCluster", arguments)
    assert created["output"]["Cluster"]["Status"] == "ACTIVE"
    deleted = await _to_its_end("eks", "deleteCluster", {"Name": "c"})
    assert deleted["output"]["Cluster"]["Name"] == "c"
