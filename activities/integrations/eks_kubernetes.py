"""`eks:call` and `eks:runJob`: requests to a cluster's Kubernetes API ("Call Amazon EKS with Step Functions").

A Task names the cluster's endpoint and certificate authority itself; who we are there, the cluster finds out from a
signed request to STS, which is what a token of EKS is ("Amazon EKS, IAM authenticator").
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from yarl import URL

from activities.address_guard import AddressGuard
from activities.aws_clients import in_daemon_thread
from activities.connector_secrets import without_secrets
from activities.failures import client_error, unusable_arguments
from activities.http_calls import HttpAnswer, HttpRequest, Unanswered, http_caller
from activities.http_results import check_size, refused_nesting, text_of
from activities.integrations.kubernetes_api import JobWatched, KubernetesJobSource, Logs, Place, create, refusal
from activities.jobs import JsonObject, WatchedJob
from activities.service_models import aws_session
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue, NestingError, json_bytes, parse_json

_PREFIX: Final = "EKS"
_LIMIT_SECONDS: Final = 60.0
_TOKEN_SECONDS: Final = 60
"""How long the request is good that a token is made of."""

_USUAL_NAMESPACE: Final = "default"
_PATCHES: Final = ("application/merge-patch+json", "application/json-patch+json")
"""Of objects and of lists: the types of a PATCH that every resource takes, and all that a body can tell."""

_EKS_HOST: Final = re.compile(
    r"(?:[a-z0-9-]+\.)+(?P<region>[a-z0-9-]+)\.eks\.amazonaws\.com(?:\.cn)?"
    r"|(?:[a-z0-9-]+\.)+eks-cluster\.(?P<dual>[a-z0-9-]+)\.api\.(?:aws|amazonwebservices\.com\.cn)",
    re.IGNORECASE,
)
"""The hosts of clusters, the latter with IPv6 too."""


class EksKubernetes(KubernetesJobSource):
    """Runs `eks:call` and `eks:runJob`, and watches what the latter began.

    Args:
        guard: who may be called. Where it is on, only EKS itself is shown a token.
        region: of clusters whose endpoint does not say theirs.
        limit_seconds: for each answer.
    """

    def __init__(self, guard: AddressGuard, region: str, *, limit_seconds: float = _LIMIT_SECONDS) -> None:
        self._guard = guard
        self._region = region
        self._limit_seconds = limit_seconds
        self._session = aws_session(region)

    async def call(self, arguments: dict[str, JsonValue], state: str) -> JsonValue:
        """One request: `{"ResponseBody": ..., "StatusCode": ...}`.

        Raises:
            StatesError: `EKS.<status>`, `EKS.SdkClientException`, or the arguments cannot be used.
        """
        cluster = self._cluster(arguments)
        path = str(arguments["Path"])
        if not path.startswith("/"):
            raise _unusable(arguments, "The value of the field 'Path' must begin with a slash")
        where = f"eks:call of state {state!r}"
        query = urlencode(_pairs(arguments.get("QueryParameters")), quote_via=quote)
        target = quote(path, safe="/%:@!$&'()*+,;=~") + (f"?{query}" if query else "")
        answer = await _answered(cluster.send(str(arguments["Method"]), target, arguments.get("RequestBody")), where)
        if not 200 <= answer.status < 300:
            raise refusal(answer, f"{where}: {cluster.endpoint}", _error)
        return _result(answer, where)

    async def run_job(self, arguments: dict[str, JsonValue], state: str, operation_id: str) -> JsonValue:
        """Create the Job once: `{"ResponseBody": <the Job>, "StatusCode": 201}`. Raises as `call`."""
        cluster = self._cluster(arguments)
        namespace = str(arguments.get("Namespace") or _USUAL_NAMESPACE)
        where = f"eks:runJob of state {state!r}"
        creating = create(cluster, namespace, cast("JsonObject", arguments["Job"]), operation_id)
        answer = await _answered(creating, where)
        if not 200 <= answer.status < 300:
            raise refusal(answer, f"{where}: {cluster.endpoint}", _error)
        return _result(answer, where)

    def _watched(self, watched: WatchedJob) -> JobWatched:
        key = cast("Mapping[str, Any]", watched.key)
        logs = Logs(parameters=key["logParameters"], parsed=not key["rawLogs"]) if key["logs"] else None
        place = Place(key["namespace"], key["name"], key["uid"])
        return JobWatched(self._cluster(key["cluster"]), place, logs, "eks:runJob", _error)

    def _cluster(self, arguments: Mapping[str, JsonValue]) -> _EksCluster:
        """The cluster that arguments, or those of them that a watch keeps, mean. Raises: StatesRuntime."""
        url = _url(arguments)
        eks = _EKS_HOST.fullmatch(url.host or "")
        if self._guard.on and (eks is None or url.scheme != "https"):
            reason = "The value of the field 'Endpoint' is not the URL of an EKS cluster (http_guard)"
            raise _unusable(arguments, reason)
        region = (eks["region"] or eks["dual"]) if eks else self._region
        name = str(arguments["ClusterName"])
        return _EksCluster(
            endpoint=str(url.origin()),
            tls=_tls(arguments),
            guard=self._guard,
            limit_seconds=self._limit_seconds,
            token=lambda: _token(self._session, region, name),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _EksCluster:
    """A cluster (`KubernetesApi`); each request has a connection and a token of its own."""

    endpoint: str
    tls: ssl.SSLContext
    guard: AddressGuard
    limit_seconds: float
    token: Callable[[], str] = field(repr=False)

    async def send(self, method: str, path: str, body: JsonValue = None) -> HttpAnswer:
        """See `KubernetesApi`."""
        try:
            token = await in_daemon_thread(self.token, name="eks-token")
        except BotoCoreError as error:
            raise Unanswered(f"no token for the cluster: {error}") from None
        headers = [("Accept", "application/json"), ("Authorization", f"Bearer {token}")]
        if body is not None:
            headers.append(("Content-Type", _content_type(method, body)))
        request = HttpRequest(
            method=method,
            url=URL(self.endpoint + path, encoded=True),
            headers=headers,
            body=None if body is None else json_bytes(body),
        )
        async with http_caller(self.guard, limit_seconds=self.limit_seconds, tls=self.tls) as caller:
            return await caller.send(request, follow=False)


def _token(session: Session, region: str, cluster: str) -> str:
    """A token of EKS: a signed request to STS that only says who we are. Looking for credentials may block."""
    credentials = session.get_credentials()
    if credentials is None:
        raise Unanswered("no token for the cluster: unable to load AWS credentials")
    partition = session.get_partition_for_region(region)
    host = f"sts.{region}.amazonaws.com" + (".cn" if partition == "aws-cn" else "")
    request = AWSRequest(
        method="GET",
        url=f"https://{host}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={"x-k8s-aws-id": cluster},
    )
    sign = cast("Callable[..., Any]", SigV4QueryAuth)(credentials, "sts", region, expires=_TOKEN_SECONDS)
    sign.add_auth(request)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(str(request.url).encode()).decode("ascii").rstrip("=")


def _url(arguments: Mapping[str, JsonValue]) -> URL:
    """Raises: StatesRuntime."""
    reason = "The value of the field 'Endpoint' is not the URL of a Kubernetes API"
    try:
        url = URL(str(arguments["Endpoint"]))
    except ValueError:  # of a port that is none, for instance
        raise _unusable(arguments, reason) from None
    if url.scheme not in ("https", "http") or not url.host:
        raise _unusable(arguments, reason)
    return url


def _tls(arguments: Mapping[str, JsonValue]) -> ssl.SSLContext:
    """Trusts the cluster's certificate authority and no other. Raises: StatesRuntime."""
    try:
        given = "".join(str(arguments["CertificateAuthority"]).split())
        authority = base64.b64decode(given, validate=True).decode("ascii")
        if not authority:  # for which Python trusts the system's
            raise ssl.SSLError
        return ssl.create_default_context(cadata=authority)
    except (binascii.Error, UnicodeDecodeError, ssl.SSLError):
        reason = "The value of the field 'CertificateAuthority' is not the certificate of an authority, in base64"
        raise _unusable(arguments, reason) from None


