"""What a watch over a Kubernetes Job is told of it: pure, as workflows compute it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from interpreter.values import JsonValue


def watch_key(arguments: Mapping[str, JsonValue], answer: JsonValue) -> dict[str, JsonValue]:
    """From the state's arguments and the created Job."""
    metadata = cast("Any", answer).get("metadata", {}) if isinstance(answer, dict) else {}
    options = arguments.get("LogOptions")
    return {
        "cluster": cluster_of(arguments),
        "namespace": metadata.get("namespace", ""),
        "name": metadata.get("name", ""),
        "uid": metadata.get("uid", ""),
        "logs": isinstance(options, dict) and options.get("RetrieveLogs") is True,
    }


def cluster_of(arguments: Mapping[str, JsonValue]) -> str:
    """The name of the cluster that a Task means."""
    return str(arguments.get("Cluster") or "default")
