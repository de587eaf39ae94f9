"""Every expression in the definitions that AWS accepted is accepted here."""

from __future__ import annotations

import json
from collections.abc import Iterator

from interpreter.jsonata import is_expression, template_faults
from interpreter.values import JsonValue
from tests.interpreter.jsonata.conformance import conformance


def strings(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from strings(member)
        case list():
            for item in value:
                yield from strings(item)


def test_accepted_expressions() -> None:
    accepted: set[str] = set()
    for path in sorted(conformance("cases").glob("*.json")):
        for machine in json.loads(path.read_text(encoding="utf-8"))["state_machines"]:
            definition = machine["definition"]
            if "JSONata" in definition and "{%" in definition:
                accepted.update(text for text in strings(json.loads(definition)) if is_expression(text))
    assert len(accepted) >= 40
    assert [fault.detail for fault in template_faults([*sorted(accepted)])] == []