async def _answered(sending: Any, where: str) -> HttpAnswer:
    """Raises: StatesError, if there is no answer or too large a one."""
    try:
        answer: HttpAnswer = await sending
    except Unanswered as error:
        raise client_error(f"{where}: {error}", prefix=_PREFIX) from None
    check_size(answer, "eks")
    return answer


def _result(answer: HttpAnswer, where: str) -> JsonValue:
    """Raises: StatesRuntime, if the body is nested too deeply; `where` begins the cause."""
    try:
        body = parse_json(answer.body) if answer.body else ""
    except NestingError as error:
        raise refused_nesting(where, error) from None
    except ValueError:
        body = text_of(answer)  # of a log, for instance
    return {"ResponseBody": body, "StatusCode": answer.status}


def _content_type(method: str, body: JsonValue) -> str:
    if method != "PATCH":
        return "application/json"
    return _PATCHES[isinstance(body, list)]


def _pairs(parameters: JsonValue) -> list[tuple[str, str]]:
    given = cast("Mapping[str, list[str]]", parameters or {})
    return [(name, value) for name, values in given.items() for value in values]


def _error(status: int, _reason: str | None, cause: str) -> StatesError:
    return StatesError(f"{_PREFIX}.{status}", cause)


def _unusable(arguments: Mapping[str, JsonValue], reason: str) -> StatesRuntime:
    return unusable_arguments(without_secrets(dict(arguments)), reason)
