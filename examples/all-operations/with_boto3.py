"""Calls all 37 operations of AWS Step Functions through boto3: python with_boto3.py [ENDPOINT].

Each section is a small story; what a call shows stands beside it. Exits with 0 only if every operation that botocore
knows was called and answered as it should be.
"""

import json
import sys
import time
from uuid import uuid4

import boto3
from botocore.config import Config

ROLE = "arn:aws:iam::123456789012:role/any"
RUN = uuid4().hex[:8]  # names are new each time, so that the program can run again beside what it left


def definition(**states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


GREET = definition(Greet={"Type": "Pass", "Parameters": {"text.$": "States.Format('Hello, {}!', $.name)"}, "End": True})
GREET_LOUDER = GREET.replace("Hello, {}!", "HELLO, {}!")
NAP = definition(Nap={"Type": "Wait", "Seconds": 3600, "End": True})


def main(endpoint):
    sfn = boto3.client(
        "stepfunctions",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(inject_host_prefix=False),  # StartSyncExecution and TestState have no host of their own here
    )
    called = set()
    sfn.meta.events.register("before-call.stepfunctions", lambda model, **_: called.add(model.name))

    before_anything_is_stored(sfn)
    machine = state_machines(sfn)
    versions_and_aliases(sfn, machine)
    execution = executions(sfn, machine)
    synchronously(sfn)
    workers_and_redrive(sfn)
    map_runs(sfn, execution)
    sfn.delete_state_machine(stateMachineArn=machine)  # stops what still runs of it

    missed = set(sfn.meta.service_model.operation_names) - called
    assert not missed, f"not called: {sorted(missed)}"
    print(f"all {len(called)} operations were called")


def before_anything_is_stored(sfn):
    # All that is wrong with a definition, at once.
    broken = GREET.replace('"End": true', '"Next": "Nowhere"')
    answer = sfn.validate_state_machine_definition(definition=broken)
    assert answer["result"] == "FAIL"
    print("validated:", [diagnostic["code"] for diagnostic in answer["diagnostics"]])

    # One state alone, with an input, and with an error in place of its call.
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
    task |= {"Catch": [{"ErrorEquals": ["Busy"], "Next": "Later"}], "End": True}
    answer = sfn.test_state(definition=json.dumps(task), input="{}", mock={"errorOutput": {"error": "Busy"}})
    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", "Later")
    print("tested a state:", answer["status"])


def state_machines(sfn):
    # Created with tags, and found again.
    tags = [{"key": "stage", "value": "test"}]
    machine = sfn.create_state_machine(name=f"greet-{RUN}", definition=GREET, roleArn=ROLE, tags=tags)
    arn = machine["stateMachineArn"]
    pages = sfn.get_paginator("list_state_machines").paginate()
    assert arn in [found["stateMachineArn"] for page in pages for found in page["stateMachines"]]

    # Another definition is another revision; the stored text is what was sent, byte for byte.
    revision = sfn.update_state_machine(stateMachineArn=arn, definition=GREET_LOUDER)["revisionId"]
    described = sfn.describe_state_machine(stateMachineArn=arn)
    assert (described["definition"], described["revisionId"]) == (GREET_LOUDER, revision)

    # Tags.
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": "Ada"}])
    sfn.untag_resource(resourceArn=arn, tagKeys=["stage"])
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "owner", "value": "Ada"}]
    print("state machine:", arn)
    return arn


def versions_and_aliases(sfn, machine):
    # Two versions, which never change.
    first = sfn.publish_state_machine_version(stateMachineArn=machine)["stateMachineVersionArn"]
    sfn.update_state_machine(stateMachineArn=machine, definition=GREET)
    second = sfn.publish_state_machine_version(stateMachineArn=machine)["stateMachineVersionArn"]
    listed = sfn.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [second, first]

    # An alias sends one in ten executions to the second, then all of them.
    routes = [
        {"stateMachineVersionArn": first, "weight": 90},
        {"stateMachineVersionArn": second, "weight": 10},
    ]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=routes)["stateMachineAliasArn"]
    sfn.update_state_machine_alias(
        stateMachineAliasArn=alias, routingConfiguration=[{"stateMachineVersionArn": second, "weight": 100}]
    )
    described = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)
    assert [route["stateMachineVersionArn"] for route in described["routingConfiguration"]] == [second]
    listed = sfn.list_state_machine_aliases(stateMachineArn=machine)["stateMachineAliases"]
    assert [found["stateMachineAliasArn"] for found in listed] == [alias]

    # An execution of the alias remembers the version that it got.
    execution = sfn.start_execution(stateMachineArn=alias, input='{"name": "Ada"}')["executionArn"]
    ended = end_of(sfn, execution)
    assert (ended["stateMachineVersionArn"], ended["output"]) == (second, '{"text":"Hello, Ada!"}')

    # Gone again: what an alias points to cannot be deleted before the alias.
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    sfn.delete_state_machine_version(stateMachineVersionArn=first)
    print("versions and aliases:", ended["output"])


