"""A Kubernetes API for tests, as far as Jobs go: they run until a test, or the server by itself, ends them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.support.certificates import Certified

JOBS = "/apis/batch/v1/namespaces/"
PODS = "/api/v1/namespaces/"
_POLL_SECONDS = 0.01
"""How often the server looks whether it shall end; the standard library's half second is what each test would take."""


@dataclass
class FakeKubernetes:
    """The cluster.

    Attributes:
        url: where its API is.
        token: who may call; None lets everybody.
        ends: what becomes of a Job when it is looked at: `Complete`, `Failed`, or None while it runs.
        status: with what every request is answered, None for as it should be.
        requests: methods and paths, in order.
        tokens: who called, in order.
        log: what every container has written.
    """

    url: str = ""
    token: str | None = "cluster-token"
    ends: str | None = None
    status: int | None = None
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    log: str = "line 1\nline 2\n"

    def answer(self, method: str, target: str, token: str | None, body: Any) -> tuple[int, Any]:
        """Status and body of the answer to a request; a text is not JSON."""
        self.requests.append(f"{method} {target}")
        self.tokens.append(token)
        path = urlsplit(target).path
        if self.status is not None:
            return self.status, _status("InternalError", "the cluster is in trouble")
        if self.token is not None and token != f"Bearer {self.token}":
            return 401, _status("Unauthorized", "Unauthorized")
        if path.startswith(PODS):
            return self._pods(path)
        namespace, _, name = path.removeprefix(JOBS).partition("/jobs")
        if method == "POST":
            return self._create(namespace, body)
        job = self.jobs.get(f"{namespace}{name}")
        if job is None:
            return 404, _status("NotFound", f'jobs.batch "{name[1:]}" not found')
        if method == "DELETE":
            return self._delete(f"{namespace}{name}", body)
        if self.ends is not None:
            job["status"] = {"conditions": [{"type": self.ends, "status": "True"}]}
        return 200, job

    def _create(self, namespace: str, body: Any) -> tuple[int, Any]:
        if "template" not in body.get("spec", {}):
            return 422, _status("Invalid", "spec.template: Required value")
        name = body["metadata"]["name"]
        key = f"{namespace}/{name}"
        if key in self.jobs:
            return 409, _status("AlreadyExists", f'jobs.batch "{name}" already exists')
        metadata = {**body["metadata"], "namespace": namespace, "uid": str(uuid4())}
        self.jobs[key] = {**body, "metadata": metadata, "status": {}}
        return 201, self.jobs[key]

    def _delete(self, key: str, body: Any) -> tuple[int, Any]:
        if body["preconditions"]["uid"] != self.jobs[key]["metadata"]["uid"]:
            return 409, _status("Conflict", "the UID in the precondition is another")
        del self.jobs[key]
        return 200, {"kind": "Status", "status": "Success"}

    def _pods(self, path: str) -> tuple[int, Any]:
        if path.endswith("/log"):
            return 200, self.log
        pod = {"metadata": {"name": "pod-1"}, "spec": {"containers": [{"name": "main"}, {"name": "side"}]}}
        return 200, {"kind": "PodList", "items": [pod]}


def _status(reason: str, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "reason": reason, "message": message}


@contextmanager
def fake_kubernetes(certified: Certified | None = None) -> Iterator[FakeKubernetes]:
    """Run the API in threads on a free port of the loopback interface, by TLS with a certificate."""
    cluster = FakeKubernetes()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = cluster.answer(self.command, self.path, self.headers.get("Authorization"), body)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - the names that the base class calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cluster.url = f"{'https' if certified else 'http'}://127.0.0.1:{server.server_port}"
    if certified is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certified.certificate, certified.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,))
    thread.start()
    try:
        yield cluster
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def selector(target: str) -> str:
    """The label selector of a request for pods."""
    return parse_qs(urlsplit(target).query)["labelSelector"][0]
