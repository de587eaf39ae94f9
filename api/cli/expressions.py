"""The command that evaluates one expression."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.options import InputOption, JsonOption, read_json
from api.cli.output import CommandError, error_console, print_json, print_line

if TYPE_CHECKING:
    from api.expressions import Evaluated, Failed
    from interpreter.values import JsonValue

_SOURCE = "JSON|@FILE"


def evaluate_expression(
    expression: Annotated[
        str, typer.Argument(metavar="EXPRESSION", help="A JSONPath, a call of an intrinsic function, or JSONata.")
    ],
    input_: InputOption = "{}",
    variables: Annotated[
        str, typer.Option("--variables", metavar=_SOURCE, help="Variables: a JSON object of their values by name.")
    ] = "{}",
    context: Annotated[
        str | None,
        typer.Option("--context", metavar=_SOURCE, help="Context object (default: that of an imagined execution)."),
    ] = None,
    result: Annotated[
        str | None, typer.Option("--result", metavar=_SOURCE, help="What $states.result is, in JSONata.")
    ] = None,
    error_output: Annotated[
        str | None,
        typer.Option("--error-output", metavar=_SOURCE, help="What $states.errorOutput is, in a catcher in JSONata."),
    ] = None,
    language: Annotated[
        Literal["JSONPath", "JSONata"] | None,
        typer.Option("--query-language", help="The language (default: guessed by the expression's form)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate EXPRESSION as a state would, and print its value; or the error as AWS gives it, and exit code 1.

    Example: steploom test-expression '{% $sum($states.input.items.price) %}' --input '{"items": [{"price": 2}]}'
    """
    from api.expressions import Surroundings, evaluate, guess_language
    from interpreter.values import MISSING

    chosen = guess_language(expression) if language is None else language
    if result is not None and chosen == "JSONPath":
        raise CommandError("--result is for JSONata; in JSONPath a result is what $ stands for: --input", exit_code=2)
    if error_output is not None and chosen == "JSONPath":
        raise CommandError("--error-output is for JSONata; in JSONPath a catcher has no expressions", exit_code=2)
    if error_output is not None and result is not None:
        raise CommandError("--result and --error-output exclude each other: a state has one of them", exit_code=2)
    seen = Surroundings(
        input=read_json("--input", input_),
        variables=_object("--variables", variables),
        context=None if context is None else _object("--context", context),
        result=MISSING if result is None else read_json("--result", result),
        error_output=None if error_output is None else _error_output("--error-output", error_output),
    )
    _print(asyncio.run(evaluate(expression, chosen, seen)), as_json=as_json)


def _object(option: str, text: str) -> dict[str, JsonValue]:
    value = read_json(option, text)
    if not isinstance(value, dict):
        raise CommandError(f"{option} is not a JSON object", exit_code=2)
    return value


def _error_output(option: str, text: str) -> tuple[str, str]:
    value = _object(option, text)
    error, cause = value.get("Error"), value.get("Cause")
    if not isinstance(error, str) or not isinstance(cause, str):
        raise CommandError(f'{option} is not of the form {{"Error": "name", "Cause": "text"}}', exit_code=2)
    return error, cause


def _print(outcome: Evaluated | Failed, *, as_json: bool) -> None:
    from api.expressions import Evaluated

    if isinstance(outcome, Evaluated):
        print_json({"value": outcome.value}) if as_json else print(_indented(outcome.value))
        return
    if as_json:
        print_json({"error": outcome.error, "cause": outcome.cause})
    else:
        print_line(outcome.error, "red")
        print(outcome.cause)
        if outcome.hint is not None:
            error_console().print(f"({outcome.hint})", markup=False)
    raise typer.Exit(1)


def _indented(value: JsonValue) -> str:
    """The text of a value, its numbers as executions print them."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except TypeError:  # an integer beyond 64 bits, or a lone surrogate
        return json.dumps(value, indent=2, ensure_ascii=False)
