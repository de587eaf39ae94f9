"""Start an execution through gRPC and watch it to its end: python client.py ADDRESS STATE_MACHINE_ARN INPUT."""

import sys

import grpc

from api.proto.v1 import steploom_pb2 as pb
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub

steploom = StepFunctionsStub(grpc.insecure_channel(sys.argv[1]))
start = pb.StartExecutionRequest(state_machine_arn=sys.argv[2], input=sys.argv[3])
execution = steploom.StartExecution(start).execution_arn
for update in steploom.WatchExecution(pb.WatchExecutionRequest(execution_arn=execution)):
    print(update.event.id, update.event.type, flush=True)
print(steploom.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=execution)).output)
