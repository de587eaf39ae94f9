"""The HTTP service that the examples ask for prices."""

from __future__ import annotations

import runpy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVER = Path(__file__).parents[2] / "examples" / "http-endpoint" / "server.py"


@contextmanager
def price_server() -> Iterator[str]:
    """Run it in a thread, on a free port; the URL that is asked."""
    server = runpy.run_path(str(_SERVER))["serve"]()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/price"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
