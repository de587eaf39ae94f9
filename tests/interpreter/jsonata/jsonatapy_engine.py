"""The engine module as it would be over jsonatapy: enough of it to show that nothing else has to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.jsonata.port import BoundFault, EngineFault, Function, FunctionResult, Program
from interpreter.values import MISSING, JsonValue, Missing

jsonatapy: Any = pytest.importorskip("jsonatapy", reason="NOT RUN: the other engine, jsonatapy, is not installed")

_CODED = re.compile(r"(?:.*?: )?([A-Z]\d{4}): (.*)", re.DOTALL)
_BUILT_IN = {"random", "eval", "now", "millis", "distinct"}


def compile_source(source: str) -> Program:
    """Compile `source` with jsonatapy; see `interpreter.jsonata.port.Compile`."""
    try:
        jsonatapy.compile(source)
    except ValueError as error:
        raise _fault(error) from None
    return _JsonatapyProgram(source)


class _JsonatapyProgram:
    def __init__(self, source: str) -> None:
        self._source = source

    def evaluate(
        self,
        variables: Mapping[str, JsonValue],
        functions: Mapping[str, Function | None],
        *,
        now: int,
        seed: int | None,
        bounds: Bounds,
        document: JsonValue | Missing = MISSING,
    ) -> JsonValue | Missing:
        wrapped = jsonatapy.compile(f"($_r := ({self._source}\n); {{'r': $_r, 't': $type($_r)}})")
        for name, function in functions.items():
            register = wrapped.register_override if name in _BUILT_IN else wrapped.register
            register(name, _refused if function is None else _bare(function))
        wrapped.register_override("millis", lambda: now)
        moment = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds")
        wrapped.register_override("now", lambda: moment.replace("+00:00", "Z"))
        try:
            outcome = wrapped.evaluate(
                None if document is MISSING else document,
                dict(variables),
                timeout=int(bounds.seconds * 1000),
                max_stack_depth=bounds.depth,
                max_sequence_length=bounds.array_items,
            )
        except ValueError as error:
            raise _fault(error) from None
        kind = outcome.get("t")
        if kind == "function":
            raise FunctionResult
        value: JsonValue | Missing = MISSING if kind is None else outcome["r"]
        return value


def _refused(*arguments: JsonValue) -> JsonValue:
    raise ValueError("T1006: Attempted to invoke a non-function")


def _bare(function: Function) -> Callable[..., JsonValue]:
    """Our `$parse` answers `{"v": ...}`, to tell null from undefined; this engine cannot say undefined anyway."""

    def call(*arguments: JsonValue) -> JsonValue:
        value = function(*arguments)
        return value["v"] if isinstance(value, dict) and value.keys() == {"v"} else value

    return call


def _fault(error: ValueError) -> Exception:
    match = _CODED.fullmatch(str(error))
    code, message = match.groups() if match else (None, str(error))
    if code in ("D1011", "U1001"):
        return BoundFault(Excess.DEPTH)
    if code == "D2015":
        return BoundFault(Excess.SIZE)
    # It names the unknown function, AWS does not.
    return EngineFault(code, message.partition(": $")[0] if code == "T1006" else message)
