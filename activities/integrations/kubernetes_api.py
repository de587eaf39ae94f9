"""Jobs of a Kubernetes API: created once, looked at until they have ended, deleted (Kubernetes, "Job", batch/v1).

What speaks to the API is `kubernetes:job`'s or `eks:runJob`'s own; they also name their errors in their own way.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias, cast
from urllib.parse import quote, urlencode

from activities.function_calls import request_id_of
from activities.http_calls import HttpAnswer, Unanswered
from activities.http_results import text_of
from activities.jobs import JsonObject, WatchedJob, failed_envelope
from interpreter.errors import StatesError
from interpreter.values import JsonValue, parse_json

_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409

_NAME_LENGTH: Final = 63
_SUFFIX_LENGTH: Final = 10


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


class KubernetesApi(Protocol):
    """Makes requests to one cluster's API."""

    async def send(self, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
        """One request; `path` has its query with it. Raises: Unanswered."""
        ...


ErrorOf: TypeAlias = Callable[[int, str | None, str], StatesError]
"""The error of a refusal: its status, the reason that the API gives, and the cause."""


@dataclass(frozen=True, slots=True)
class Logs:
    """How logs are read.

    Attributes:
        parameters: those of the API's request for a log.
        parsed: whether a log that is JSON is shown as such.
    """

    parameters: Mapping[str, list[str]]
    parsed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What tells a Job from all others in its cluster."""

    namespace: str
    name: str
    uid: str

    @property
    def path(self) -> str:
        """The Job's own."""
        return f"{jobs_path(self.namespace)}/{quote(self.name, safe='')}"

    @property
    def pods(self) -> str:
        """That of the namespace's pods."""
        return f"/api/v1/namespaces/{quote(self.namespace, safe='')}/pods"


def jobs_path(namespace: str) -> str:
    """Where a namespace's Jobs are."""
    return f"/apis/batch/v1/namespaces/{quote(namespace, safe='')}/jobs"


async def create(api: KubernetesApi, namespace: str, job: JsonObject, operation_id: str) -> HttpAnswer:
    """Create a Job, whose answer it is; one with a name of ours that is there already has been created by this attempt.

    Raises:
        Unanswered: there was no answer.
    """
    manifest, ours = _manifest(job, operation_id)
    answer = await api.send("POST", jobs_path(namespace), manifest)
    if ours is None or answer.status != _CONFLICT:
        return answer
    found = await api.send("GET", f"{jobs_path(namespace)}/{quote(ours, safe='')}")
    return answer if found.status == _NOT_FOUND else found


def _manifest(job: JsonObject, operation_id: str) -> tuple[JsonObject, str | None]:
    """The Job to create, and its name where it is made here: the same whatever makes the attempt arrive twice."""
    metadata = job.get("metadata")
    named: JsonObject = dict(metadata) if isinstance(metadata, dict) else {}
    ours = None
    if not named.get("name"):
        ours = named["name"] = _name(named.get("generateName"), operation_id)
    return {"apiVersion": "batch/v1", "kind": "Job", **job, "metadata": named}, ours


def _name(beginning: JsonValue, operation_id: str) -> str:
    request_id = request_id_of(operation_id)
    if not isinstance(beginning, str) or not beginning:
        return f"steploom-{request_id}"
    suffix = hashlib.sha256(request_id.encode()).hexdigest()[:_SUFFIX_LENGTH]
    return beginning[: _NAME_LENGTH - _SUFFIX_LENGTH] + suffix


def refusal(answer: HttpAnswer, where: str, error: ErrorOf) -> StatesError:
    """The error of an answer that is a refusal, a `Status` object as a rule."""
    try:
        status = json.loads(answer.body)
    except ValueError:
        status = None
    told = status if isinstance(status, dict) else {}
    reason, message = told.get("reason"), told.get("message") or text_of(answer) or answer.reason
    return error(answer.status, reason if isinstance(reason, str) and reason else None, f"{where}: {message}")


@dataclass(frozen=True, slots=True)
class JobWatched:
    """One Job that is waited for.

    Attributes:
        api: the API of its cluster.
        place: which Job it is.
        logs: how its logs are read, None where they are not.
        resource: what causes call it.
        error: the errors of refusals.
    """

    api: KubernetesApi
    place: Place
    logs: Logs | None
    resource: str
    error: ErrorOf

    async def look(self) -> JsonObject:
        """See `JobSource`."""
        answer = await self._ask("GET", self.place.path)
        if answer.status == _NOT_FOUND:
            return self._gone(f"The Job {self.place.name} was deleted while it was waited for.")
        if not 200 <= answer.status < 300:
            return _envelope(refusal(answer, f"{self.resource} {self.place.name}", self.error))
        job = _object(answer)
        if _uid(job) != self.place.uid:
            return self._gone(f"Another Job has taken the name {self.place.name}.")
        ended = _ending(job)
        if ended is None:
            raise LookAgain("the job runs")
        if self.logs is not None:
            job = {**job, "logs": await self._logs(self.logs)}
        return {"output": job} if ended == "Complete" else failed_envelope(job)

    async def stop(self) -> None:
        """See `JobSource`: the Job is deleted, with its pods."""
        options: JsonObject = {"propagationPolicy": "Background", "preconditions": {"uid": self.place.uid}}
        await self._ask("DELETE", self.place.path, options)

    def _gone(self, cause: str) -> JsonObject:
        return _envelope(self.error(_NOT_FOUND, "NotFound", cause))

    async def _ask(self, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
        try:
            answer = await self.api.send(method, path, body)
        except Unanswered as error:
            raise LookAgain(str(error)) from None
        if answer.status in _PASSING:
            raise LookAgain(f"{method} was answered with status {answer.status}")
        return answer

    async def _logs(self, logs: Logs) -> JsonValue:
        """`{"pods": {pod: {"containers": {container: {"log": ...}}}}}`, of those that can be read."""
        selector = quote(f"job-name={self.place.name}")
        answer = await self._ask("GET", f"{self.place.pods}?labelSelector={selector}")
        found = _object(answer) if answer.status == 200 else {}
        pods: JsonObject = {}
        for pod in cast("list[Any]", found.get("items") or []):
            name = str(pod["metadata"]["name"])
            containers: JsonObject = {}
            for container in pod["spec"]["containers"]:
                containers[str(container["name"])] = {"log": await self._log(name, str(container["name"]), logs)}
            pods[name] = {"containers": containers}
        return {"pods": pods}

    async def _log(self, pod: str, container: str, logs: Logs) -> JsonValue:
        query = urlencode([("container", container), *_pairs(logs.parameters)])
        answer = await self._ask("GET", f"{self.place.pods}/{quote(pod, safe='')}/log?{query}")
        text = text_of(answer) if answer.status == 200 else ""
        return _parsed(text) if logs.parsed else text


def _pairs(parameters: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in parameters.items() for value in values]


def _parsed(text: str) -> JsonValue:
    try:
        return parse_json(text)
    except ValueError:  # most logs are no JSON
        return text


def _object(answer: HttpAnswer) -> JsonObject:
    """Raises: LookAgain, if the answer is no JSON object: a proxy's, or a part of one."""
    try:
        value = parse_json(answer.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise LookAgain("the answer of the Kubernetes API is no JSON object")
    return value


def _envelope(error: StatesError) -> JsonObject:
    return {"error": str(error.name), "cause": str(error.cause)}


def _ending(job: JsonValue) -> str | None:
    """`Complete` or `Failed`, None while the Job runs."""
    status = cast("Any", job).get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type") in ("Complete", "Failed") and condition.get("status") == "True":
            return str(condition["type"])
    return None


def _uid(job: JsonValue) -> str:
    return str((cast("Any", job).get("metadata") or {}).get("uid", ""))


class KubernetesJobSource(ABC):
    """A `JobSource` of Jobs in clusters; which cluster and Job it is, the key of what is watched says."""

    async def look(self, watched: WatchedJob) -> JsonObject:
        """See `JobSource`."""
        return await self._watched(watched).look()

    async def stop(self, watched: WatchedJob) -> None:
        """See `JobSource`."""
        await self._watched(watched).stop()

    @abstractmethod
    def _watched(self, watched: WatchedJob) -> JobWatched:
        """The Job. Raises: LookAgain, if its cluster cannot be asked now."""
