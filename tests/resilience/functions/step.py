"""Notes that it was called, and blocks for as long as it is told to."""

import os
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["TEST_FOLDER"])


def handler(event: dict[str, Any], context: Any) -> str:
    with (FOLDER / "calls").open("a") as calls:
        calls.write(f"{event['execution']}|{event['state']}\n")
    release = event.get("release")
    while release and not (FOLDER / release).exists():
        time.sleep(0.02)
    state: str = event["state"]
    return state
