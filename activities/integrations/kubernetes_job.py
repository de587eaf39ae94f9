"""`kubernetes:job`: creates a Job, with `.sync` waits for its end, and deletes it when nobody waits any more. Ours.

Arguments and results are those of `eks:runJob` ("Call Amazon EKS with Step Functions"), with a cluster that the
installation names in place of an endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast
from urllib.parse import quote

from yarl import URL

from activities.connector_secrets import without_secrets
from activities.failures import unusable_arguments
from activities.function_calls import request_id_of
from activities.http_calls import HttpAnswer, HttpCaller, HttpRequest, Unanswered
from activities.http_results import text_of
from activities.jobs import JsonObject, WatchedJob, failed_envelope
from activities.kubernetes_clusters import Cluster
from activities.kubernetes_keys import cluster_of
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_bytes

_UNANSWERED: Final = "Kubernetes.ClientException"
_LOG_BYTES: Final = 100_000
"""Of the log of one container; a result has 256 KiB at most."""

_PASSING: Final = frozenset({429, 500, 502, 503, 504})


class LookAgain(Exception):
    """A job runs, or its API did not answer; the message says which."""


class JobSource(Protocol):
    """Knows how jobs stand that are not of an AWS API."""

    async def look(self, watched: WatchedJob) -> JsonObject:
        """What a watch returns of a job that has ended. Raises: LookAgain."""
        ...

    async def stop(self, watched: WatchedJob) -> None:
        """Stop a job. Raises: LookAgain, if that is to be tried again."""
        ...


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster and what speaks to it."""

    cluster: Cluster
    caller: HttpCaller


