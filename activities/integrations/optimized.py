"""What an optimized integration of one AWS API is made of: names and spellings, as data ("Integrating services")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from activities.connector_fields import Field
from activities.jobs import Job
from interpreter.values import JsonValue

Arguments: TypeAlias = Mapping[str, JsonValue]


def _anywhere(_arguments: Arguments) -> str | None:
    return None


def _unchanged(arguments: Arguments, _own_resources: tuple[str, ...]) -> Arguments:
    return arguments


def _accepted(_result: Mapping[str, JsonValue]) -> None:
    return None


def _as_answered(result: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return result


def spellings(*names: str) -> dict[str, str]:
    """Header names as they are shown, by their lower case."""
    return {name.lower(): name for name in names}


def _usual_headers() -> dict[str, str]:
    return spellings("Content-Length", "Content-Type", "Date", "x-amzn-RequestId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How an id is found by its name, before the call that needs it.

    Attributes:
        operation: the API's operation that lists what there is, in PascalCase.
        within: the state's arguments that it takes.
        items: the member of its answer that is the list; its items have Name and Id.
        name: the state's argument that is the name.
        id_argument: under which the id joins the arguments that `Action.prepare` sees.
    """

    operation: str
    within: tuple[str, ...]
    items: str
    name: str
    id_argument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of an optimized integration that is not called as the API's own, or takes other arguments.

    Attributes:
        operation: the API's operation, in PascalCase.
        folder: botocore's name of the API, where it is not that of the service.
        fields: the names of all arguments; None for those of the operation.
        required: the names of those that must be there; None for those that the operation requires.
        members: what is known of the form of some of them.
        alternatives: those of which exactly one must be there.
        finding: what has to be found out first.
        repeats: the state's arguments that join the result.
        stored: whether `Input` and `Output` may name objects of S3 for the body and the answer's.
        prepare: the operation's arguments, from those of the state.
        result: the result, from the operation's.
    """

    operation: str
    folder: str | None = None
    fields: frozenset[str] | None = None
    required: frozenset[str] | None = None
    members: tuple[Field, ...] = ()
    alternatives: tuple[str, ...] = ()
    finding: Finding | None = None
    repeats: tuple[str, ...] = ()
    stored: bool = False
    prepare: Callable[[Arguments], Arguments] = dict
    result: Callable[[dict[str, JsonValue]], dict[str, JsonValue]] = _as_answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimized:
    """One service.

    Attributes:
        folder: botocore's name of the API.
        prefix: what error names begin with.
        sdk_name: what causes call the service: its name in the AWS SDK for Java v1.
        base_exception: the error of codes that the API does not model.
        metadata: whether results show `SdkHttpMetadata` and `SdkResponseMetadata`.
        headers: names of HTTP headers as results show them (recorded where they are given, else the usual ones); others
            keep the lower case in which botocore has them.
        region: the region that the arguments ask for, None for the usual one; raises `OSError` for no such host.
        prepare: the arguments as they are sent, from those of the state and the ARNs of execution and state machine.
        check: raises `StatesError` for an answer that is a failure.
        known: the arguments that there are, where others are dropped and not shown; None where they are not looked at.
        actions: those that differ from the API's own, by name.
        jobs: what can be waited for with `.sync`, by the action that submits it.
        submitted: the arguments of a call whose job or token is waited for, from those of the state.
        check_submission: raises `StatesError` for an answer to such a call that began nothing.
    """

    folder: str
    prefix: str
    sdk_name: str
    base_exception: str
    metadata: bool = True
    headers: Mapping[str, str] = field(default_factory=_usual_headers)
    region: Callable[[Arguments], str | None] = _anywhere
    prepare: Callable[[Arguments, tuple[str, ...]], Arguments] = _unchanged
    check: Callable[[Mapping[str, JsonValue]], None] = _accepted
    known: frozenset[str] | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    submitted: Callable[[Arguments], Arguments] = dict
    check_submission: Callable[[Mapping[str, JsonValue]], None] = _accepted
