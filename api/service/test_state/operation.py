"""TestState itself: checks in AWS's order as far as it is known, then the state on the in-process host."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from uuid import uuid4

from activities.http_exchanges import Exchange, kept_exchanges
from api.service.arns import Arns, check_role_arn
from api.service.clock import Clock, epoch_milliseconds
from api.service.config import ServiceConfig
from api.service.documents import read_document
from api.service.errors import InvalidExecutionInput, ValidationException
from api.service.local_engine import LocalEngine
from api.service.shapes import TestStateConfiguration, TestStateRequest, TestStateResponse
from api.service.test_state.context import read_context
from api.service.test_state.http_task import shown_request, shown_response
from api.service.test_state.mocks import MockedRouter, read_mock
from api.service.test_state.report import report
from api.service.test_state.subject import Subject, check_unmocked, find_subject
from interpreter.definition.model import MapState, TaskState
from interpreter.definition.resources import ResourceCatalog
from interpreter.effects import TaskRouter
from interpreter.frames import MapItem
from interpreter.hosts.inprocess import InProcessHost
from interpreter.inspection import Inspection
from interpreter.limits import EXPRESS_SECONDS
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, Missing


class StateTests:
    """Runs single states.

    Args:
        config: the installation.
        arns: its ARNs.
        clock: the time.
        catalog: which resources can run.
        local: runs the states.
    """

    def __init__(
        self,
        config: ServiceConfig,
        arns: Arns,
        clock: Clock,
        catalog: ResourceCatalog,
        local: LocalEngine,
    ) -> None:
        self._config = config
        self._arns = arns
        self._clock = clock
        self._catalog = catalog
        self._local = local

    async def run(self, request: TestStateRequest) -> TestStateResponse:
        """TestState."""
        _check_members(request)
        input_text = "{}" if request.input is None else request.input
        input_ = read_document(input_text, InvalidExecutionInput)
        subject = await asyncio.to_thread(
            find_subject,
            request.definition,
            request.state_name,
            self._catalog,
            self._config.mode,
        )
        _check_configuration(request.state_configuration or TestStateConfiguration(), subject)
        inspection = self._inspection(request, subject, input_)
        router: TaskRouter = self._local.router if inspection.mock is None else MockedRouter()
        host = InProcessHost(
            subject.definition(),
            self._start(request),
            input_,
            router,
            self._local.invoke,
            time_limit_seconds=EXPRESS_SECONDS,
            children=self._local.children,
            inspection=inspection,
        )
        level = request.inspection_level or "INFO"
        with self._local.slots.taken(), kept_exchanges() as exchanges:
            ended = await host.run()
        variables = dict(host.execution.root.variables)
        answer = report(level, input_text, ended, inspection, variables)
        if level != "TRACE" or not exchanges:
            return answer
        return _traced(answer, exchanges[-1], reveal_secrets=request.reveal_secrets or False)

    def _inspection(self, request: TestStateRequest, subject: Subject, input_: JsonValue) -> Inspection:
        configuration = request.state_configuration or TestStateConfiguration()
        mock = None
        if request.mock is None:
            check_unmocked(subject)
            if isinstance(subject.state, TaskState) and request.role_arn is None:
                raise ValidationException("RoleArn must be specified when testing a Task state")
        else:
            mock = read_mock(request.mock, subject, configuration.map_iteration_failure_count)
        return Inspection(
            mock=mock,
            context=None if request.context is None else read_context(request.context, subject),
            variables=_variables(request.variables),
            item=MapItem(0, input_) if subject.in_map else None,
            failed_iterations=configuration.map_iteration_failure_count or 0,
            reader_data=_reader_data(configuration.map_item_reader_data, subject),
            retries_used=configuration.retrier_retry_count or 0,
        )

    def _start(self, request: TestStateRequest) -> ExecutionStart:
        machine, name = str(uuid4()), str(uuid4())
        return ExecutionStart(
            definition="",
            execution_arn=self._arns.test_execution(machine, name),
            state_machine_arn=self._arns.state_machine(machine),
            name=name,
            role_arn=request.role_arn or "",
            start_date=epoch_milliseconds(self._clock()),
            seed=secrets.token_hex(32),
            mode=self._config.mode,
            functions=self._config.functions,
        )


def _traced(answer: TestStateResponse, exchange: Exchange, *, reveal_secrets: bool) -> TestStateResponse:
    """The answer with what an HTTP Task asked and was answered."""
    assert answer.inspection_data is not None, "the level TRACE has data"
    data = replace(
        answer.inspection_data,
        request=shown_request(exchange, reveal_secrets=reveal_secrets),
        response=None if exchange.answered is None else shown_response(exchange.answered),
    )
    return replace(answer, inspection_data=data)


def _check_members(request: TestStateRequest) -> None:
    """What can be said without the definition."""
    mock, configuration = request.mock, request.state_configuration
    if request.role_arn is not None:
        check_role_arn(request.role_arn)
    if mock is not None:
        if mock.result is not None and mock.error_output is not None:
            raise ValidationException(
                "A test mock should have only one of the following fields: [result, errorOutput]."
            )
        if request.reveal_secrets:
            raise ValidationException("TestState does not support RevealSecrets when a mock is specified.")
        return
    if request.context is not None:
        raise ValidationException("TestState does not support Context when a mock is not specified.")
    if configuration is not None and configuration.map_iteration_failure_count is not None:
        raise ValidationException("TestState does not support MapIterationFailureCount when a mock is not specified.")


def _check_configuration(configuration: TestStateConfiguration, subject: Subject) -> None:
    """Refuse what would be without effect on this state."""
    if configuration.map_iteration_failure_count is not None and not isinstance(subject.state, MapState):
        raise ValidationException("TestState supports MapIterationFailureCount for Map states only.")


def _reader_data(text: str | None, subject: Subject) -> JsonValue | Missing:
    """What the ItemReader of the state is said to have read."""
    if text is None:
        return MISSING
    state = subject.state
    if not isinstance(state, MapState) or state.distribution is None or state.distribution.reader is None:
        raise ValidationException("TestState supports MapItemReaderData for Map states with an ItemReader only.")
    told = "MapItemReaderData must be valid JSON, whatever the ItemReader reads"
    return read_document(text, lambda reason: ValidationException(f"{told}: {reason}"))


def _variables(text: str | None) -> dict[str, JsonValue]:
    if text is None:
        return {}
    value = read_document(text, _invalid_variables)
    if not isinstance(value, dict):
        raise _invalid_variables("variables must be an object")
    return value


def _invalid_variables(reason: str) -> ValidationException:
    return ValidationException(f"Invalid variables provided: {reason}")
