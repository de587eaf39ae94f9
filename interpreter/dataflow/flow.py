"""How data flows through a state, whichever language it is written in: each step, chosen by the state's flow."""

from __future__ import annotations

from typing import assert_never

from interpreter.dataflow import jsonata, jsonpath
from interpreter.dataflow.template import PayloadTemplate
from interpreter.dataflow.view import HandedOn, View
from interpreter.definition.model import Flow, JsonataFlow, PathFlow, Template
from interpreter.values import JsonValue, Missing


def take_input(flow: Flow, view: View) -> JsonValue:
    """The state's effective input: what InputPath lets through, in JSONata all of it.

    Raises:
        StatesRuntime: the path leads nowhere.
    """
    match flow:
        case PathFlow():
            return jsonpath.take_input(flow, view)
        case JsonataFlow():
            return view.frame.input
        case _:
            assert_never(flow)


def arguments(flow: Flow, view: View) -> JsonValue:
    """What the state's work is given: Parameters or Arguments, else the effective input; after `take_input`.

    Raises:
        StatesError: an expression fails.
    """
    match flow:
        case PathFlow():
            return jsonpath.arguments(flow, view)
        case JsonataFlow():
            return jsonata.arguments(flow, view)
        case _:
            assert_never(flow)


def passed(flow: Flow, view: View, result: JsonValue | Missing) -> HandedOn:
    """What a Pass hands on; `result` is its Result, if it has one.

    Raises:
        StatesError: an expression fails.
    """
    match flow:
        case PathFlow():
            return jsonpath.passed(flow, view, result)
        case JsonataFlow():
            return jsonata.handed_on(flow, view, view.frame.input)
        case _:
            assert_never(flow)


def handed_on(flow: Flow, view: View) -> HandedOn:
    """What a state without a result hands on (Wait, Choice, Succeed); after `take_input`.

    Raises:
        StatesError: an expression fails.
    """
    match flow:
        case PathFlow():
            return jsonpath.handed_on(flow, view)
        case JsonataFlow():
            return jsonata.handed_on(flow, view, view.frame.input)
        case _:
            assert_never(flow)


def completed(flow: Flow, view: View, result: JsonValue) -> HandedOn:
    """What a state hands on whose work came to `result`.

    Raises:
        StatesError: an expression fails.
    """
    match flow:
        case PathFlow():
            return jsonpath.completed(flow, view, result)
        case JsonataFlow():
            view.result = result
            return jsonata.handed_on(flow, view, result)
        case _:
            assert_never(flow)


def caught(flow: Flow, view: View, error_output: JsonValue) -> HandedOn:
    """What a catcher hands on.

    Raises:
        StatesError: an expression of the catcher fails.
    """
    match flow:
        case PathFlow():
            return jsonpath.caught(flow, view, error_output)
        case JsonataFlow():
            view.error_output = error_output
            return jsonata.handed_on(flow, view, error_output)
        case _:
            assert_never(flow)


def evaluate(template: Template, view: View) -> JsonValue:
    """The value of a template.

    Raises:
        StatesError: an expression fails.
    """
    return template.evaluate(view) if isinstance(template, PayloadTemplate) else jsonata.evaluate(template, view)
