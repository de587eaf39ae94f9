"""The engine stays behind its module, and its module behind the port."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import interpreter
from interpreter.jsonata import AWS_BOUNDS, Bounds, EvaluationError, parse_expression
from interpreter.values import JsonValue, Missing
from tests.interpreter.jsonata.sights import CountingChance


def test_one_module_imports_the_engine() -> None:
    folder = Path(interpreter.__file__).parent
    importing = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.split(".")[0] == "jlens" for name in names):
                importing.add(path.relative_to(folder).as_posix())
    assert importing == {"jsonata/engine.py"}


WEIGHED = [
    *("$append(1, 2)", "$append([], [])", "$append($none, [1])", "$append(null, 1)", "$append([[1]], 2)"),
    *("$append(1)", "$append(1, 2, 3)", "[1, 2] ~> $append(3)", "$append(?, 1)(2)", "$map([1, 2], $append)"),
    *("$merge([{'a': 1}, {'b': 2}])", "$merge({'a': 1})", "$merge([])", "$merge($none)", "$merge(1)", "$merge([1])"),
    *("$merge([{'a': 1}, {'a': [2, 3]}])", "$merge([{'a': 1}], 2)", "[{'a': 1}, {'a': 2}] ~> $merge"),
    *("$match('abab', /a/)", "$match('abab', /a/, 1)", "$match('abab', /z/)", "$match($none, /a/)", "$match(1, /a/)"),
    *("$match('abab', /a/, -1)", "$match('abab', 'a')", "$map(['aba', 'ba'], function($v) {$match($v, /a/)})"),
    *("$replace('abab', /a/, 'x')", "$replace('abab', 'a', 'x', 1)", "$replace('abab', /(a)/, '$1$1')"),
    *("$replace('abab', /a/, function($m) {$m.match & '!'})", "$replace('abab', '', 'x')", "$replace('abab', /a/)"),
    *("$replace('abab', /x*/, 'y')", "'abab' ~> $replace(/a/, 'x')", "$replace(?, /a/, 'x')('aba')"),
    *("$split('abab', /a/)", "$split('abab', '')", "$split('abab', /a/, 1)", "$split(12, /a/)", "$split('abab', -1)"),
    *("$count($split($pad('', 12000, 'a b '), /\\s/))", "$length($replace($pad('', 9000, 'a b '), ' ', '--'))"),
    *("$keys({'a': 1})", "$keys($merge([1..300].{$string($): 1}))[299]"),
]


@pytest.mark.parametrize("source", WEIGHED)
def test_what_is_weighed_before_it_runs_gives_the_same(source: str) -> None:
    assert _outcome(source, replace(AWS_BOUNDS, seconds=20.0)) == _outcome(
        source, replace(AWS_BOUNDS, seconds=20.0, weighs=False)
    )


def _outcome(source: str, bounds: Bounds) -> JsonValue | Missing | tuple[str | None, str]:
    """The value, or the code and text of the error; the position of some is not known any more."""
    try:
        return parse_expression(source).evaluate({}, {}, CountingChance(), 0, bounds)
    except EvaluationError as error:
        return error.jsonata_code, error.message
