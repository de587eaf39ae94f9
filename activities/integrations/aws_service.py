"""AWS APIs as Task resources: one attempt of a Task is one call through botocore, `aws-sdk:*` and optimized ones alike.

Follows "Learning to use AWS service SDK integrations" and "Integrating optimized services"; what differs from service
to service is data in the modules beside this one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from botocore.model import OperationModel, OperationNotFoundError, StructureShape
from temporalio import activity

from activities.aws_calls import OPTIMIZED, AwsCall, error_prefix, job_of
from activities.aws_clients import AwsClients, in_daemon_thread, why_unanswered
from activities.failures import Refusal, client_error, optimized_error, sdk_error, unusable_arguments
from activities.function_calls import request_id_of
from activities.heartbeats import heartbeating
from activities.integrations.aws_sdk import SEGMENT
from activities.integrations.aws_shapes import (
    Spelling,
    UnusableArgument,
    input_shape,
    operation_called,
    output_shape,
    pascal_case,
    to_parameters,
    to_result,
    tokens,
)
from activities.integrations.optimized import Action, Finding, Optimized
from activities.integrations.own_step_functions import Answerer, InProcess
from activities.integrations.refusals import refusal_of
from activities.integrations.sqs import NoSuchHost
from activities.integrations.stored_bodies import StoredObject, named_object, read_bounded
from activities.java_names import member_name
from activities.names import AWS_CALL
from activities.open_activities import OpenActivities
from activities.reported_failures import reported_failures
from activities.sdk_metadata import sdk_metadata
from activities.sdk_services import sdk_folder, sdk_service_called
from activities.trace_context import x_ray_trace
from activities.whole_answers import answer_of
from interpreter.errors import StatesError
from interpreter.values import JsonValue

_STEP_FUNCTIONS: Final = "stepfunctions"
_S3: Final = "s3"
_STEP_FUNCTIONS_URL: Final = "AWS_ENDPOINT_URL_SFN"
_UNSIGNED: Final = Config(signature_version=UNSIGNED)
_SETTINGS: Final = {"s3": Config(response_checksum_validation="when_required")}
"""The checksums of objects show only where the state asks for them (recorded)."""


_ASK_SECONDS: Final = 30
"""How long the watch over a job waits for an answer."""


class Refused(Exception):
    """An API refused a call; `refusal` says how."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.message}")
        self.refusal = refusal


def _no_resources(_workflow_id: str) -> tuple[str, ...]:
    return ()


