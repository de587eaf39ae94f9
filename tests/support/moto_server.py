"""Moto's server, which stands in for AWS's APIs in tests, in threads of this process on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

LOOPBACK = "127.0.0.1"


@contextmanager
def moto_server() -> Iterator[str]:
    """Run the server until the block ends; its URL."""
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.stop()


def reset(url: str) -> None:
    """Forget everything that the server has."""
    with urlopen(Request(f"{url}/moto-api/reset", method="POST")):
        pass
