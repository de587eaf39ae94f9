"""How every execution begins, of whatever type: what is to be run is found, name and input are checked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import uuid4

from api.service.arns import Arns, check_name
from api.service.clock import Clock, epoch_milliseconds
from api.service.config import ServiceConfig
from api.service.configurations import logging_of
from api.service.deletion import Deletions
from api.service.documents import read_document
from api.service.errors import (
    InvalidExecutionInput,
    StateMachineDeleting,
    StateMachineTypeNotSupported,
    ValidationException,
)
from api.service.modes import AWS_PAYLOAD_BYTES, is_over_quota, mode_of
from api.service.shapes import StateMachineType
from api.service.targets import Target, Targets
from api.storage.recent import RecentReads
from api.storage.store import Route, Store
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

YEAR_SECONDS: Final = 31_536_000  # AWS quota, Maximum execution time of STANDARD


def standard_seconds(timeout_seconds: int | None, mode: Literal["aws", "native"]) -> int:
    """How long an execution of a STANDARD state machine with that TimeoutSeconds may take."""
    if timeout_seconds is None:
        return YEAR_SECONDS
    return timeout_seconds if mode == "native" else min(timeout_seconds, YEAR_SECONDS)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An execution that can be started. `input` is JSON as text, `document` its value."""

    target: Target
    start: ExecutionStart
    input: str
    document: JsonValue


class Starting:
    """Prepares executions; nothing is stored or started."""

    def __init__(self, store: Store, config: ServiceConfig, arns: Arns, clock: Clock, deletions: Deletions) -> None:
        self._config = config
        self._arns = arns
        self._clock = clock
        self._deletions = deletions
        self._targets = Targets(RecentReads(store))

    async def prepare(
        self,
        state_machine_arn: str,
        name: str | None,
        input_: str | None,
        trace_header: str | None,
        *,
        only: StateMachineType | None = None,
    ) -> Prepared:
        """Prepare an execution of a state machine, version or alias; `only` is the one type that will do.

        Raises:
            InvalidArn, InvalidName, InvalidExecutionInput, StateMachineDoesNotExist, StateMachineDeleting,
            StateMachineTypeNotSupported, ValidationException: it cannot be started.
        """
        name = name if name is not None else str(uuid4())
        check_name(name)
        target = await self._find(state_machine_arn)
        if only is not None and target.machine.type != only:
            raise StateMachineTypeNotSupported
        input_ = "{}" if input_ is None else input_
        document = read_document(input_, InvalidExecutionInput)
        start = self._start(target, name, trace_header)
        if start.mode == "aws" and is_over_quota(input_):
            raise ValidationException.over_quota("input", AWS_PAYLOAD_BYTES)
        return Prepared(target, start, input_, document)

    async def _find(self, arn_text: str) -> Target:
        arn = self._arns.read_state_machine(arn_text)
        if arn.label is not None:
            raise ValidationException.labelled_arn()
        target = await self._targets.find(arn, _random_route)
        if target.machine.deleting_since is not None:
            self._deletions.wake()
            raise StateMachineDeleting(arn_text)
        return target

    def _start(self, target: Target, name: str, trace_header: str | None) -> ExecutionStart:
        machine, revision, version, alias = target.machine.name, target.revision, target.version, target.alias
        return ExecutionStart(
            definition=revision.definition_hash,
            execution_arn=self._execution_arn(target, name),
            state_machine_arn=self._arns.state_machine(machine),
            name=name,
            role_arn=revision.role_arn,
            start_date=epoch_milliseconds(self._clock()),
            seed=secrets.token_hex(32),
            mode=mode_of(target.machine, self._config.mode),
            functions=self._config.functions,
            version_arn=None if version is None else self._arns.version(machine, version.number),
            alias_arn=None if alias is None else self._arns.alias(machine, alias),
            trace_header=trace_header,
            revision_id=revision.id,
            logging=logging_of(revision, self._config),
        )

    def _execution_arn(self, target: Target, name: str) -> str:
        machine = target.machine
        if machine.type == "EXPRESS":
            return self._arns.express_execution(machine.name, name, str(uuid4()))
        return self._arns.execution(machine.name, name)


def _random_route(routes: Sequence[Route]) -> Route:
    return secrets.SystemRandom().choices(routes, [route.weight for route in routes])[0]
