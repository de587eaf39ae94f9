"""What a payload of Temporal's means: JSON is a result, anything else a failure of the activity."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from interpreter.effects import Done, Failed
from interpreter.hosts.wire import outcome_of_payload
from interpreter.values import JsonValue


@dataclass(frozen=True)
class Usable:
    encoding: str
    data: bytes
    value: JsonValue


USABLE = [
    Usable("binary/null", b"", None),
    Usable("json/plain", b"null", None),
    Usable("json/plain", b' {"a": [1.0, true]} ', {"a": [1.0, True]}),
    Usable("json/plain", '"ä\\ud83d\\ude00"'.encode(), "ä\U0001f600"),
    Usable("json/plain", b"12345678901234567890123", 12345678901234567890123),
    Usable("json/protobuf", b'{"seconds": "5"}', {"seconds": "5"}),
]


@pytest.mark.parametrize("case", USABLE, ids=lambda case: f"{case.encoding} {case.data!r}")
def test_results(case: Usable) -> None:
    assert outcome_of_payload(case.encoding, case.data) == Done(case.value)


UNUSABLE = [
    ("json/plain", b"", "not JSON"),
    ("json/plain", b"{", "not JSON"),
    ("json/plain", b"NaN", "NaN is not JSON"),
    ("json/plain", b'"\xff"', "not JSON"),
    ("json/plain", b"[" * 100_000, "nested more than 200 deep"),
    ("json/plain", b'{"a":' * 201 + b"1" + b"}" * 201, "nested more than 200 deep"),
    ("json/plain", b"9" * 5_000, "not JSON"),
    ("binary/plain", b"bytes", "'binary/plain'"),
    ("binary/protobuf", b"", "'binary/protobuf'"),
    ("", b"{}", "encoding ''"),
]


@pytest.mark.parametrize("encoding, data, says", UNUSABLE, ids=lambda value: repr(value)[:30])
def test_what_is_no_result(encoding: str, data: bytes, says: str) -> None:
    outcome = outcome_of_payload(encoding, data)

    assert isinstance(outcome, Failed)
    assert (outcome.failure.kind, outcome.failure.type) == ("application", "States.TaskFailed")
    assert says in outcome.failure.message
