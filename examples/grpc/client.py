"""Run the order pipeline through the gRPC API: python client.py ADDRESS DEFINITION_FILE_OR_ARN APPROVAL_FILE."""

import json
import os
import sys
from pathlib import Path

import grpc

from api.proto.v1 import steploom_pb2 as pb
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub

ROLE = "arn:aws:iam::123456789012:role/steploom"
ORDER = '{"order_id": "A-9001", "user_id": 42}'


def main(address: str, machine: str, approval_file: str) -> str:
    steploom = StepFunctionsStub(grpc.insecure_channel(address))
    token = os.environ.get("STEPLOOM_TOKEN")  # where callers are asked who they are
    who = {"metadata": [("authorization", f"Bearer {token}")]} if token else {}
    if not machine.startswith("arn:"):
        new = pb.CreateStateMachineRequest(name="order-grpc", role_arn=ROLE, definition=Path(machine).read_text())
        machine = steploom.CreateStateMachine(new, **who).state_machine_arn
    start = pb.StartExecutionRequest(state_machine_arn=machine, input=ORDER)
    execution = steploom.StartExecution(start, **who).execution_arn
    for update in steploom.WatchExecution(pb.WatchExecutionRequest(execution_arn=execution), **who):
        print(update.event.id, update.event.type)
        if update.event.type == "TaskSubmitted":  # charge-card has written its task token to the approval file
            task_token = json.loads(Path(approval_file).read_text())["taskToken"]
            success = pb.SendTaskSuccessRequest(task_token=task_token, output='{"approved": true}')
            steploom.SendTaskSuccess(success, **who)
    ended = steploom.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=execution), **who)
    return ended.output if ended.status == pb.EXECUTION_STATUS_SUCCEEDED else sys.exit(f"{ended.error}: {ended.cause}")


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
