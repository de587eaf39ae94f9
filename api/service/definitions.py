"""Definitions on their way in: parsed, or refused with everything that is wrong with them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.service.errors import InvalidDefinition
from api.service.modes import Mode
from api.service.shapes import StateMachineType
from interpreter.definition.parse import parse_definition
from interpreter.definition.references import variable_references
from interpreter.definition.resources import ResourceCatalog
from interpreter.errors import DefinitionError
from interpreter.limits import definition_quotas_of


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """A definition that can be run, and what is kept of it besides its text."""

    text: str
    hash: str
    timeout_seconds: int | None
    variable_references: Mapping[str, Sequence[str]]


async def check_definition(
    text: str, machine_type: StateMachineType, mode: Mode, catalog: ResourceCatalog
) -> CheckedDefinition:
    """Parse a definition in a thread (a large one takes a while), by the quotas of the state machine's mode.

    Raises:
        InvalidDefinition: with all errors found.
    """
    try:
        quotas = definition_quotas_of(mode)
        definition = await asyncio.to_thread(parse_definition, text, catalog, machine_type=machine_type, quotas=quotas)
    except DefinitionError as error:
        raise InvalidDefinition(error.diagnostics) from error
    references = {name: sorted(variables) for name, variables in variable_references(definition).items()}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return CheckedDefinition(text, digest, definition.timeout_seconds, references)
