"""JSON that calls give as text: what of it is taken, and in whose words the rest is refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from api.service.documents import read_document
from api.service.errors import InvalidOutput
from interpreter.values import JsonValue


@pytest.mark.parametrize(
    "text, value",
    [
        ("{}", {}),
        (' [1, "é", null] ', [1, "é", None]),
        (r'"\ud800"', "\ud800"),
        ("[" * 200 + "]" * 200, None),
        ("1" * 4_300, int("1" * 4_300)),
    ],
    ids=["an object", "an array", "half a surrogate pair as an escape", "200 levels", "a long number"],
)
def test_takes(text: str, value: JsonValue) -> None:
    read = read_document(text, InvalidOutput)
    assert value is None or read == value


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    reason: str


REFUSED = [
    Case("nothing", " ", "Invalid execution input."),
    Case("half a surrogate pair", '"\ud800"', "Invalid execution input."),
    Case("no JSON", "{x}", "Unexpected character ('x' (code 120)): was expecting double-quote to start field name"),
    Case("no number", "1e400", "Numeric value (1e400) out of range of double"),
    Case("201 levels", "[" * 201 + "]" * 201, "arrays and objects are nested more than 200 deep"),
    Case("too many levels", "[" * 9_999 + "]" * 9_999, "Document nesting depth exceeds the maximum allowed"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refuses(case: Case) -> None:
    with pytest.raises(InvalidOutput) as refused:
        read_document(case.text, InvalidOutput)
    assert refused.value.message == f"Invalid Output: '{case.reason}'"
