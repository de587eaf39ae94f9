"""Kubernetes clusters that the installation names: where their APIs are, and who we are there.

Plain requests instead of the package `kubernetes`: that one repeats what was not answered, reads answers of any length,
and would bring a large dependency for five requests. What it has beyond, kubeconfig files with plug-ins that fetch
credentials, a token file written by such a plug-in takes the place of.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yarl import URL

from interpreter.values import JsonValue

_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its own credentials (Kubernetes, "Accessing the API from a Pod")."""

_MEMBERS: Final = frozenset(
    {
        "server",
        "namespace",
        "token",
        "token_file",
        "ca_file",
        "client_certificate_file",
        "client_key_file",
        "in_cluster",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster.

    Attributes:
        server: the URL of its API.
        namespace: where jobs run that name none.
        token: a bearer token.
        token_file: a file with one, read for each request: such tokens end.
        ca_file: certificates that the API's is checked against, instead of the system's.
        client_certificate_file: a client certificate, with `client_key_file`.
    """

    server: str
    namespace: str = "default"
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    ca_file: Path | None = None
    client_certificate_file: Path | None = None
    client_key_file: Path | None = None

    def headers(self) -> Mapping[str, str]:
        """What authorizes a request. Raises: OSError, if the token's file cannot be read."""
        token = self.token if self.token_file is None else self.token_file.read_text("ascii").strip()
        return {} if token is None else {"Authorization": f"Bearer {token}"}

    def tls(self) -> ssl.SSLContext:
        """How the API is spoken to. Raises: OSError, if a file cannot be read or holds something else."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.client_certificate_file is not None:
            context.load_cert_chain(self.client_certificate_file, self.client_key_file)
        return context


def parse_cluster(value: Mapping[str, JsonValue]) -> Cluster:
    """A cluster from the members of the setting. Raises: ValueError."""
    for name, member in value.items():
        if name not in _MEMBERS:
            raise ValueError(f"{name!r} is none of {', '.join(sorted(_MEMBERS))}")
        if not isinstance(member, bool if name == "in_cluster" else str):
            raise ValueError(f"{name!r} must be {'true or false' if name == 'in_cluster' else 'a text'}")
    if value.get("in_cluster") is True:
        return _own_cluster()
    texts = {name: str(member) for name, member in value.items() if name != "in_cluster"}
    server = texts.get("server", "")
    if URL(server).scheme not in ("http", "https") or not URL(server).host:
        raise ValueError("'server' must be the URL of a Kubernetes API")
    files = {name: Path(text) for name, text in texts.items() if name.endswith("_file")}
    return Cluster(
        server=server.rstrip("/"),
        namespace=texts.get("namespace", "default"),
        token=texts.get("token"),
        token_file=files.get("token_file"),
        ca_file=files.get("ca_file"),
        client_certificate_file=files.get("client_certificate_file"),
        client_key_file=files.get("client_key_file"),
    )


def _own_cluster() -> Cluster:
    """The cluster that this process is a pod of."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise ValueError("'in_cluster' needs KUBERNETES_SERVICE_HOST: this process is not in a pod")
    namespace = _ACCOUNT / "namespace"
    return Cluster(
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        namespace=namespace.read_text("ascii").strip() if namespace.is_file() else "default",
        token_file=_ACCOUNT / "token",
        ca_file=_ACCOUNT / "ca.crt",
    )
