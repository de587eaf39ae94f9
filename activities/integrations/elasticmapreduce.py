"""`elasticmapreduce:createCluster` and its kin ("Create and manage Amazon EMR clusters with Step Functions").

Step Functions has names and arguments of its own here, for one cluster and one step at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from activities.integrations.optimized import Action, Arguments, Finding, Optimized
from activities.jobs import Job, JsonObject, first
from interpreter.values import JsonValue


def _new_cluster(_: Mapping[str, JsonValue], answer: Mapping[str, JsonValue]) -> JsonObject:
    return {"ClusterId": answer["ClusterId"]}


def _cluster_id(result: JsonObject) -> JsonObject:
    return {"ClusterId" if name == "JobFlowId" else name: value for name, value in result.items()}


def _step(arguments: Arguments) -> Arguments:
    known = {"JobFlowId": arguments.get("ClusterId"), "Steps": [arguments.get("Step")]}
    role = arguments.get("ExecutionRoleArn")
    return known if role is None else {**known, "ExecutionRoleArn": role}


def _step_id(result: JsonObject) -> JsonObject:
    return {"StepId": first(result.get("StepIds"))}


def _cancellation(result: JsonObject) -> JsonObject:
    """What became of the one step, whose id the caller knows."""
    told = first(result.get("CancelStepsInfoList"))
    return {name: value for name, value in told.items() if name != "StepId"} if isinstance(told, dict) else {}


def _by_name(kind: str, operation: str, prepare: Callable[[Arguments], Arguments]) -> Action:
    """A change of an instance fleet or group, of which the state knows the name."""
    fields = frozenset({"ClusterId", f"{kind}Name", kind})
    finding = Finding(
        operation=f"List{kind}s", within=("ClusterId",), items=f"{kind}s", name=f"{kind}Name", id_argument=f"{kind}Id"
    )
    return Action(operation=operation, fields=fields, required=fields, finding=finding, prepare=prepare)


def _changed(arguments: Arguments, kind: str) -> JsonObject:
    change = arguments.get(kind)
    return {**(change if isinstance(change, dict) else {}), f"{kind}Id": arguments.get(f"{kind}Id")}


_ACTIONS: Final = {
    "createCluster": Action(operation="RunJobFlow", result=_cluster_id),
    "terminateCluster": Action(
        operation="TerminateJobFlows",
        fields=frozenset({"ClusterId"}),
        required=frozenset({"ClusterId"}),
        prepare=lambda arguments: {"JobFlowIds": [arguments.get("ClusterId")]},
    ),
    "setClusterTerminationProtection": Action(
        operation="SetTerminationProtection",
        fields=frozenset({"ClusterId", "TerminationProtected"}),
        required=frozenset({"ClusterId", "TerminationProtected"}),
        prepare=lambda arguments: {
            "JobFlowIds": [arguments.get("ClusterId")],
            "TerminationProtected": arguments.get("TerminationProtected"),
        },
    ),
    "addStep": Action(
        operation="AddJobFlowSteps",
        fields=frozenset({"ClusterId", "Step", "ExecutionRoleArn"}),
        required=frozenset({"ClusterId", "Step"}),
        prepare=_step,
        result=_step_id,
    ),
    "cancelStep": Action(
        operation="CancelSteps",
        fields=frozenset({"ClusterId", "StepId"}),
        required=frozenset({"ClusterId", "StepId"}),
        prepare=lambda arguments: {"ClusterId": arguments.get("ClusterId"), "StepIds": [arguments.get("StepId")]},
        result=_cancellation,
    ),
    "modifyInstanceFleetByName": _by_name(
        "InstanceFleet",
        "ModifyInstanceFleet",
        lambda arguments: {
            "ClusterId": arguments.get("ClusterId"),
            "InstanceFleet": _changed(arguments, "InstanceFleet"),
        },
    ),
    "modifyInstanceGroupByName": _by_name(
        "InstanceGroup",
        "ModifyInstanceGroups",
        lambda arguments: {
            "ClusterId": arguments.get("ClusterId"),
            "InstanceGroups": [_changed(arguments, "InstanceGroup")],
        },
    ),
}

_CLUSTER_STATUS: Final = ("Status", "State")

ELASTICMAPREDUCE: Final = Optimized(
    folder="emr",
    prefix="ElasticMapReduce",
    sdk_name="AmazonElasticMapReduce",
    base_exception="AmazonElasticMapReduceException",
    metadata=False,
    actions=_ACTIONS,
    jobs={
        "createCluster": Job(
            describe="DescribeCluster",
            key=_new_cluster,
            subject=("Cluster",),
            status=_CLUSTER_STATUS,
            succeeded=frozenset({"WAITING"}),
            failed=frozenset({"TERMINATED", "TERMINATED_WITH_ERRORS"}),
            wrapped="Cluster",
            beside={"ClusterId": ("Id",)},
            stop="TerminateJobFlows",
            stop_key=lambda key: {"JobFlowIds": [key["ClusterId"]]},
        ),
        "terminateCluster": Job(
            describe="DescribeCluster",
            key=lambda arguments, _: {"ClusterId": arguments["ClusterId"]},
            subject=("Cluster",),
            status=_CLUSTER_STATUS,
            succeeded=frozenset({"TERMINATED", "TERMINATED_WITH_ERRORS"}),
            failed=frozenset(),
            wrapped="Cluster",
            beside={"ClusterId": ("Id",)},
        ),
        "addStep": Job(
            describe="DescribeStep",
            key=lambda arguments, answer: {"ClusterId": arguments["ClusterId"], "StepId": answer["StepId"]},
            subject=("Step",),
            status=("Status", "State"),
            succeeded=frozenset({"COMPLETED"}),
            failed=frozenset({"CANCELLED", "FAILED", "INTERRUPTED"}),
            wrapped="Step",
            stop="CancelSteps",
            stop_key=lambda key: {"ClusterId": key["ClusterId"], "StepIds": [key["StepId"]]},
        ),
    },
)