def executions(sfn, machine):
    # Started with a name: the same call again is the same execution, as long as it runs.
    execution = sfn.start_execution(stateMachineArn=machine, name=f"one-{RUN}", input='{"name": "Bob"}')["executionArn"]
    assert end_of(sfn, execution)["output"] == '{"text":"Hello, Bob!"}'

    # What it did, and the definition it did it by, even when the state machine has another since.
    events = sfn.get_execution_history(executionArn=execution)["events"]
    print("history:", ", ".join(event["type"] for event in events))
    assert sfn.describe_state_machine_for_execution(executionArn=execution)["definition"] == GREET

    # Stopped while it waits, and listed so. Lists are eventually consistent, as on AWS.
    sleeper = sfn.create_state_machine(name=f"nap-{RUN}", definition=NAP, roleArn=ROLE)["stateMachineArn"]
    nap = sfn.start_execution(stateMachineArn=sleeper)["executionArn"]
    sfn.stop_execution(executionArn=nap, error="Called", cause="somebody rang")
    wait_until(lambda: sfn.list_executions(stateMachineArn=sleeper, statusFilter="ABORTED")["executions"])
    sfn.delete_state_machine(stateMachineArn=sleeper)
    return execution


def synchronously(sfn):
    # An EXPRESS machine answers in the call.
    machine = sfn.create_state_machine(name=f"quick-{RUN}", definition=GREET, roleArn=ROLE, type="EXPRESS")
    answer = sfn.start_sync_execution(stateMachineArn=machine["stateMachineArn"], input='{"name": "Eve"}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"text":"Hello, Eve!"}')
    print("synchronously:", answer["output"])
    sfn.delete_state_machine(stateMachineArn=machine["stateMachineArn"])


def workers_and_redrive(sfn):
    # An activity is work for whoever asks for it.
    activity = sfn.create_activity(name=f"pack-{RUN}")["activityArn"]
    assert sfn.describe_activity(activityArn=activity)["name"] == f"pack-{RUN}"
    pages = sfn.get_paginator("list_activities").paginate()
    assert activity in [found["activityArn"] for page in pages for found in page["activities"]]

    packing = definition(
        Weigh={"Type": "Pass", "Result": {"kg": 2}, "Next": "Pack"},
        Pack={"Type": "Task", "Resource": activity, "HeartbeatSeconds": 60, "End": True},
    )
    machine = sfn.create_state_machine(name=f"pack-{RUN}", definition=packing, roleArn=ROLE)["stateMachineArn"]
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]

    # The worker takes the task, and fails; so does the execution.
    task = sfn.get_activity_task(activityArn=activity, workerName="ada")
    assert task["input"] == '{"kg":2}'
    sfn.send_task_failure(taskToken=task["taskToken"], error="NoBoxes", cause="the boxes have run out")
    failed = end_of(sfn, execution)
    assert (failed["status"], failed["error"], failed["redriveStatus"]) == ("FAILED", "NoBoxes", "REDRIVABLE")

    # With new boxes it goes on from where it failed: Weigh is not run again.
    sfn.redrive_execution(executionArn=execution)
    task = sfn.get_activity_task(activityArn=activity, workerName="ada")
    sfn.send_task_heartbeat(taskToken=task["taskToken"])  # still at it
    sfn.send_task_success(taskToken=task["taskToken"], output='"packed"')
    redriven = end_of(sfn, execution)
    assert (redriven["status"], redriven["output"], redriven["redriveCount"]) == ("SUCCEEDED", '"packed"', 1)
    print("redriven:", redriven["output"])

    sfn.delete_activity(activityArn=activity)
    sfn.delete_state_machine(stateMachineArn=machine)


def map_runs(sfn, execution):
    # Only a Distributed Map has map runs; this execution has none, and so there is nothing to look at or to change.
    assert sfn.list_map_runs(executionArn=execution)["mapRuns"] == []
    missing = execution.replace(":execution:", ":mapRun:").rpartition(":")[0] + f"/label:{uuid4()}"
    for call in (sfn.describe_map_run, sfn.update_map_run):
        try:
            call(mapRunArn=missing)
        except sfn.exceptions.ResourceNotFound as refused:
            print("map runs:", refused.response["Error"]["Code"])
        else:
            raise AssertionError("there is no such map run")


def end_of(sfn, execution):
    """How an execution ended, once it has."""
    wait_until(lambda: sfn.describe_execution(executionArn=execution)["status"] != "RUNNING")
    return sfn.describe_execution(executionArn=execution)


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:] or ["http://127.0.0.1:8083"])
