"""Notes that it was called, and keeps the task token for whoever answers."""

import os
import uuid
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["TEST_FOLDER"])


def handler(event: dict[str, Any], context: Any) -> None:
    with (FOLDER / "calls").open("a") as calls:
        calls.write(f"{event['execution']}|Ask\n")
    draft = FOLDER / f"{uuid.uuid4()}.draft"
    draft.write_text(event["token"])
    draft.rename(FOLDER / "tokens" / f"{event['execution']}.{draft.stem}")
