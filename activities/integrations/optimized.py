"""What an optimized integration of one AWS API is made of: names and spellings, as data ("Integrating services")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from interpreter.values import JsonValue

Arguments: TypeAlias = Mapping[str, JsonValue]


def _anywhere(_arguments: Arguments) -> str | None:
    return None


def _unchanged(arguments: Arguments, _own_resources: tuple[str, ...]) -> Arguments:
    return arguments


def _accepted(_result: Mapping[str, JsonValue]) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimized:
    """One service.

    Attributes:
        folder: botocore's name of the API.
        prefix: what error names begin with.
        sdk_name: what causes call the service: its name in the AWS SDK for Java v1.
        base_exception: the error of codes that the API does not model.
        metadata: whether results show `SdkHttpMetadata` and `SdkResponseMetadata`.
        headers: names of HTTP headers as results show them; others keep the lower case in which botocore has them.
        region: the region that the arguments ask for, None for the usual one; raises `OSError` for no such host.
        prepare: the arguments as they are sent, from those of the state and the ARNs of execution and state machine.
        check: raises `StatesError` for an answer that is a failure.
    """

    folder: str
    prefix: str
    sdk_name: str
    base_exception: str
    metadata: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    region: Callable[[Arguments], str | None] = _anywhere
    prepare: Callable[[Arguments, tuple[str, ...]], Arguments] = _unchanged
    check: Callable[[Mapping[str, JsonValue]], None] = _accepted


def spellings(*names: str) -> dict[str, str]:
    """Header names as they are shown, by their lower case."""
    return {name.lower(): name for name in names}
