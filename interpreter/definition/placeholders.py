"""Placeholders such as `${FunctionArn}`, which deployment tools replace: Step Functions itself knows none.

AWS SAM and CloudFormation replace those of DefinitionSubstitutions, Terraform those of `templatefile`. Where a text is
data, AWS takes them as they are.
"""

from __future__ import annotations

import re
from typing import Final

from interpreter.definition.diagnostics import Location
from interpreter.values import JsonValue

_PLACEHOLDER: Final = re.compile(r"\$\{\s*[A-Za-z_]\w*(?:(?:\.|::)\w+|\[\w+\])*\s*\}")
"""A name, maybe with attributes, `AWS::Region`, or an index; objects of JSONata (`${'a': b}`) are none."""


def hint_on_text(text: str, at: int) -> str | None:
    """What to say of a fault at the offset `at` of a text, if a placeholder begins there."""
    return _hint(_PLACEHOLDER.match(text, at))


def hint_on_value(definition: JsonValue, place: Location) -> str | None:
    """What to say of an error at a place in a definition, if a string with a placeholder is there."""
    value = definition
    for part in place:
        match value:
            case dict() if isinstance(part, str) and part in value:
                value = value[part]
            case list() if isinstance(part, int) and part < len(value):
                value = value[part]
            case _:
                return None
    return _hint(_PLACEHOLDER.search(value)) if isinstance(value, str) else None


def _hint(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    return f"SAM, CloudFormation or Terraform replaces {found[0]} before AWS sees the definition: put in its value"