class KubernetesJobs:
    """Runs `kubernetes:job`, and watches what it began.

    Args:
        clusters: by the names that Tasks know them by.
    """

    def __init__(self, clusters: Mapping[str, KnownCluster]) -> None:
        self._clusters = clusters

    async def call(self, arguments: dict[str, JsonValue], state: str, operation_id: str) -> JsonValue:
        """Create the Job once; the Job as the API answers it.

        Raises:
            StatesError: `Kubernetes.<reason>`, or the arguments cannot be used.
        """
        known = self._clusters.get(cluster_of(arguments))
        if known is None:
            raise unusable_arguments(
                without_secrets(arguments), "The installation has no such Cluster (setting kubernetes_clusters)"
            )
        manifest = _manifest(arguments, operation_id)
        namespace = str(arguments.get("Namespace") or known.cluster.namespace)
        path = f"/apis/batch/v1/namespaces/{quote(namespace, safe='')}/jobs"
        where = f"kubernetes:job of state {state!r} on cluster {cluster_of(arguments)!r}"
        try:
            answer = await _send(known, "POST", path, manifest)
        except Unanswered as error:
            raise StatesError(_UNANSWERED, f"{where}: {error}") from None
        if not 200 <= answer.status < 300:
            raise _refused(answer, where)
        return _json(answer)

    # ------------------------------------------------------------------ the watch

    async def look(self, watched: WatchedJob) -> JsonObject:
        """See `JobSource`."""
        key = _Key.read(watched.key)
        answer = await self._ask(key, "GET", key.path)
        if answer.status == 404:
            return {"error": "Kubernetes.NotFound", "cause": f"The Job {key.name} was deleted while it was waited for."}
        if not 200 <= answer.status < 300:
            refused = _refused(answer, f"kubernetes:job {key.name}")
            return {"error": str(refused.name), "cause": str(refused.cause)}
        job = cast("JsonObject", _json(answer))
        if _uid(job) != key.uid:
            return {"error": "Kubernetes.NotFound", "cause": f"Another Job has taken the name {key.name}."}
        ended = _ending(job)
        if ended is None:
            raise LookAgain("the job runs")
        if key.logs:
            job = {**job, "logs": await self._logs(key)}
        return {"output": job} if ended == "Complete" else failed_envelope(job)

    async def stop(self, watched: WatchedJob) -> None:
        """See `JobSource`: the Job is deleted, with its pods."""
        key = _Key.read(watched.key)
        options: JsonObject = {"propagationPolicy": "Background", "preconditions": {"uid": key.uid}}
        await self._ask(key, "DELETE", key.path, options)

    async def _ask(self, key: _Key, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
        known = self._clusters.get(key.cluster)
        if known is None:
            raise LookAgain(f"this worker has no cluster {key.cluster!r} (setting kubernetes_clusters)")
        try:
            answer = await _send(known, method, path, body)
        except Unanswered as error:
            raise LookAgain(str(error)) from None
        if answer.status in _PASSING:
            raise LookAgain(f"{method} was answered with status {answer.status}")
        return answer

    async def _logs(self, key: _Key) -> JsonValue:
        """`{"pods": {pod: {"containers": {container: {"log": text}}}}}`, of those that can be read."""
        answer = await self._ask(key, "GET", f"{key.pods}?labelSelector={quote(f'job-name={key.name}')}")
        found = _json(answer) if answer.status == 200 else {}
        pods: JsonObject = {}
        for pod in cast("list[Any]", found.get("items") or []) if isinstance(found, dict) else []:
            name = str(pod["metadata"]["name"])
            containers: JsonObject = {}
            for container in pod["spec"]["containers"]:
                containers[str(container["name"])] = {"log": await self._log(key, name, str(container["name"]))}
            pods[name] = {"containers": containers}
        return {"pods": pods}

    async def _log(self, key: _Key, pod: str, container: str) -> str:
        path = f"{key.pods}/{quote(pod, safe='')}/log?container={quote(container)}&limitBytes={_LOG_BYTES}"
        answer = await self._ask(key, "GET", path)
        return text_of(answer) if answer.status == 200 else ""


@dataclass(frozen=True, slots=True)
class _Key:
    """What tells a Job from all others."""

    cluster: str
    namespace: str
    name: str
    uid: str
    logs: bool

    @classmethod
    def read(cls, key: Mapping[str, Any]) -> _Key:
        return cls(**{name: key[name] for name in ("cluster", "namespace", "name", "uid", "logs")})

    @property
    def path(self) -> str:
        return f"/apis/batch/v1/namespaces/{quote(self.namespace, safe='')}/jobs/{quote(self.name, safe='')}"

    @property
    def pods(self) -> str:
        return f"/api/v1/namespaces/{quote(self.namespace, safe='')}/pods"


def _manifest(arguments: Mapping[str, JsonValue], operation_id: str) -> JsonObject:
    """The Job to create; one without a name gets the same name whatever makes the attempt arrive twice."""
    job = cast("JsonObject", arguments["Job"])
    metadata = job.get("metadata")
    named: JsonObject = dict(metadata) if isinstance(metadata, dict) else {}
    if not named.get("name") and not named.get("generateName"):
        named["name"] = f"steploom-{request_id_of(operation_id)}"
    return {"apiVersion": "batch/v1", "kind": "Job", **job, "metadata": named}


async def _send(known: KnownCluster, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
    try:
        headers = [("Accept", "application/json"), *known.cluster.headers().items()]
    except OSError as error:
        raise Unanswered(f"the token's file cannot be read: {error.strerror}") from None
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    url = URL(known.cluster.server + path, encoded=True)
    data = None if body is None else json_bytes(body)
    answer = await known.caller.send(HttpRequest(method=method, url=url, headers=headers, body=data), follow=False)
    if answer.too_large:
        raise Unanswered(f"{url.origin()}{url.path}: the answer is too large")
    return answer


def _json(answer: HttpAnswer) -> JsonValue:
    try:
        value: JsonValue = json.loads(answer.body)
    except ValueError:
        raise StatesError(_UNANSWERED, "The Kubernetes API answered with something else than JSON.") from None
    return value


def _refused(answer: HttpAnswer, where: str) -> StatesError:
    """The error of a `Status` object."""
    try:
        status = json.loads(answer.body)
    except ValueError:
        status = None
    told = status if isinstance(status, dict) else {}
    reason, message = told.get("reason") or str(answer.status), told.get("message") or text_of(answer)
    return StatesError(f"Kubernetes.{reason}", f"{where}: {message or answer.reason}")


def _ending(job: JsonValue) -> str | None:
    """`Complete` or `Failed`, None while the Job runs."""
    status = cast("Any", job).get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type") in ("Complete", "Failed") and condition.get("status") == "True":
            return str(condition["type"])
    return None


def _uid(job: JsonValue) -> str:
    return str((cast("Any", job).get("metadata") or {}).get("uid", ""))
