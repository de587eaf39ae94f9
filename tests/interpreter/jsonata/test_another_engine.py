"""The engine is one module: with another in its place, expressions and templates do what they did."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from interpreter.errors import StatesQueryEvaluationError
from interpreter.jsonata import ExpressionError, compile_template, expression, parse_expression
from interpreter.jsonata.port import Program
from interpreter.values import MISSING, JsonValue
from tests.interpreter.jsonata import jsonatapy_engine
from tests.interpreter.jsonata.sights import sight
from tests.support import executions
from tests.support.executions import InProcessRun, all_cases
from tests.support.short_histories import compact


@pytest.fixture(autouse=True, scope="module")
def _nothing_left() -> Iterator[None]:
    """jsonatapy refuses that another thread drops its expressions, as one of a later test might."""
    yield
    gc.collect()


@pytest.fixture
def _other_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing compiled before is used, and nothing compiled here is kept."""
    compiled: list[str] = []

    def compile_source(source: str) -> Program:
        compiled.append(source)
        return jsonatapy_engine.compile_source(source)

    monkeypatch.setattr(expression, "compile_source", compile_source)
    for cached in (parse_expression, executions.parsed):
        cached.cache_clear()
    yield
    for cached in (parse_expression, executions.parsed):
        cached.cache_clear()
    assert compiled


@dataclass(frozen=True)
class Case:
    expression: str
    value: JsonValue


CASES = [
    Case("$states.input.a.b + $one", 2),
    Case("$states.input.items[n > 1].kind", "x"),
    Case("$sum($states.input.items.n) & '!'", "3!"),
    Case("null", None),
    Case("$states.input.a.nothing", None),
    Case("$map($states.input.list, function($v){$v * 2})", [2, 4, 6]),
    Case("$partition([0, 1, 2], 2)", [[0, 1], [2]]),
    Case("$range(0, 10, 3)", [0, 3, 6, 9]),
    Case("$hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
    Case("$random(42)", 0.7275636800328681),
    Case("$uuid()", "uuid-1"),
    Case("$parse('{\"a\": [1]}')", {"a": [1]}),
    Case("$now()", "1970-01-01T00:00:01.000Z"),
    Case("$millis()", 1000),
]


@pytest.mark.usefixtures("_other_engine")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression)
def test_values(case: Case) -> None:
    seen = sight()
    template = compile_template({"v": f"{{% {case.expression} %}}"}, "Output")
    assert template.evaluate(seen.states, seen.variables, seen.chance, seen.now) == {"v": case.value}


@pytest.mark.usefixtures("_other_engine")
@pytest.mark.parametrize(
    "text, error",
    [
        ("$none", "returned nothing (undefined)."),
        ("$unknown(1)", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        ("$eval('1')", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
    ],
)
def test_errors(text: str, error: str) -> None:
    seen = sight()
    with pytest.raises(StatesQueryEvaluationError) as caught:
        compile_template(f"{{% {text} %}}", "Output").evaluate(seen.states, seen.variables, seen.chance, seen.now)
    assert str(caught.value.cause).endswith(error)


@pytest.mark.usefixtures("_other_engine")
@pytest.mark.parametrize("text", ["1 +", "top.level", "$x ?? 1"])
def test_refusals(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


COUNTED = "Expression evaluation timeout"  # jsonatapy counts no steps
EXECUTIONS = [
    case for case in all_cases() if "{%" in case.text and case.time != "real" and COUNTED not in (case.cause or "")
]


@pytest.mark.usefixtures("_other_engine")
@pytest.mark.parametrize("case", EXECUTIONS, ids=lambda case: case.name)
async def test_executions(case: executions.Case) -> None:
    """Whole histories, causes and outputs of every execution that has expressions."""
    run = await InProcessRun(case).run()
    assert (run.status, run.error, run.cause) == (case.status, case.error, case.cause)
    assert case.output is MISSING or run.output == case.output
    assert list(compact(run.events)) == list(case.history)
