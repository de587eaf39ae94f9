"""Every job of every optimized service: its key, what its descriptions mean, and that the API takes the key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.model import ServiceModel

from activities.aws_calls import OPTIMIZED, job_of, optimized_service
from activities.integrations.aws_shapes import input_shape, to_parameters
from activities.jobs import STOPPED
from activities.service_models import model_loader
from interpreter.errors import StatesTaskFailed
from interpreter.values import JsonValue, json_text


@dataclass(frozen=True, kw_only=True)
class Case:
    """One job; `good`, `bad` and `running` are descriptions, `result` what the state sees of the good one."""

    service: str
    action: str
    arguments: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    key: dict[str, Any]
    running: dict[str, Any]
    good: dict[str, Any] | None
    bad: dict[str, Any] | None
    result: JsonValue = None
    stop_key: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.service}:{self.action}"


def _sagemaker(kind: str, **bad: str) -> Case:
    status = f"{kind}Status"
    return Case(
        service="sagemaker",
        action=f"create{kind}",
        arguments={f"{kind}Name": "n"},
        key={f"{kind}Name": "n"},
        running={status: "InProgress"},
        good={status: "Completed", "a": 1},
        bad={status: "Failed"},
        result={status: "Completed", "a": 1},
        stop_key={f"{kind}Name": "n"},
    )


def _application(action: str, good: str, bad: str | None) -> Case:
    new = action == "createApplication"
    return Case(
        service="emr-serverless",
        action=action,
        arguments={} if new else {"ApplicationId": "a"},
        answer={"ApplicationId": "a"} if new else {},
        key={"ApplicationId": "a"},
        running={"Application": {"State": "CREATING"}},
        good={"Application": {"State": good}},
        bad=None if bad is None else {"Application": {"State": bad}},
        result={"State": good},
    )


def _eks(action: str, what: str, key: dict[str, Any], good: str | None, bad: str) -> Case:
    return Case(
        service="eks",
        action=action,
        arguments=key,
        answer={what: {"Status": "DELETING"}},
        key=key,
        running={what: {"Status": "CREATING" if good else "DELETING"}},
        good=None if good is None else {what: {"Status": good}},
        bad={what: {"Status": bad}},
        result=None if good is None else {what: {"Status": good}},
    )


_NODEGROUP = {"ClusterName": "c", "NodegroupName": "n"}
_PROFILE = {"ClusterName": "c", "FargateProfileName": "p"}
_TASK = {"TaskArn": "t", "ClusterArn": "c"}
_EXITED: dict[str, JsonValue] = {**_TASK, "LastStatus": "STOPPED", "Containers": [{"ExitCode": 0}, {"ExitCode": 0}]}
_CRASHED = {**_TASK, "LastStatus": "STOPPED", "Containers": [{"ExitCode": 0}, {"ExitCode": 1}]}

CASES = [
    Case(
        service="athena",
        action="startQueryExecution",
        answer={"QueryExecutionId": "q"},
        key={"QueryExecutionId": "q"},
        running={"QueryExecution": {"Status": {"State": "QUEUED"}}},
        good={"QueryExecution": {"Status": {"State": "SUCCEEDED"}}},
        bad={"QueryExecution": {"Status": {"State": "CANCELLED"}}},
        result={"QueryExecution": {"Status": {"State": "SUCCEEDED"}}},
        stop_key={"QueryExecutionId": "q"},
    ),
    Case(
        service="batch",
        action="submitJob",
        answer={"JobId": "j"},
        key={"Jobs": ["j"]},
        running={"Jobs": [{"Status": "RUNNABLE"}]},
        good={"Jobs": [{"Status": "SUCCEEDED", "JobId": "j"}]},
        bad={"Jobs": [{"Status": "FAILED"}]},
        result={"Status": "SUCCEEDED", "JobId": "j"},
        stop_key={"JobId": "j", "Reason": STOPPED},
    ),
    Case(
        service="bedrock",
        action="createModelCustomizationJob",
        answer={"JobArn": "j"},
        key={"JobIdentifier": "j"},
        running={"Status": "Stopping"},
        good={"Status": "Completed"},
        bad={"Status": "Stopped"},
        result={"Status": "Completed"},
        stop_key={"JobIdentifier": "j"},
    ),
    Case(
        service="codebuild",
        action="startBuild",
        answer={"Build": {"Id": "b"}},
        key={"Ids": ["b"]},
        running={"Builds": [{"BuildStatus": "IN_PROGRESS"}]},
        good={"Builds": [{"BuildStatus": "SUCCEEDED"}]},
        bad={"Builds": [{"BuildStatus": "FAULT"}]},
        result={"Build": {"BuildStatus": "SUCCEEDED"}},
        stop_key={"Id": "b"},
    ),
    *(
        Case(
            service="codebuild",
            action=action,
            answer={"BuildBatch": {"Id": "b"}},
            key={"Ids": ["b"]},
            running={"BuildBatches": [{"BuildBatchStatus": "IN_PROGRESS"}]},
            good={"BuildBatches": [{"BuildBatchStatus": "SUCCEEDED"}]},
            bad={"BuildBatches": [{"BuildBatchStatus": "TIMED_OUT"}]},
            result={"BuildBatch": {"BuildBatchStatus": "SUCCEEDED"}},
            stop_key={"Id": "b"},
        )
        for action in ("startBuildBatch", "retryBuildBatch")
    ),
    Case(
        service="databrew",
        action="startJobRun",
        arguments={"Name": "n"},
        answer={"RunId": "r"},
        key={"Name": "n", "RunId": "r"},
        running={"State": "STOPPING"},
        good={"State": "SUCCEEDED"},
        bad={"State": "TIMEOUT"},
        result={"State": "SUCCEEDED"},
        stop_key={"Name": "n", "RunId": "r"},
    ),
    Case(
        service="ecs",
        action="runTask",
        answer={"Tasks": [_TASK]},
        key={"Cluster": "c", "Tasks": ["t"]},
        running={"Tasks": [{**_TASK, "LastStatus": "RUNNING"}]},
        good={"Tasks": [_EXITED]},
        bad={"Tasks": [_CRASHED]},
        result=_EXITED,
        stop_key={"Cluster": "c", "Task": "t", "Reason": STOPPED},
    ),
    _eks("createCluster", "Cluster", {"Name": "c"}, "ACTIVE", "FAILED"),
    _eks("deleteCluster", "Cluster", {"Name": "c"}, None, "FAILED"),
    _eks("createNodegroup", "Nodegroup", _NODEGROUP, "ACTIVE", "CREATE_FAILED"),
    _eks("deleteNodegroup", "Nodegroup", _NODEGROUP, None, "DELETE_FAILED"),
    _eks("createFargateProfile", "FargateProfile", _PROFILE, "ACTIVE", "CREATE_FAILED"),
    _eks("deleteFargateProfile", "FargateProfile", _PROFILE, None, "DELETE_FAILED"),
    Case(
        service="elasticmapreduce",
        action="createCluster",
        answer={"ClusterId": "j-1"},
        key={"ClusterId": "j-1"},
        running={"Cluster": {"Id": "j-1", "Status": {"State": "STARTING"}}},
        good={"Cluster": {"Id": "j-1", "Status": {"State": "WAITING"}}},
        bad={"Cluster": {"Id": "j-1", "Status": {"State": "TERMINATED_WITH_ERRORS"}}},
        result={"Cluster": {"Id": "j-1", "Status": {"State": "WAITING"}}, "ClusterId": "j-1"},
        stop_key={"JobFlowIds": ["j-1"]},
    ),
    Case(
        service="elasticmapreduce",
        action="terminateCluster",
        arguments={"ClusterId": "j-1"},
        key={"ClusterId": "j-1"},
        running={"Cluster": {"Id": "j-1", "Status": {"State": "TERMINATING"}}},
        good={"Cluster": {"Id": "j-1", "Status": {"State": "TERMINATED"}}},
        bad=None,
        result={"Cluster": {"Id": "j-1", "Status": {"State": "TERMINATED"}}, "ClusterId": "j-1"},
    ),
    Case(
        service="elasticmapreduce",
        action="addStep",
        arguments={"ClusterId": "j-1", "Step": {}},
        answer={"StepId": "s-1"},
        key={"ClusterId": "j-1", "StepId": "s-1"},
        running={"Step": {"Status": {"State": "PENDING"}}},
        good={"Step": {"Status": {"State": "COMPLETED"}}},
        bad={"Step": {"Status": {"State": "CANCELLED"}}},
        result={"Step": {"Status": {"State": "COMPLETED"}}},
        stop_key={"ClusterId": "j-1", "StepIds": ["s-1"]},
    ),
    Case(
        service="emr-containers",
        action="startJobRun",
        answer={"Id": "i", "VirtualClusterId": "v"},
        key={"Id": "i", "VirtualClusterId": "v"},
        running={"JobRun": {"State": "SUBMITTED"}},
        good={"JobRun": {"State": "COMPLETED"}},
        bad={"JobRun": {"State": "CANCELLED"}},
        result={"State": "COMPLETED"},
        stop_key={"Id": "i", "VirtualClusterId": "v"},
    ),
    Case(
        service="emr-containers",
        action="deleteVirtualCluster",
        arguments={"Id": "v"},
        key={"Id": "v"},
        running={"VirtualCluster": {"State": "TERMINATING"}},
        good={"VirtualCluster": {"State": "TERMINATED"}},
        bad={"VirtualCluster": {"State": "ARRESTED"}},
        result={"State": "TERMINATED"},
    ),
    Case(
        service="emr-serverless",
        action="startJobRun",
        answer={"ApplicationId": "a", "JobRunId": "r"},
        key={"ApplicationId": "a", "JobRunId": "r"},
        running={"JobRun": {"State": "SCHEDULED"}},
        good={"JobRun": {"State": "SUCCESS"}},
        bad={"JobRun": {"State": "FAILED"}},
        result={"State": "SUCCESS"},
        stop_key={"ApplicationId": "a", "JobRunId": "r"},
    ),
    Case(
        service="emr-serverless",
        action="cancelJobRun",
        arguments={"ApplicationId": "a", "JobRunId": "r"},
        key={"ApplicationId": "a", "JobRunId": "r"},
        running={"JobRun": {"State": "CANCELLING"}},
        good={"JobRun": {"State": "CANCELLED"}},
        bad={"JobRun": {"State": "SUCCESS"}},
        result={"State": "CANCELLED"},
    ),
    _application("createApplication", "CREATED", "TERMINATED"),
    _application("startApplication", "STARTED", "TERMINATED"),
    _application("stopApplication", "STOPPED", "TERMINATED"),
    _application("deleteApplication", "TERMINATED", None),
    Case(
        service="glue",
        action="startJobRun",
        arguments={"JobName": "n"},
        answer={"JobRunId": "r"},
        key={"JobName": "n", "RunId": "r"},
        running={"JobRun": {"JobRunState": "STOPPING"}},
        good={"JobRun": {"JobRunState": "SUCCEEDED"}},
        bad={"JobRun": {"JobRunState": "TIMEOUT"}},
        result={"JobRunState": "SUCCEEDED"},
        stop_key={"JobName": "n", "JobRunIds": ["r"]},
    ),
    Case(
        service="mediaconvert",
        action="createJob",
        answer={"Job": {"Id": "j"}},
        key={"Id": "j"},
        running={"Job": {"Status": "PROGRESSING"}},
        good={"Job": {"Status": "COMPLETE"}},
        bad={"Job": {"Status": "ERROR"}},
        result={"Job": {"Status": "COMPLETE"}},
        stop_key={"Id": "j"},
    ),
    *(
        _sagemaker(kind)
        for kind in ("TrainingJob", "TransformJob", "ProcessingJob", "HyperParameterTuningJob", "LabelingJob")
    ),
    Case(
        service="states",
        action="startExecution",
        answer={"ExecutionArn": "e"},
        key={"ExecutionArn": "e"},
        running={"Status": "RUNNING"},
        good={"Status": "SUCCEEDED", "Output": "1", "RedriveCount": 0},
        bad={"Status": "ABORTED"},
        result={"Status": "SUCCEEDED", "Output": "1"},
        stop_key={"ExecutionArn": "e"},
    ),
]


def test_every_job_has_a_case() -> None:
    jobs = {f"{service}:{action}" for service, optimized in OPTIMIZED.items() for action in optimized.jobs}
    assert {case.name for case in CASES} == jobs | {"states:startExecution"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_key(case: Case) -> None:
    job = job_of(case.service, case.action)
    assert job.key_of(case.arguments, case.answer) == case.key
    if job.stop is None:
        assert case.stop_key is None
    else:
        assert job.stop_key(case.key) == case.stop_key


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_descriptions(case: Case) -> None:
    job = job_of(case.service, case.action)
    assert job.envelope(case.running) is None
    if case.good is not None:
        assert job.envelope(case.good) == {"output": case.result}
    if case.bad is not None:
        envelope = job.envelope(case.bad)
        assert envelope is not None
        assert envelope["error"] == "States.TaskFailed"
        assert isinstance(json.loads(str(envelope["cause"])), dict)


def test_a_task_that_never_had_a_container_has_failed() -> None:
    task: dict[str, JsonValue] = {**_TASK, "LastStatus": "STOPPED", "Containers": []}
    envelope = job_of("ecs", "runTask").envelope({"Tasks": [task]})
    assert envelope == {"error": "States.TaskFailed", "cause": json_text(task)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_api_takes_the_key(case: Case) -> None:
    """Each call has all that its operation requires, in the shapes that the API's model has, and knows the members."""
    job, optimized = job_of(case.service, case.action), optimized_service(case.service)
    assert optimized is not None
    model = _model(optimized.folder)
    calls: list[tuple[str, Mapping[str, JsonValue]]] = [(job.describe, case.key)]
    calls += [] if job.stop is None else [(job.stop, job.stop_key(case.key))]
    for operation, arguments in calls:
        shape = input_shape(model.operation_model(operation))
        assert shape is not None
        parameters = to_parameters(shape, arguments, strict=True)
        assert set(shape.required_members) <= set(parameters)


def _model(folder: str) -> ServiceModel:
    return ServiceModel(model_loader().load_service_model(folder, "service-2"))


@pytest.mark.parametrize(
    "service, action, answer",
    [("glue", "startJobRun", {}), ("ecs", "runTask", {"Tasks": []}), ("batch", "submitJob", None)],
    ids=["no id", "no task", "no object"],
)
def test_an_answer_that_names_no_job_fails_the_state(service: str, action: str, answer: JsonValue) -> None:
    with pytest.raises(StatesTaskFailed, match="does not say which job"):
        job_of(service, action).key_of({"JobName": "n"}, answer)
