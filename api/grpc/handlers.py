"""The methods of the gRPC service: each operation of the .proto file on the application service's method of that name.

The operations are all alike, so the service's descriptor drives them; WatchExecution and WaitForExecution, which AWS
does not have, are written out.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, Protocol, TypeAlias, cast

import grpc
from botocore import xform_name
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from api.access.guard import Guard
from api.grpc.access import call_of, identify
from api.grpc.errors import refuse
from api.grpc.messages import to_history_event, to_message, to_params
from api.grpc.rpc import Context
from api.proto.v1 import steploom_pb2
from api.proto.v1.steploom_pb2 import WaitForExecutionRequest, WatchExecutionRequest, WatchExecutionResponse
from api.service import shapes
from api.service.conversion import to_request
from api.service.errors import InternalFailure, SerializationException, ServiceError
from api.service.long_calls import LongCalls
from api.service.shapes import DescribeExecutionRequest, DescribeExecutionResponse
from interpreter.values import JsonValue

_LOG = logging.getLogger(__name__)
_SERVICE = steploom_pb2.DESCRIPTOR.services_by_name["StepFunctions"]
SERVICE_NAME: str = _SERVICE.full_name

_Params: TypeAlias = Mapping[str, JsonValue]
_Behaviour: TypeAlias = Callable[[Any, _Params, Context], Awaitable[Message | None]]
_RpcBehaviour: TypeAlias = Callable[[bytes, Context], Awaitable[Message | None]]


class Service(Protocol):
    """The application service as this door needs it.

    Beside these, the methods of the operations: named like them in snake case, from a request to a response of
    `api.service.shapes`.
    """

    def watch_execution(self, execution_arn: str) -> AsyncIterator[Mapping[str, JsonValue]]:
        """History events in AWS's JSON shape as they happen, until the execution's last."""
        ...

    async def wait_for_execution(self, execution_arn: str) -> DescribeExecutionResponse:
        """The execution once it has ended."""
        ...


def method_handlers(
    service: Service, long_calls: LongCalls, guard: Guard
) -> dict[str, grpc.RpcMethodHandler[Any, Any]]:
    """The handlers of all methods of `StepFunctions`, by method name."""
    return {method.name: _handler(method, service, long_calls, guard) for method in _SERVICE.methods}


def _handler(
    method: MethodDescriptor, service: Service, long_calls: LongCalls, guard: Guard
) -> grpc.RpcMethodHandler[Any, Any]:
    # Requests are read by us: gRPC itself would answer INTERNAL for bytes that are no message.
    codec: dict[str, Any] = {"response_serializer": GetMessageClass(method.output_type).SerializeToString}
    match method.name:
        case "WatchExecution":
            behaviour = _guarded(method, guard, _watch_execution(service, long_calls))
            return grpc.unary_stream_rpc_method_handler(behaviour, **codec)
        case "WaitForExecution":
            behaviour = _guarded(method, guard, _wait_for_execution(service, long_calls))
        case _:
            behaviour = _guarded(method, guard, _operation(method, service))
    return grpc.unary_unary_rpc_method_handler(behaviour, **codec)


def _operation(method: MethodDescriptor, service: Service) -> _Behaviour:
    call = getattr(service, xform_name(method.name))
    request_class = getattr(shapes, method.input_type.name)
    response_class = GetMessageClass(method.output_type)

    async def operation(_request: Message, params: _Params, _: Context) -> Message:
        return to_message(await call(to_request(request_class, params)), response_class)

    return operation


def _watch_execution(service: Service, long_calls: LongCalls) -> _Behaviour:
    async def watch_execution(request: WatchExecutionRequest, params: _Params, context: Context) -> None:
        # An async generator, as the body of `watch_execution` makes it: closed here at once, whatever ends the call.
        events = cast(AsyncGenerator[Mapping[str, JsonValue], None], service.watch_execution(_execution_arn(params)))
        async with aclosing(events):
            while True:
                async with long_calls.waiting():
                    event = await anext(events, None)
                if event is None:
                    return
                message = to_history_event(event)
                if message.id > request.after_event_id:
                    await context.write(WatchExecutionResponse(event=message))

    return watch_execution


def _wait_for_execution(service: Service, long_calls: LongCalls) -> _Behaviour:
    async def wait_for_execution(_request: WaitForExecutionRequest, params: _Params, _: Context) -> Message:
        async with long_calls.waiting():
            ended = await service.wait_for_execution(_execution_arn(params))
        return to_message(ended, steploom_pb2.DescribeExecutionResponse)

    return wait_for_execution


def _execution_arn(params: _Params) -> str:
    # Checked as AWS checks the ARN of an execution that is to be described.
    return to_request(DescribeExecutionRequest, params).execution_arn


def _guarded(method: MethodDescriptor, guard: Guard, behaviour: _Behaviour) -> _RpcBehaviour:
    request_class = GetMessageClass(method.input_type)

    async def guarded(data: bytes, context: Context) -> Message | None:
        with guard.recorded(call := call_of(context, method.name)):
            if guard.callers is not None:
                call.caller = await identify(guard.callers, context)
            request = _parsed(request_class, data)
            params = to_params(request)
            guard.admit(call, params)
            return await behaviour(request, params, context)

    return _refusing(method.name, guarded)


def _parsed(request_class: type[Message], data: bytes) -> Message:
    try:
        return request_class.FromString(data)
    except DecodeError:
        raise SerializationException(f"The request is no message of the type {request_class.DESCRIPTOR.name}") from None


def _refusing(operation: str, behaviour: _RpcBehaviour) -> _RpcBehaviour:
    async def refusing(data: bytes, context: Context) -> Message | None:
        try:
            return await behaviour(data, context)
        except ServiceError as error:
            await refuse(context, error)
        except Exception:  # the outermost place: gRPC itself would show the exception's text to the client
            _LOG.exception("%s failed", operation)
            await refuse(context, InternalFailure())

    return refusing
