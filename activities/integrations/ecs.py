"""`ecs:runTask` ("Run Amazon ECS or Fargate tasks with Step Functions"); success and failure as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from activities.integrations.optimized import Arguments, Optimized, spellings
from activities.jobs import STOPPED, Job, JsonObject, at, first
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_text


def _with_starter(arguments: Arguments) -> Arguments:
    return {**arguments, "StartedBy": "AWS Step Functions"}


def _check_tasks(answer: Mapping[str, JsonValue]) -> None:
    if answer.get("Failures"):
        raise StatesError("AmazonECS.Unknown", json_text(answer["Failures"]))


def _key(_: Mapping[str, JsonValue], answer: Mapping[str, JsonValue]) -> JsonObject:
    task = at(dict(answer), ("Tasks", 0))
    return {"Cluster": at(task, ("ClusterArn",)), "Tasks": [at(task, ("TaskArn",))]}


def _all_exited_well(task: JsonValue) -> bool:
    containers = at(task, ("Containers",))
    exit_codes = [at(each, ("ExitCode",)) for each in containers] if isinstance(containers, list) else []
    return exit_codes != [] and all(code == 0 for code in exit_codes)


ECS: Final = Optimized(
    folder="ecs",
    prefix="AmazonECS",
    sdk_name="AmazonECS",
    base_exception="AmazonECSException",
    headers=spellings("Content-Length", "Content-Type", "Date", "Server", "connection", "x-amzn-RequestId"),
    submitted=_with_starter,
    check_submission=_check_tasks,
    jobs={
        "runTask": Job(
            describe="DescribeTasks",
            key=_key,
            subject=("Tasks", 0),
            status=("LastStatus",),
            succeeded=frozenset({"STOPPED"}),
            failed=frozenset(),
            good=_all_exited_well,
            stop="StopTask",
            stop_key=lambda key: {"Cluster": key["Cluster"], "Task": first(key["Tasks"]), "Reason": STOPPED},
        )
    },
)
