"""The HTTP service that the examples ask for prices."""

from __future__ import annotations

import runpy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVER = Path(__file__).parents[2] / "examples" / "http-endpoint" / "server.py"
_POLL_SECONDS = 0.01
"""How often the server looks whether it shall end; the standard library's half second is what each test would take."""


@contextmanager
def price_server() -> Iterator[str]:
    """Run it in a thread, on a free port; the URL that is asked."""
    server = runpy.run_path(str(_SERVER))["serve"]()
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/price"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