class AwsService:
    """Runs `steploom:aws-call`; register its `invoke` in a worker.

    Endpoints and credentials come from where botocore finds them, except for Step Functions: that is this installation,
    unless `AWS_ENDPOINT_URL_SFN` names another.

    Args:
        region: the region of the calls; by default the one that botocore finds.
        own: answers calls of Step Functions in this process.
        own_resources: the ARNs of the execution that a workflow id stands for and of its state machine.
        open_activities: knows whether a job that was submitted is still waited for.
    """

    def __init__(
        self,
        region: str | None = None,
        *,
        own: Answerer | None = None,
        own_resources: Callable[[str], tuple[str, ...]] = _no_resources,
        open_activities: OpenActivities | None = None,
    ) -> None:
        self._open = open_activities
        self._own = None if own is None or _STEP_FUNCTIONS_URL in os.environ else InProcess(own)
        self._own_resources = own_resources
        settings = _SETTINGS if self._own is None else {**_SETTINGS, _STEP_FUNCTIONS: _UNSIGNED}
        self._clients = AwsClients(region, settings=settings, prepare=self._prepare)

    @activity.defn(name=AWS_CALL)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Make the call once; `argument` is an `AwsCall` as JSON.

        Returns:
            The answer, in PascalCase; with the SDK's metadata where the integration shows them.
        """
        info = activity.info()
        limit = info.start_to_close_timeout
        with reported_failures(), heartbeating():
            answer = await self.call(
                argument, info.activity_id, limit.total_seconds() if limit else None, info.workflow_id
            )
            call = AwsCall.from_json(argument)
            if call.waits and self._open is not None and not await self._open.awaits(info):
                await self._take_back(call, answer)
            return answer

    async def ask(self, api: str, operation: str, arguments: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """One call that no state makes: that of a watch over a job. Names are in PascalCase.

        Raises:
            Refused: the API refused it.
            BotoCoreError: it gave no answer.
        """
        if self._own is not None:
            self._own.attach()
        return await in_daemon_thread(lambda: self._asked(api, operation, arguments), name="aws-ask")

    def _asked(self, api: str, operation: str, arguments: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        client = self._clients.client(api, None, _ASK_SECONDS)
        model = operation_called(client.meta.service_model, operation)
        parameters = to_parameters(input_shape(model), arguments, strict=True)
        try:
            answer = answer_of(client, model.name, parameters)
        except ClientError as error:
            raise Refused(refusal_of(client.meta.service_model, error)) from None
        return to_result(output_shape(model), answer)

    async def call(
        self, argument: dict[str, Any], operation_id: str, limit_seconds: float | None, workflow_id: str | None
    ) -> JsonValue:
        """Make the call once, whether in an activity or not; `workflow_id` is that of the execution, if it has one.

        Raises:
            StatesError: the call was refused or not answered, or its arguments cannot be used.
        """
        attempt = _Attempt(
            operation_id=operation_id,
            limit_seconds=limit_seconds,
            own_resources=self._own_resources(workflow_id) if workflow_id else (),
        )
        call = AwsCall.from_json(argument)
        if self._own is not None:
            self._own.attach()
        optimized = OPTIMIZED.get(call.service)
        make = _Sdk(call) if optimized is None else _OptimizedCall(call, optimized)
        try:
            with x_ray_trace(call.trace_header):
                making = in_daemon_thread(lambda: self._made(make, attempt), name="aws-call")
                return await (self._submitted(call, making) if call.waits else making)
        except ReadTimeoutError as error:
            raise make.unanswered(why_unanswered("", error)) from None

    async def _submitted(self, call: AwsCall, making: Coroutine[Any, Any, JsonValue]) -> JsonValue:
        """Submit a job; one that nobody waits for any more when it has been submitted is stopped."""
        made = asyncio.create_task(making)
        try:
            return await asyncio.shield(made)
        except asyncio.CancelledError:
            with suppress(StatesError):  # it was not submitted
                await self._take_back(call, await made)
            raise

    async def _take_back(self, call: AwsCall, answer: JsonValue) -> None:
        """Stop a job that was only just submitted, as well as that can be done."""
        job, optimized = job_of(call.service, call.action), OPTIMIZED[call.service]
        if job.stop is not None:
            with suppress(Refused, BotoCoreError, StatesError):
                await self.ask(optimized.folder, job.stop, job.stop_key(job.key_of(call.arguments, answer)))

    def _made(self, make: _Made, attempt: _Attempt) -> JsonValue:
        """The call's result, from the thread that may block."""
        endpoint = ""
        try:
            client = self._clients.client(make.api, make.region(), attempt.limit_seconds)
            endpoint = client.meta.endpoint_url
            operation = operation_called(client.meta.service_model, make.operation)
            make.find(client, lambda: self._clients.client(_S3, None, attempt.limit_seconds))
            parameters = make.parameters(operation, attempt)
            answer = answer_of(client, operation.name, parameters)
            return make.result(output_shape(operation), answer)
        except UnusableArgument as error:
            raise unusable_arguments(make.call.arguments, str(error)) from None
        except ClientError as error:
            raise make.refused(refusal_of(client.meta.service_model, error)) from None
        except NoSuchHost as error:
            raise make.unanswered(f"{error.host}: {error.reason}") from None
        except BotoCoreError as error:
            raise make.unanswered(why_unanswered(endpoint, error)) from None
        except OperationNotFoundError as error:  # of a definition that was stored when botocore knew it
            raise make.unanswered(str(error)) from None

    def _prepare(self, api: str, client: Any) -> None:
        if api == _STEP_FUNCTIONS and self._own is not None:
            client.meta.events.register("before-send.sfn", self._own.send)


@dataclass(frozen=True, slots=True)
class _Attempt:
    operation_id: str
    limit_seconds: float | None
    own_resources: tuple[str, ...]


class _Made:
    """One call of either kind: where it goes, and how its answer and its failures are shown."""

    def __init__(self, call: AwsCall, api: str, operation: str, *, spelling: Spelling, strict: bool) -> None:
        self.call = call
        self.api = api
        self.operation = operation
        self.prefix = error_prefix(call.service)
        self._spelling = spelling
        self._strict = strict

    def region(self) -> str | None:
        return None

    def find(self, client: Any, s3: Callable[[], Any]) -> None:
        """Find out what the call needs to know; it may block. `s3` makes a client of S3."""

    def arguments(self, _attempt: _Attempt) -> Mapping[str, JsonValue]:
        return self.call.arguments

    def parameters(self, operation: OperationModel, attempt: _Attempt) -> dict[str, Any]:
        shape, arguments = input_shape(operation), self.arguments(attempt)
        parameters = to_parameters(shape, arguments, strict=self._strict, spelling=self._spelling)
        return {**tokens(operation, request_id_of(attempt.operation_id)), **parameters}

    def result(self, shape: StructureShape | None, answer: Mapping[str, Any]) -> JsonValue:
        return to_result(shape, answer, spelling=self._spelling)

    def refused(self, refusal: Refusal) -> StatesError:
        return sdk_error(self.prefix, refusal)

    def unanswered(self, reason: str) -> StatesError:
        return client_error(reason, prefix=self.prefix)


