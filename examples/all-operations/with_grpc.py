"""Calls all 37 operations through gRPC, and the two that only gRPC has: python with_grpc.py [ADDRESS].

The same stories as in with_boto3.py. Where boto3 polls for an end, gRPC waits for it.
"""

import json
import sys
import time
from uuid import uuid4

import grpc

from api.proto.v1 import steploom_pb2 as pb
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub

ROLE = "arn:aws:iam::123456789012:role/any"
RUN = uuid4().hex[:8]
SUCCEEDED, FAILED, ABORTED = (
    pb.EXECUTION_STATUS_SUCCEEDED,
    pb.EXECUTION_STATUS_FAILED,
    pb.EXECUTION_STATUS_ABORTED,
)


def definition(**states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


GREET = definition(Greet={"Type": "Pass", "Parameters": {"text.$": "States.Format('Hello, {}!', $.name)"}, "End": True})
GREET_LOUDER = GREET.replace("Hello, {}!", "HELLO, {}!")
NAP = definition(Nap={"Type": "Wait", "Seconds": 3600, "End": True})


class Counter(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Notes which methods are called."""

    def __init__(self):
        self.called = set()

    def intercept_unary_unary(self, continuation, details, request):
        """Note the method and go on."""
        self.called.add(details.method.rpartition("/")[2])
        return continuation(details, request)

    intercept_unary_stream = intercept_unary_unary


def main(address):
    counter = Counter()
    with grpc.insecure_channel(address) as channel:
        sfn = StepFunctionsStub(grpc.intercept_channel(channel, counter))
        before_anything_is_stored(sfn)
        machine = state_machines(sfn)
        versions_and_aliases(sfn, machine)
        execution = executions(sfn, machine)
        synchronously(sfn)
        workers_and_redrive(sfn)
        map_runs(sfn, execution)
        sfn.DeleteStateMachine(pb.DeleteStateMachineRequest(state_machine_arn=machine))

    methods = {method.name for method in pb.DESCRIPTOR.services_by_name["StepFunctions"].methods}
    missed = methods - counter.called
    assert not missed, f"not called: {sorted(missed)}"
    print(f"all {len(counter.called)} methods were called")


def create(sfn, name, text, **more):
    request = pb.CreateStateMachineRequest(name=f"{name}-{RUN}", definition=text, role_arn=ROLE, **more)
    return sfn.CreateStateMachine(request).state_machine_arn


def start(sfn, machine, text="{}"):
    return sfn.StartExecution(pb.StartExecutionRequest(state_machine_arn=machine, input=text)).execution_arn


def end_of(sfn, execution):
    """How an execution ended: the call waits for it, for a year if it must."""
    return sfn.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=execution))


def before_anything_is_stored(sfn):
    # All that is wrong with a definition, at once.
    broken = GREET.replace('"End": true', '"Next": "Nowhere"')
    answer = sfn.ValidateStateMachineDefinition(pb.ValidateStateMachineDefinitionRequest(definition=broken))
    print("validated:", [diagnostic.code for diagnostic in answer.diagnostics])
    assert answer.diagnostics

    # One state alone, with an error in place of its call.
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
    task |= {"Catch": [{"ErrorEquals": ["Busy"], "Next": "Later"}], "End": True}
    mock = pb.MockInput(error_output=pb.MockErrorOutput(error="Busy"))
    answer = sfn.TestState(pb.TestStateRequest(definition=json.dumps(task), input="{}", mock=mock))
    assert answer.next_state == "Later"


def state_machines(sfn):
    # Created with a tag, found again, changed.
    arn = create(sfn, "greet-grpc", GREET, tags=[pb.Tag(key="stage", value="test")])
    found, token = [], None
    while token != "":
        page = sfn.ListStateMachines(pb.ListStateMachinesRequest(next_token=token))
        found += [machine.state_machine_arn for machine in page.state_machines]
        token = page.next_token
    assert arn in found
    sfn.UpdateStateMachine(pb.UpdateStateMachineRequest(state_machine_arn=arn, definition=GREET_LOUDER))
    described = sfn.DescribeStateMachine(pb.DescribeStateMachineRequest(state_machine_arn=arn))
    assert described.definition == GREET_LOUDER

    # Tags.
    sfn.TagResource(pb.TagResourceRequest(resource_arn=arn, tags=[pb.Tag(key="owner", value="Ada")]))
    sfn.UntagResource(pb.UntagResourceRequest(resource_arn=arn, tag_keys=["stage"]))
    tags = sfn.ListTagsForResource(pb.ListTagsForResourceRequest(resource_arn=arn)).tags
    assert [(tag.key, tag.value) for tag in tags] == [("owner", "Ada")]
    print("state machine:", arn)
    return arn


def versions_and_aliases(sfn, machine):
    # Two versions, which never change.
    publish = pb.PublishStateMachineVersionRequest(state_machine_arn=machine)
    first = sfn.PublishStateMachineVersion(publish).state_machine_version_arn
    sfn.UpdateStateMachine(pb.UpdateStateMachineRequest(state_machine_arn=machine, definition=GREET))
    second = sfn.PublishStateMachineVersion(publish).state_machine_version_arn
    listed = sfn.ListStateMachineVersions(pb.ListStateMachineVersionsRequest(state_machine_arn=machine))
    assert [version.state_machine_version_arn for version in listed.state_machine_versions] == [second, first]

    # An alias for the first, then for the second.
    def routes(version):
        return [pb.RoutingConfigurationListItem(state_machine_version_arn=version, weight=100)]

    new = pb.CreateStateMachineAliasRequest(name="live", routing_configuration=routes(first))
    alias = sfn.CreateStateMachineAlias(new).state_machine_alias_arn
    sfn.UpdateStateMachineAlias(
        pb.UpdateStateMachineAliasRequest(state_machine_alias_arn=alias, routing_configuration=routes(second))
    )
    described = sfn.DescribeStateMachineAlias(pb.DescribeStateMachineAliasRequest(state_machine_alias_arn=alias))
    assert described.routing_configuration[0].state_machine_version_arn == second
    aliases = sfn.ListStateMachineAliases(pb.ListStateMachineAliasesRequest(state_machine_arn=machine))
    assert [found.state_machine_alias_arn for found in aliases.state_machine_aliases] == [alias]
    ended = end_of(sfn, start(sfn, alias, '{"name": "Ada"}'))
    assert (ended.state_machine_version_arn, ended.output) == (second, '{"text":"Hello, Ada!"}')

    sfn.DeleteStateMachineAlias(pb.DeleteStateMachineAliasRequest(state_machine_alias_arn=alias))
    sfn.DeleteStateMachineVersion(pb.DeleteStateMachineVersionRequest(state_machine_version_arn=first))
    print("versions and aliases:", ended.output)


def executions(sfn, machine):
    # Its events as they happen, and again as a list.
    execution = start(sfn, machine, '{"name": "Bob"}')
    watched = [update.event.type for update in sfn.WatchExecution(pb.WatchExecutionRequest(execution_arn=execution))]
    history = sfn.GetExecutionHistory(pb.GetExecutionHistoryRequest(execution_arn=execution))
    assert [event.type for event in history.events] == watched
    print("history:", ", ".join(watched))
    described = sfn.DescribeExecution(pb.DescribeExecutionRequest(execution_arn=execution))
    assert (described.status, described.output) == (SUCCEEDED, '{"text":"Hello, Bob!"}')
    by = sfn.DescribeStateMachineForExecution(pb.DescribeStateMachineForExecutionRequest(execution_arn=execution))
    assert by.definition == GREET

    # Stopped while it waits, and listed so.
    sleeper = create(sfn, "nap-grpc", NAP)
    nap = start(sfn, sleeper)
    sfn.StopExecution(pb.StopExecutionRequest(execution_arn=nap, error="Called", cause="somebody rang"))
    aborted = pb.ListExecutionsRequest(state_machine_arn=sleeper, status_filter=ABORTED)
    deadline = time.monotonic() + 60
    while not sfn.ListExecutions(aborted).executions:  # eventually consistent, as on AWS
        assert time.monotonic() < deadline
        time.sleep(0.1)
    sfn.DeleteStateMachine(pb.DeleteStateMachineRequest(state_machine_arn=sleeper))
    return execution


def synchronously(sfn):
    # An EXPRESS machine answers in the call.
    machine = create(sfn, "quick-grpc", GREET, type=pb.STATE_MACHINE_TYPE_EXPRESS)
    answer = sfn.StartSyncExecution(pb.StartSyncExecutionRequest(state_machine_arn=machine, input='{"name": "Eve"}'))
    assert answer.output == '{"text":"Hello, Eve!"}'
    print("synchronously:", answer.output)
    sfn.DeleteStateMachine(pb.DeleteStateMachineRequest(state_machine_arn=machine))


def workers_and_redrive(sfn):
    # An activity is work for whoever asks for it.
    activity = sfn.CreateActivity(pb.CreateActivityRequest(name=f"pack-grpc-{RUN}")).activity_arn
    described = sfn.DescribeActivity(pb.DescribeActivityRequest(activity_arn=activity))
    assert described.name == f"pack-grpc-{RUN}"
    assert sfn.ListActivities(pb.ListActivitiesRequest(max_results=1)).activities
    packing = definition(
        Weigh={"Type": "Pass", "Result": {"kg": 2}, "Next": "Pack"},
        Pack={"Type": "Task", "Resource": activity, "HeartbeatSeconds": 60, "End": True},
    )
    machine = create(sfn, "pack-grpc", packing)
    execution = start(sfn, machine)

    # The worker fails, and with it the execution.
    ask = pb.GetActivityTaskRequest(activity_arn=activity, worker_name="ada")
    task = sfn.GetActivityTask(ask)
    assert task.input == '{"kg":2}'
    sfn.SendTaskFailure(pb.SendTaskFailureRequest(task_token=task.task_token, error="NoBoxes", cause="none left"))
    failed = end_of(sfn, execution)
    assert (failed.status, failed.error) == (FAILED, "NoBoxes")

    # Redriven, it goes on from where it failed: Weigh is not run again.
    sfn.RedriveExecution(pb.RedriveExecutionRequest(execution_arn=execution))
    task = sfn.GetActivityTask(ask)
    sfn.SendTaskHeartbeat(pb.SendTaskHeartbeatRequest(task_token=task.task_token))
    sfn.SendTaskSuccess(pb.SendTaskSuccessRequest(task_token=task.task_token, output='"packed"'))
    redriven = end_of(sfn, execution)
    assert (redriven.status, redriven.output, redriven.redrive_count) == (SUCCEEDED, '"packed"', 1)
    print("redriven:", redriven.output)

    sfn.DeleteActivity(pb.DeleteActivityRequest(activity_arn=activity))
    sfn.DeleteStateMachine(pb.DeleteStateMachineRequest(state_machine_arn=machine))


def map_runs(sfn, execution):
    # Only a Distributed Map has map runs; this execution has none.
    assert not sfn.ListMapRuns(pb.ListMapRunsRequest(execution_arn=execution)).map_runs
    missing = execution.replace(":execution:", ":mapRun:").rpartition(":")[0] + f"/label:{uuid4()}"
    calls = (
        lambda: sfn.DescribeMapRun(pb.DescribeMapRunRequest(map_run_arn=missing)),
        lambda: sfn.UpdateMapRun(pb.UpdateMapRunRequest(map_run_arn=missing)),
    )
    for call in calls:
        try:
            call()
        except grpc.RpcError as refused:
            if refused.code() != grpc.StatusCode.NOT_FOUND:
                raise
            print("map runs:", refused.details())
        else:
            raise AssertionError("there is no such map run")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["127.0.0.1:8084"])
