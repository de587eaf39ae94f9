"""ValidateStateMachineDefinition."""

from __future__ import annotations

import asyncio
from typing import Final

from api.service.modes import Mode
from api.service.shapes import (
    ValidateStateMachineDefinitionDiagnostic,
    ValidateStateMachineDefinitionRequest,
    ValidateStateMachineDefinitionResponse,
)
from interpreter.definition.diagnostics import Diagnostic, Severity
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.validate import validate_definition
from interpreter.limits import definition_quotas_of

_MOST_DIAGNOSTICS: Final = 100


async def validate(
    request: ValidateStateMachineDefinitionRequest, catalog: ResourceCatalog, mode: Mode
) -> ValidateStateMachineDefinitionResponse:
    """Report the errors of a definition and, if asked for, its warnings, which alone leave the result OK.

    The quotas on definitions are those of `mode`, the installation's.
    """
    found = await asyncio.to_thread(
        validate_definition,
        request.definition,
        catalog,
        machine_type=request.type or "STANDARD",
        quotas=definition_quotas_of(mode),
    )
    failed = any(each.severity is Severity.ERROR for each in found)
    wanted = [each for each in found if request.severity == "WARNING" or each.severity is Severity.ERROR]
    most = request.max_results or _MOST_DIAGNOSTICS
    return ValidateStateMachineDefinitionResponse(
        result="FAIL" if failed else "OK",
        diagnostics=tuple(map(_shown, wanted[:most])),
        truncated=len(wanted) > most,
    )


def _shown(diagnostic: Diagnostic) -> ValidateStateMachineDefinitionDiagnostic:
    return ValidateStateMachineDefinitionDiagnostic(
        severity=diagnostic.severity.value,
        code=diagnostic.code,
        message=diagnostic.message,
        location=diagnostic.location,
    )
