"""Policies: which actions a caller may take on which resources, in the JSON of IAM's identity-based policies.

A statement allows or denies actions on resources; `*` stands for any text in either. What no statement allows is not
allowed, what one denies is denied whatever others allow (IAM's guide, "Policy evaluation logic"). Elements of IAM's
language that are not understood here (Condition, NotAction ...) are refused: half a policy would allow too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from api.access.actions import GET_METRICS, Need, known_actions
from api.access.errors import AccessDeniedException
from interpreter.values import JsonValue, json_type_name

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_STATEMENT_MEMBERS: Final = frozenset({"Sid", "Effect", "Action", "Resource"})


class PolicyError(Exception):
    """A policy cannot be used; the message says where and why."""


class Decision(Enum):
    """What a policy says about one action on one resource."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; actions are in lower case, since IAM does not tell them apart by case."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def is_about(self, action: str, resource: str) -> bool:
        """Whether the statement speaks of this action (in lower case) on this resource."""
        return any(matches(pattern, action) for pattern in self.actions) and any(
            matches(pattern, resource) for pattern in self.resources
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """All statements about one caller."""

    statements: tuple[Statement, ...]

    def decide(self, action: str, resource: str) -> Decision:
        """Whether the caller may take an action on a resource."""
        lower = action.lower()
        about = [statement.allows for statement in self.statements if statement.is_about(lower, resource)]
        if not about:
            return Decision.NOT_ALLOWED
        return Decision.ALLOWED if all(about) else Decision.DENIED

    def check(self, who: str, needed: Iterable[Need]) -> None:
        """See that the caller, called `who` in the refusal, may do all that is needed.

        Raises:
            AccessDeniedException: they may not.
        """
        for need in needed:
            decision = self.decide(need.action, need.resource)
            if decision is not Decision.ALLOWED:
                explicitly = decision is Decision.DENIED
                raise AccessDeniedException.by_policy(who, need.action, need.resource, explicitly=explicitly)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern, in which `*` stands for any text, describes the whole of `text`. Never backtracks."""
    if pattern == "*":
        return True
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or not (text.startswith(first) and text.endswith(last)):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def parse_policy(document: JsonValue) -> Policy:
    """Read a policy document.

    Raises:
        PolicyError: it is malformed, names no action that there is, or has an element that is not understood.
    """
    if not isinstance(document, dict):
        raise PolicyError(f"The policy must be a JSON object, not {json_type_name(document)}.")
    for name in document:
        if name not in ("Version", "Id", "Statement"):
            raise PolicyError(f"/{name}: a policy has Version, Id and Statement only.")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise PolicyError(f"/Version: must be {_VERSIONS[0]!r}.")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        return Policy((_statement(statements, "/Statement"),))
    if not isinstance(statements, list) or not statements:
        raise PolicyError("/Statement: must be a statement or a list of them.")
    return Policy(tuple(_statement(each, f"/Statement/{number}") for number, each in enumerate(statements)))


def _statement(value: JsonValue, at: str) -> Statement:
    if not isinstance(value, dict):
        raise PolicyError(f"{at}: must be an object, not {json_type_name(value)}.")
    for name in value:
        if name not in _STATEMENT_MEMBERS:
            raise PolicyError(f"{at}/{name}: not supported; a statement has Sid, Effect, Action and Resource.")
    effect = value.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyError(f"{at}/Effect: must be 'Allow' or 'Deny'.")
    actions = tuple(_action(text, f"{at}/Action") for text in _texts(value, "Action", at))
    resources = tuple(_resource(text, f"{at}/Resource") for text in _texts(value, "Resource", at))
    return Statement(effect == "Allow", actions, resources)


def _texts(statement: Mapping[str, JsonValue], name: str, at: str) -> list[str]:
    value = statement.get(name)
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts:
        raise PolicyError(f"{at}/{name}: must be a text or a list of texts.")
    checked = [text for text in texts if isinstance(text, str)]
    if len(checked) < len(texts):
        raise PolicyError(f"{at}/{name}: must hold texts only.")
    return checked


def _action(text: str, at: str) -> str:
    lower = text.lower()
    if not any(matches(lower, action.lower()) for action in known_actions()):
        raise PolicyError(f"{at}: {text!r} is no action here, such as 'states:StartExecution', 'states:*' or '*'.")
    return lower


def _resource(text: str, at: str) -> str:
    if "?" in text or "${" in text:
        raise PolicyError(f"{at}: {text!r}: '*' is the only wildcard, and there are no variables.")
    if text != "*" and not text.startswith("arn:"):
        raise PolicyError(f"{at}: {text!r} is neither '*' nor an ARN, which may hold '*'.")
    return text


def _allowing(*actions: str) -> Mapping[str, JsonValue]:
    return {
        "Version": _VERSIONS[0],
        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
    }


NAMED_POLICIES: Final[Mapping[str, Mapping[str, JsonValue]]] = {
    "full-access": _allowing("states:*", "events:*", "steploom:*"),
    "read-only": _allowing(
        "states:Describe*", "states:List*", "states:GetExecutionHistory", "events:Describe*", "events:List*"
    ),
    "metrics": _allowing(GET_METRICS),
}
"""Policies that need no file."""
