"""All findings about a definition, as ValidateStateMachineDefinition reports them: errors, then warnings.

Errors are those of `interpreter.definition.parse`, from the same walk. Warnings are about what is legal and probably
not meant: NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC (codes of AWS, texts ours).
"""

from __future__ import annotations

from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.parse import examine
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.walk import MachineType


def validate_definition(
    text: str, catalog: ResourceCatalog, *, machine_type: MachineType = "STANDARD"
) -> list[Diagnostic]:
    """Every diagnostic of a definition, errors first; an empty list where nothing is to be said.

    Args:
        text: the definition as JSON text.
        catalog: says which resources exist and which can run.
        machine_type: EXPRESS machines are refused jobs, callbacks and activities.
    """
    return examine(text, catalog, machine_type=machine_type).diagnostics
