"""Versions, aliases, tags, validation, map runs and activities through a real channel, over the real service."""

from __future__ import annotations

import asyncio
import json

import grpc
import pytest

from api.proto.v1 import steploom_pb2 as pb
from api.service.gateway import ActivityTask, ExecutionStatus
from tests.api.grpc.test_application import ARN, MACHINE_ARN, Connection, connection
from tests.api.service.installation import OTHER

__all__ = ["connection"]  # a fixture

V1, LIVE = f"{MACHINE_ARN}:1", f"{MACHINE_ARN}:live"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:a"


async def test_versions(connection: Connection) -> None:
    client = connection.client
    await connection.create()
    published = await client.PublishStateMachineVersion(
        pb.PublishStateMachineVersionRequest(state_machine_arn=MACHINE_ARN, description="d")
    )
    assert published.state_machine_version_arn == V1
    assert (await client.DescribeStateMachine(pb.DescribeStateMachineRequest(state_machine_arn=V1))).description == "d"
    request = pb.ListStateMachineVersionsRequest(state_machine_arn=MACHINE_ARN)
    listed = (await client.ListStateMachineVersions(request)).state_machine_versions
    assert [version.state_machine_version_arn for version in listed] == [V1]
    updated = await client.UpdateStateMachine(
        pb.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, definition=OTHER, publish=True)
    )
    assert updated.state_machine_version_arn == f"{MACHINE_ARN}:2"
    await client.DeleteStateMachineVersion(pb.DeleteStateMachineVersionRequest(state_machine_version_arn=V1))
    assert len((await client.ListStateMachineVersions(request)).state_machine_versions) == 1


async def test_aliases(connection: Connection) -> None:
    client = connection.client
    await connection.create()
    await client.PublishStateMachineVersion(pb.PublishStateMachineVersionRequest(state_machine_arn=MACHINE_ARN))
    routes = [pb.RoutingConfigurationListItem(state_machine_version_arn=V1, weight=100)]
    created = await client.CreateStateMachineAlias(
        pb.CreateStateMachineAliasRequest(name="live", routing_configuration=routes)
    )
    assert created.state_machine_alias_arn == LIVE
    await client.UpdateStateMachineAlias(
        pb.UpdateStateMachineAliasRequest(state_machine_alias_arn=LIVE, description="d")
    )
    request = pb.DescribeStateMachineAliasRequest(state_machine_alias_arn=LIVE)
    described = await client.DescribeStateMachineAlias(request)
    assert (described.description, list(described.routing_configuration)) == ("d", routes)
    await client.StartExecution(pb.StartExecutionRequest(state_machine_arn=LIVE, name="one"))
    execution = await client.DescribeExecution(pb.DescribeExecutionRequest(execution_arn=ARN))
    assert (execution.state_machine_version_arn, execution.state_machine_alias_arn) == (V1, LIVE)
    listing = pb.ListStateMachineAliasesRequest(state_machine_arn=MACHINE_ARN)
    assert len((await client.ListStateMachineAliases(listing)).state_machine_aliases) == 1
    await client.DeleteStateMachineAlias(pb.DeleteStateMachineAliasRequest(state_machine_alias_arn=LIVE))
    assert len((await client.ListStateMachineAliases(listing)).state_machine_aliases) == 0
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.DescribeStateMachineAlias(request)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_tags(connection: Connection) -> None:
    client = connection.client
    await connection.create()
    tags = [pb.Tag(key="k", value="v"), pb.Tag(key="l", value="")]
    await client.TagResource(pb.TagResourceRequest(resource_arn=MACHINE_ARN, tags=tags))
    listing = pb.ListTagsForResourceRequest(resource_arn=MACHINE_ARN)
    assert list((await client.ListTagsForResource(listing)).tags) == tags
    await client.UntagResource(pb.UntagResourceRequest(resource_arn=MACHINE_ARN, tag_keys=["k"]))
    assert list((await client.ListTagsForResource(listing)).tags) == tags[1:]


async def test_validation(connection: Connection) -> None:
    definition = json.dumps({"StartAt": "A"})
    request = pb.ValidateStateMachineDefinitionRequest(definition=definition)
    answer = await connection.client.ValidateStateMachineDefinition(request)
    assert (answer.result, answer.truncated) == (pb.VALIDATION_RESULT_CODE_FAIL, False)
    assert [(each.code, each.location) for each in answer.diagnostics] == [("SCHEMA_VALIDATION_FAILED", "/")]


async def test_map_runs(connection: Connection) -> None:
    client = connection.client
    await connection.start()
    assert list((await client.ListMapRuns(pb.ListMapRunsRequest(execution_arn=ARN))).map_runs) == []
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:m/l:r"
    for call in (
        client.DescribeMapRun(pb.DescribeMapRunRequest(map_run_arn=arn)),
        client.UpdateMapRun(pb.UpdateMapRunRequest(map_run_arn=arn, max_concurrency=1)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_activities(connection: Connection) -> None:
    client = connection.client
    created = await client.CreateActivity(pb.CreateActivityRequest(name="a"))
    assert created.activity_arn == ACTIVITY
    described = await client.DescribeActivity(pb.DescribeActivityRequest(activity_arn=ACTIVITY))
    assert (described.name, described.creation_date) == ("a", created.creation_date)
    connection.installation.gateway.activity_tasks[ACTIVITY].put_nowait(ActivityTask("t", "1"))
    poll = pb.GetActivityTaskRequest(activity_arn=ACTIVITY, worker_name="w")
    task = await client.GetActivityTask(poll)
    assert (task.task_token, task.input) == ("t", "1")
    none = await client.GetActivityTask(poll)
    assert not none.HasField("task_token")
    assert [each.name for each in (await client.ListActivities(pb.ListActivitiesRequest())).activities] == ["a"]
    await client.DeleteActivity(pb.DeleteActivityRequest(activity_arn=ACTIVITY))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.GetActivityTask(poll)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_poll_ends_with_its_call(connection: Connection) -> None:
    client, gateway = connection.client, connection.installation.gateway
    gateway.poll_seconds = 60
    await client.CreateActivity(pb.CreateActivityRequest(name="a"))
    poll = client.GetActivityTask(pb.GetActivityTaskRequest(activity_arn=ACTIVITY))
    await gateway.waiting.wait()
    poll.cancel()
    async with asyncio.timeout(10):
        await gateway.poll_cancelled.wait()


async def test_a_redrive(connection: Connection) -> None:
    client, gateway = connection.client, connection.installation.gateway
    await connection.create()
    await client.StartExecution(pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="one"))
    request = pb.RedriveExecutionRequest(execution_arn=ARN, client_token="t")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.RedriveExecution(request)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.details() == "Execution is RUNNING and cannot be redriven"
    await gateway.end("orders", "one", ExecutionStatus.ABORTED)
    first = await client.RedriveExecution(request)
    assert await client.RedriveExecution(request) == first
    described = await client.DescribeExecution(pb.DescribeExecutionRequest(execution_arn=ARN))
    assert (described.redrive_date, described.redrive_count) == (first.redrive_date, 1)
    assert described.status == pb.EXECUTION_STATUS_RUNNING
