"""Names that are no settings: misspelt variables and TOML keys are told, variables of others let through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from difflib import get_close_matches
from pathlib import Path
from typing import Final

PREFIX: Final = "STEPLOOM_"
CONFIG_VARIABLE: Final = "STEPLOOM_CONFIG"
BINARY_VARIABLE: Final = "STEPLOOM_TEMPORAL_BIN"

_READ_ELSEWHERE: Final = frozenset(
    {
        "STEPLOOM_TOKEN",  # of gRPC clients, as docs/grpc.md writes them
        "STEPLOOM_CONFORMANCE",  # these three are the Makefile's, for tests
        "STEPLOOM_CONFORMANCE_OPTIONAL",
        "STEPLOOM_REFERENCE",
    }
)

_OF_A_SERVICE: Final = re.compile(r"\w+_SERVICE_(HOST|PORT(_\w+)?)|\w+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?")
"""What Kubernetes tells each pod of Services, such as `steploom-api` (Kubernetes documentation, Service)."""

_SERVICE_PORT: Final = re.compile(r"\w+_PORT")
"""One more of them, whose value is a URL: `tcp://10.0.0.11:8083`."""


def unknown_settings(environment: Mapping[str, str], fields: Set[str]) -> Iterator[str]:
    """A message for each variable with our prefix that nobody reads, with the name that may be meant.

    Args:
        environment: names and values; case does not matter in names, as for the settings themselves.
        fields: the names of the settings, without prefix, in lower case.
    """
    ours = {f"{PREFIX}{field.upper()}" for field in fields} | {CONFIG_VARIABLE, BINARY_VARIABLE}
    words = [name.removeprefix(PREFIX) for name in ours]
    for given, value in sorted(environment.items()):
        name = given.upper()
        if not name.startswith(PREFIX) or name in ours | _READ_ELSEWHERE or _is_of_kubernetes(name, value):
            continue
        yield f"{given}: there is no such setting; {_hint(name.removeprefix(PREFIX), words, PREFIX)}"


def unknown_key(given: str, file: Path | None, fields: Set[str]) -> str:
    """The message for a key of the TOML file that is none of the settings `fields`, with the one that may be meant."""
    word = given.lower().removeprefix(PREFIX.lower())
    return f"{given}: there is no such setting, in {file}; {_hint(word, fields)}"


def _hint(word: str, words: Iterable[str], prefix: str = "") -> str:
    """A question for the one of `words` that is like this one, with the prefix that they have been told without."""
    meant = get_close_matches(word, [*words], n=1)
    return f"did you mean {prefix}{meant[0]}?" if meant else "docs/configuration.md lists all."


def _is_of_kubernetes(name: str, value: str) -> bool:
    if _OF_A_SERVICE.fullmatch(name):
        return True
    return _SERVICE_PORT.fullmatch(name) is not None and "://" in value
