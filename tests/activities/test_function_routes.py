"""The setting `functions`: what is accepted, what is refused and how, and which way each function goes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from activities.function_names import parse_function_name
from activities.function_routes import (
    FunctionRoute,
    LambdaRoute,
    TemporalRoute,
    UrlRoute,
    function_route,
    parse_functions,
)
from interpreter.values import JsonValue

HOSTED = TemporalRoute("functions", "ours")


@pytest.mark.parametrize(
    "text, value",
    [
        ("temporal", "temporal"),
        (" lambda ", "lambda"),
        ('{"*": "lambda"}', {"*": "lambda"}),
        ('{"charge-card": {"task_queue": "billing"}}', {"charge-card": {"task_queue": "billing"}}),
        ({"a": {"url": "https://a.example/x"}, "b:live": "temporal"},) * 2,
        ({"a": {"task_queue": "q", "worker": "ours"}},) * 2,
    ],
)
def test_accepted(text: JsonValue, value: JsonValue) -> None:
    assert parse_functions(text) == value


@dataclass(frozen=True)
class Refused:
    name: str
    setting: JsonValue
    message: str


REFUSED = [
    Refused("another word", "local", "must be 'temporal', 'lambda' or a JSON object, not 'local'"),
    Refused("broken JSON", "{", "functions is not JSON"),
    Refused("another type", 7, "must be 'temporal', 'lambda' or a mapping, not number 7"),
    Refused("a bad name", {"a b": "lambda"}, "names 'a b', which is neither"),
    Refused("an unknown way", {"f": "http"}, "maps 'f' to 'http'; expected 'temporal', 'lambda'"),
    Refused("an unknown member", {"f": {"task_queue": "q", "queue": "q"}}, "maps 'f' to object"),
    Refused("both ways", {"f": {"task_queue": "q", "url": "http://x"}}, "maps 'f' to object"),
    Refused("no host", {"f": {"url": "http://"}}, "'http://', which is not an http or https URL"),
    Refused("another scheme", {"f": {"url": "ftp://x"}}, "'ftp://x', which is not an http or https URL"),
    Refused("a bad port", {"f": {"url": "http://x:99999"}}, "which is not an http or https URL"),
    Refused("our own queue", {"f": {"task_queue": "steploom"}}, "'steploom', which is empty or reserved"),
    Refused("no queue", {"f": {"task_queue": ""}}, "'', which is empty or reserved"),
    Refused("a long queue", {"f": {"task_queue": "é" * 501}}, "which Temporal takes for no queue"),
    Refused("Temporal's own queue", {"f": {"task_queue": "/_sys/q"}}, "which Temporal takes for no queue"),
    Refused("a queue with a lone surrogate", {"f": {"task_queue": "\ud800"}}, "which Temporal takes for no queue"),
    Refused("another worker", {"f": {"task_queue": "q", "worker": "mine"}}, "expected 'foreign' or 'ours'"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refused(case: Refused) -> None:
    with pytest.raises(ValueError, match="functions") as raised:
        parse_functions(case.setting)
    assert case.message in str(raised.value)


@dataclass(frozen=True)
class Choice:
    name: str
    setting: JsonValue
    function: str
    route: FunctionRoute


MAPPING: JsonValue = {
    "a": {"task_queue": "qa"},
    "a:live": "lambda",
    "u": {"url": "http://u/"},
    "o": {"task_queue": "qo", "worker": "ours"},
}

CHOICES = [
    Choice("the whole of temporal", "temporal", "f", HOSTED),
    Choice("the whole of lambda", "lambda", "f", LambdaRoute()),
    Choice("by name", MAPPING, "a", TemporalRoute("qa", "foreign")),
    Choice("by ARN", MAPPING, "arn:aws:lambda:us-east-1:123456789012:function:a", TemporalRoute("qa", "foreign")),
    Choice("by qualifier", MAPPING, "a:live", LambdaRoute()),
    Choice("another qualifier", MAPPING, "a:test", TemporalRoute("qa", "foreign")),
    Choice("the latest is no qualifier", MAPPING, "a:$LATEST", TemporalRoute("qa", "foreign")),
    Choice("by partial ARN", MAPPING, "123456789012:function:o", TemporalRoute("qo", "ours")),
    Choice("a URL", MAPPING, "u", UrlRoute("http://u/", exact=True)),
    Choice("a URL of another qualifier", MAPPING, "u:7", UrlRoute("http://u/", exact=False)),
    Choice("not named", MAPPING, "z", HOSTED),
    Choice("not named, with a rest", {"*": "lambda", "a": "temporal"}, "z", LambdaRoute()),
    Choice("not a name at all", {"*": "lambda", "a": "temporal"}, "a/b", LambdaRoute()),
]


@pytest.mark.parametrize("case", CHOICES, ids=lambda case: case.name)
def test_route(case: Choice) -> None:
    assert function_route(parse_functions(case.setting), parse_function_name(case.function)) == case.route