class _Sdk(_Made):
    """`aws-sdk:<service>:<action>`."""

    def __init__(self, call: AwsCall) -> None:
        segment = call.service.removeprefix(SEGMENT)
        service = sdk_service_called(segment) or segment  # earlier releases took botocore's name of it, too
        super().__init__(call, sdk_folder(service) or service, call.action, spelling=member_name, strict=True)


class _OptimizedCall(_Made):
    """`<service>:<action>`; unknown arguments are dropped (recorded for SQS)."""

    def __init__(self, call: AwsCall, optimized: Optimized) -> None:
        self._action = optimized.actions.get(call.action, Action(operation=call.action))
        folder = self._action.folder or optimized.folder
        super().__init__(call, folder, self._action.operation, spelling=pascal_case, strict=False)
        self._optimized = optimized
        self._found: dict[str, JsonValue] = {}
        self._body: dict[str, Any] = {}
        self._output: StoredObject | None = None

    def find(self, client: Any, s3: Callable[[], Any]) -> None:
        if self._action.stored:
            self._find_bodies(s3)
        if self._action.finding is not None:
            self._find_id(client, self._action.finding)

    def _find_bodies(self, s3: Callable[[], Any]) -> None:
        """The body that stands in S3, and where the answer's goes."""
        source = named_object(self.call.arguments, "Input", s3)
        self._output = named_object(self.call.arguments, "Output", s3)
        if (source is None) == (self.call.arguments.get("Body") is None):
            raise UnusableArgument("There should be one of the following fields: [Body, Input]")
        if self._output is not None:
            self._output.check()
        if source is not None:
            data, content_type = source.fetch()
            self._body = {"body": data}
            if "ContentType" not in self.call.arguments and content_type is not None:
                self._body["contentType"] = content_type

    def _find_id(self, client: Any, finding: Finding) -> None:
        operation = operation_called(client.meta.service_model, finding.operation)
        within = {name: self.call.arguments[name] for name in finding.within if name in self.call.arguments}
        parameters = to_parameters(input_shape(operation), within, strict=True)
        wanted = self.call.arguments.get(finding.name)
        for page in client.get_paginator(xform_name(operation.name)).paginate(**parameters):
            for item in page[finding.items]:
                if item.get("Name") == wanted:
                    self._found = {finding.id_argument: item["Id"]}
                    return
        raise StatesError(f"{self.prefix}.InvalidRequestException", f"There is no {finding.name} {wanted!r}.")

    def region(self) -> str | None:
        return self._optimized.region(self.call.arguments)

    def arguments(self, attempt: _Attempt) -> Mapping[str, JsonValue]:
        arguments = self._optimized.prepare({**self.call.arguments, **self._found}, attempt.own_resources)
        return self._action.prepare(self._optimized.submitted(arguments) if self.call.waits else arguments)

    def parameters(self, operation: OperationModel, attempt: _Attempt) -> dict[str, Any]:
        return {**super().parameters(operation, attempt), **self._body}

    def result(self, shape: StructureShape | None, answer: Mapping[str, Any]) -> JsonValue:
        if self._output is not None:
            self._output.put(read_bounded(answer["body"], "The model's answer"), answer.get("contentType"))
            answer = {**answer, "body": self._output.uri}
        result = self._action.result(to_result(shape, answer))
        result |= {name: self.call.arguments[name] for name in self._action.repeats if name in self.call.arguments}
        self._optimized.check(result)
        if self.call.waits:
            self._optimized.check_submission(result)
        if self._optimized.metadata:
            result |= self._metadata(answer["ResponseMetadata"])
        return dict(sorted(result.items()))

    def _metadata(self, metadata: Mapping[str, Any]) -> dict[str, JsonValue]:
        spelling = self._optimized.headers
        headers = {spelling.get(name, name): value for name, value in metadata["HTTPHeaders"].items()}
        return sdk_metadata(headers, status=metadata["HTTPStatusCode"], request_id=metadata.get("RequestId", ""))

    def refused(self, refusal: Refusal) -> StatesError:
        optimized = self._optimized
        return optimized_error(optimized.prefix, optimized.sdk_name, optimized.base_exception, refusal)
