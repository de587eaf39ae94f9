"""What a watch over a Kubernetes Job is told of it: pure, as workflows compute it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from activities.jobs import WatchedJob
from interpreter.values import JsonValue

_OF_EKS: Final = ("ClusterName", "CertificateAuthority", "Endpoint")


def watched(service: str, action: str, arguments: Mapping[str, JsonValue], answer: JsonValue) -> WatchedJob:
    """The Job that a call of this resource created, as it is waited for."""
    return WatchedJob(service=service, action=action, key=watch_key(service, arguments, answer))


def watch_key(service: str, arguments: Mapping[str, JsonValue], answer: JsonValue) -> dict[str, JsonValue]:
    """From the state's arguments and what the call that created the Job answered: `service` is its resource's."""
    return _eks_key(arguments, answer) if service == "eks" else _key(arguments, answer)


def _key(arguments: Mapping[str, JsonValue], answer: JsonValue) -> dict[str, JsonValue]:
    return {"cluster": cluster_of(arguments), **_job(answer), "logs": _options(arguments).get("RetrieveLogs") is True}


def _eks_key(arguments: Mapping[str, JsonValue], answer: JsonValue) -> dict[str, JsonValue]:
    options = _options(arguments)
    return {
        "cluster": {name: arguments[name] for name in _OF_EKS},
        **_job(answer.get("ResponseBody") if isinstance(answer, dict) else None),
        "logs": options.get("RetrieveLogs") is True,
        "rawLogs": options.get("RawLogs") is True,
        "logParameters": options.get("LogParameters") or {},
    }


def _job(created: JsonValue) -> dict[str, JsonValue]:
    metadata = cast("Any", created).get("metadata", {}) if isinstance(created, dict) else {}
    return {name: metadata.get(name, "") for name in ("namespace", "name", "uid")}


def _options(arguments: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    options = arguments.get("LogOptions")
    return options if isinstance(options, dict) else {}


def cluster_of(arguments: Mapping[str, JsonValue]) -> str:
    """The name of the cluster that a Task means."""
    return str(arguments.get("Cluster") or "default")
