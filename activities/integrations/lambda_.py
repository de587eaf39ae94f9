"""The Lambda API as a way to reach functions: one attempt of a Task is one `Invoke`, through botocore.

Errors and results follow "Invoke Lambda with Step Functions" and "Handling error conditions" (Lambda.* names).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from temporalio import activity

from activities.aws_clients import AwsClients, in_daemon_thread, why_unanswered
from activities.failures import client_error, lambda_error
from activities.function_calls import (
    MAX_PAYLOAD_BYTES,
    FunctionCall,
    function_error,
    invoke_result,
    payload_of,
    payload_too_large,
)
from activities.function_names import parse_function_name
from activities.heartbeats import heartbeating
from activities.integrations.optimized import spellings
from activities.integrations.refusals import refusal_of
from activities.names import INVOKE_LAMBDA
from activities.reported_failures import reported_failures
from activities.trace_context import x_ray_trace
from activities.whole_answers import read_whole
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_bytes

_HEADER_SPELLING: Final = spellings(
    "Connection",
    "Content-Length",
    "Content-Type",
    "Date",
    "X-Amz-Executed-Version",
    "X-Amz-Function-Error",
    "X-Amz-Log-Result",
    "X-Amzn-Trace-Id",
    "x-amzn-Remapped-Content-Length",
    "x-amzn-RequestId",
)
"""Header names as Step Functions shows them (recorded); botocore has them in lower case."""


class LambdaInvoker:
    """Runs `steploom:lambda-invoke`; register its `invoke` in a worker.

    Endpoint and credentials come from where botocore finds them; a function's full ARN chooses its own region.

    Args:
        region: the region of functions whose name has none; by default the one that botocore finds.
    """

    def __init__(self, region: str | None = None) -> None:
        self._clients = AwsClients(region)

    @activity.defn(name=INVOKE_LAMBDA)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Invoke the function once; `argument` is a `FunctionCall` as JSON.

        Returns:
            The result of `lambda:invoke`, or the function's payload alone where the call is not `wrapped`.
        """
        call = FunctionCall.from_json(argument)
        limit = activity.info().start_to_close_timeout
        with reported_failures(), heartbeating():
            return await self.call(call, limit.total_seconds() if limit else None)

    async def call(self, call: FunctionCall, limit_seconds: float | None) -> JsonValue:
        """Invoke the function once, whether in an activity or not.

        Raises:
            StatesError: the function failed, or the call was refused or not answered.
        """
        try:
            with x_ray_trace(call.trace_header):
                answer = await in_daemon_thread(lambda: self._call(call, limit_seconds), name="lambda-invoke")
        except ReadTimeoutError as error:
            raise client_error(why_unanswered("", error)) from None
        return _result(call, answer)

    def _call(self, call: FunctionCall, limit_seconds: float | None) -> _Answer:
        name = parse_function_name(call.function)
        client = self._client(name.region if name else None, limit_seconds)
        try:
            response = client.invoke(**_parameters(call))
            return _Answer(read_whole(response["Payload"], MAX_PAYLOAD_BYTES), response)
        except ClientError as error:
            raise lambda_error(refusal_of(client.meta.service_model, error)) from None
        except BotoCoreError as error:
            raise client_error(why_unanswered(client.meta.endpoint_url, error)) from None

    def _client(self, region: str | None, limit_seconds: float | None) -> Any:
        try:
            return self._clients.client("lambda", region, limit_seconds)
        except BotoCoreError as error:
            raise StatesError("Lambda.SdkClientException", str(error)) from None


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    response: Mapping[str, Any]


def _parameters(call: FunctionCall) -> Any:
    parameters: dict[str, Any] = {"FunctionName": call.function}
    if call.has_payload:
        parameters["Payload"] = json_bytes(call.payload)
    optional = {
        "Qualifier": call.qualifier,
        "InvocationType": call.invocation_type,
        "LogType": call.log_type,
        "ClientContext": call.client_context,
    }
    return parameters | {name: value for name, value in optional.items() if value is not None}


def _result(call: FunctionCall, answer: _Answer) -> JsonValue:
    if len(answer.body) > MAX_PAYLOAD_BYTES:
        raise payload_too_large()
    if answer.response.get("FunctionError") is not None:
        raise function_error(answer.body)
    payload = payload_of(answer.body)
    if not call.wrapped:
        return payload
    metadata = answer.response["ResponseMetadata"]
    headers = {_HEADER_SPELLING.get(name, name): value for name, value in metadata["HTTPHeaders"].items()}
    return invoke_result(
        payload,
        request_id=metadata.get("RequestId", ""),
        headers=headers,
        status=answer.response["StatusCode"],
        executed_version=answer.response.get("ExecutedVersion"),
        log_result=answer.response.get("LogResult"),
    )
