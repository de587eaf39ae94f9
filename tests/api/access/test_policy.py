"""Policies: what they allow and deny, and what is no policy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.policy import NAMED_POLICIES, Decision, PolicyError, matches, parse_policy

ALLOWED, NOT_ALLOWED, DENIED = Decision.ALLOWED, Decision.NOT_ALLOWED, Decision.DENIED
ORDERS = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
RUN = "arn:aws:states:us-east-1:123456789012:execution:orders:one"


def allow(action: Any, resource: Any = "*", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


def deny(action: Any, resource: Any = "*") -> dict[str, Any]:
    return allow(action, resource, "Deny")


@dataclass(frozen=True)
class Case:
    name: str
    statements: list[dict[str, Any]]
    result: Decision
    action: str = "states:StartExecution"
    resource: str = ORDERS


DECISIONS = [
    Case("everything", [allow("*")], ALLOWED),
    Case("every action of the service", [allow("states:*")], ALLOWED),
    Case("the action", [allow("states:StartExecution")], ALLOWED),
    Case("actions in another case", [allow("STATES:startexecution")], ALLOWED),
    Case("some letters of the action", [allow("states:Start*")], ALLOWED),
    Case("another action", [allow("states:StopExecution")], NOT_ALLOWED),
    Case("the beginning of the action", [allow("states:StartExecution")], NOT_ALLOWED, "states:StartExecutionX"),
    Case("one of several actions", [allow(["states:StopExecution", "states:StartExecution"])], ALLOWED),
    Case("the resource", [allow("*", ORDERS)], ALLOWED),
    Case("resources in another case", [allow("*", ORDERS.upper().replace("ARN", "arn"))], NOT_ALLOWED),
    Case("the beginning of the resource", [allow("*", ORDERS[:-1])], NOT_ALLOWED),
    Case("the resource and more", [allow("*", ORDERS + "2")], NOT_ALLOWED),
    Case("any region and account", [allow("*", "arn:aws:states:*:*:stateMachine:orders")], ALLOWED),
    Case("a family of names", [allow("*", "arn:*:stateMachine:ord*")], ALLOWED),
    Case("one of several resources", [allow("*", [RUN, ORDERS])], ALLOWED),
    Case("another kind of resource", [allow("*", "arn:*:execution:*")], NOT_ALLOWED),
    Case("action and resource of different statements", [
        allow("states:StartExecution", RUN), allow("states:StopExecution", ORDERS)], NOT_ALLOWED),
    Case("denied before it is allowed", [deny("states:StartExecution"), allow("*")], DENIED),
    Case("denied after it is allowed", [allow("*"), deny("*", ORDERS)], DENIED),
    Case("denied and never allowed", [deny("*")], DENIED),
    Case("something else denied", [allow("*"), deny("*", RUN)], ALLOWED),
    Case("no resource, any allowed", [allow("*")], ALLOWED, "states:ListActivities", "*"),
    Case("no resource, some allowed", [allow("*", ORDERS)], NOT_ALLOWED, "states:ListActivities", "*"),
    Case("a resource that looks like a pattern", [allow("*", ORDERS)], NOT_ALLOWED, resource="arn:*"),
]  # fmt: skip


@pytest.mark.parametrize("case", DECISIONS, ids=lambda case: case.name)
def test_decisions(case: Case) -> None:
    policy = parse_policy({"Version": "2012-10-17", "Statement": case.statements})  # type: ignore[dict-item]  # JSON
    assert policy.decide(case.action, case.resource) is case.result


def test_a_single_statement_needs_no_list() -> None:
    assert parse_policy({"Statement": allow("*")}).decide("states:X", "*") is ALLOWED


@dataclass(frozen=True)
class Refusal:
    name: str
    document: Any
    message: str


REFUSED = [
    Refusal("no object", [], "The policy must be a JSON object, not array."),
    Refusal("unknown member", {"Statements": []}, "/Statements: a policy has Version, Id and Statement only."),
    Refusal("unknown version", {"Version": "2024-01-01", "Statement": []}, "/Version: must be '2012-10-17'."),
    Refusal("no statement", {}, "/Statement: must be a statement or a list of them."),
    Refusal("no statements", {"Statement": []}, "/Statement: must be a statement or a list of them."),
    Refusal("a text as statement", {"Statement": ["x"]}, "/Statement/0: must be an object, not string."),
    Refusal("no effect", {"Statement": [{"Action": "*", "Resource": "*"}]}, "/Statement/0/Effect: must be 'Allow'"),
    Refusal("another effect", {"Statement": [allow("*", effect="allow")]}, "/Statement/0/Effect: must be 'Allow'"),
    Refusal("no action", {"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "/Statement/0/Action: must be a text"),
    Refusal("no actions", {"Statement": [allow([])]}, "/Statement/0/Action: must be a text or a list"),
    Refusal("a number as action", {"Statement": [allow(["*", 1])]}, "/Statement/0/Action: must hold texts only."),
    Refusal("a misspelt action", {"Statement": [allow("*"), allow("states:StratExecution")]},
            "/Statement/1/Action: 'states:StratExecution' is no action here"),
    Refusal("another service", {"Statement": [allow("lambda:InvokeFunction")]}, "'lambda:InvokeFunction' is no action"),
    Refusal("no resource", {"Statement": {"Effect": "Allow", "Action": "*"}}, "/Statement/Resource: must be a text"),
    Refusal("a name as resource", {"Statement": [allow("*", "orders")]}, "'orders' is neither '*' nor an ARN"),
    Refusal("a variable", {"Statement": [allow("*", "arn:${aws:username}")]}, "there are no variables."),
    Refusal("another wildcard", {"Statement": [allow("*", "arn:aws:states:?")]}, "'*' is the only wildcard"),
    Refusal("a condition", {"Statement": [allow("*") | {"Condition": {}}]}, "/Statement/0/Condition: not supported"),
    Refusal("NotAction", {"Statement": [{"Effect": "Allow", "NotAction": "*", "Resource": "*"}]},
            "/Statement/0/NotAction: not supported"),
    Refusal("a principal", {"Statement": [allow("*") | {"Principal": "*"}]}, "/Statement/0/Principal: not supported"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refusals(case: Refusal) -> None:
    with pytest.raises(PolicyError, match=re.escape(case.message)):
        parse_policy(case.document)


@pytest.mark.parametrize(
    "name, action, decision",
    [
        ("full-access", "states:DeleteStateMachine", ALLOWED),
        ("full-access", "steploom:GetMetrics", ALLOWED),
        ("full-access", "events:CreateConnection", ALLOWED),
        ("read-only", "events:DescribeConnection", ALLOWED),
        ("read-only", "events:CreateConnection", NOT_ALLOWED),
        ("read-only", "states:DescribeExecution", ALLOWED),
        ("read-only", "states:ListStateMachines", ALLOWED),
        ("read-only", "states:GetExecutionHistory", ALLOWED),
        ("read-only", "states:GetActivityTask", NOT_ALLOWED),
        ("read-only", "states:StartExecution", NOT_ALLOWED),
        ("metrics", "steploom:GetMetrics", ALLOWED),
        ("metrics", "states:ListStateMachines", NOT_ALLOWED),
    ],
)
def test_named_policies(name: str, action: str, decision: Decision) -> None:
    policy = parse_policy(json.loads(json.dumps(NAMED_POLICIES[name])))
    assert policy.decide(action, "*") is decision


@given(st.text("ab*", max_size=8), st.text("ab*", max_size=10))
def test_patterns_are_those_of_regular_expressions(pattern: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL)
    assert matches(pattern, text) is (expected is not None)
