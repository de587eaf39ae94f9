"""`kubernetes:job`: creates a Job, with `.sync` waits for its end, and deletes it when nobody waits any more. Ours.

Arguments and results are those of `eks:runJob` ("Call Amazon EKS with Step Functions"), with a cluster that the
installation names in place of an endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from yarl import URL

from activities.connector_secrets import without_secrets
from activities.failures import unusable_arguments
from activities.http_calls import HttpAnswer, HttpCaller, HttpRequest, Unanswered
from activities.integrations.kubernetes_api import (
    JobWatched,
    KubernetesJobSource,
    Logs,
    LookAgain,
    Place,
    create,
    refusal,
)
from activities.jobs import JsonObject, WatchedJob
from activities.kubernetes_clusters import Cluster
from activities.kubernetes_keys import cluster_of
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_bytes, parse_json

_UNANSWERED: Final = "Kubernetes.ClientException"
_LOGS: Final = Logs(parameters={"limitBytes": ["100000"]}, parsed=False)
"""Of the log of one container; a result has 256 KiB at most."""


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster and what speaks to it (`KubernetesApi`)."""

    cluster: Cluster
    caller: HttpCaller

    async def send(self, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
        """See `KubernetesApi`."""
        try:
            headers = [("Accept", "application/json"), *self.cluster.headers().items()]
        except OSError as error:
            raise Unanswered(f"the token's file cannot be read: {error.strerror}") from None
        if body is not None:
            headers.append(("Content-Type", "application/json"))
        url = URL(self.cluster.server + path, encoded=True)
        data = None if body is None else json_bytes(body)
        answer = await self.caller.send(HttpRequest(method=method, url=url, headers=headers, body=data), follow=False)
        if answer.too_large:
            raise Unanswered(f"{url.origin()}{url.path}: the answer is too large")
        return answer


class KubernetesJobs(KubernetesJobSource):
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
        namespace = str(arguments.get("Namespace") or known.cluster.namespace)
        where = f"kubernetes:job of state {state!r} on cluster {cluster_of(arguments)!r}"
        try:
            answer = await create(known, namespace, cast("JsonObject", arguments["Job"]), operation_id)
        except Unanswered as error:
            raise StatesError(_UNANSWERED, f"{where}: {error}") from None
        if not 200 <= answer.status < 300:
            raise refusal(answer, where, _error)
        try:
            return parse_json(answer.body)
        except ValueError:
            raise StatesError(_UNANSWERED, f"{where}: the answer is not JSON") from None

    def _watched(self, watched: WatchedJob) -> JobWatched:
        key = cast("Mapping[str, Any]", watched.key)
        known = self._clusters.get(key["cluster"])
        if known is None:
            raise LookAgain(f"this worker has no cluster {key['cluster']!r} (setting kubernetes_clusters)")
        place = Place(key["namespace"], key["name"], key["uid"])
        return JobWatched(known, place, _LOGS if key["logs"] else None, "kubernetes:job", _error)


def _error(status: int, reason: str | None, cause: str) -> StatesError:
    return StatesError(f"Kubernetes.{reason or status}", cause)
