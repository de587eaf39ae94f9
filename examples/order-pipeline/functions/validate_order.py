"""Checks an order against an inventory that is down twice for each order, as inventories are."""

import os
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.get("ORDER_PIPELINE_FOLDER", Path(tempfile.gettempdir(), "order-pipeline")))
FAILURES = 2


class InventoryUnavailable(Exception):
    """The inventory does not answer; worth another try."""


def handler(event, context):
    order_id = event["order_id"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    attempts = FOLDER / f"attempts-{order_id}"
    failed = int(attempts.read_text()) if attempts.exists() else 0
    if failed < FAILURES:
        attempts.write_text(str(failed + 1))
        raise InventoryUnavailable(f"the inventory did not answer for order {order_id} (attempt {failed + 1})")
    attempts.unlink()
    print(f"order {order_id} is valid")
    return {"order_id": order_id, "user_id": event["user_id"], "valid": True, "total": 129.9}
