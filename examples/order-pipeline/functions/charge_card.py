"""Asks a person to approve the charge: leaves the task token in a file, from which whoever decides takes it."""

import json
import os
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.get("ORDER_PIPELINE_FOLDER", Path(tempfile.gettempdir(), "order-pipeline")))


def handler(event, context):
    FOLDER.mkdir(parents=True, exist_ok=True)
    order = event["input"]["Payload"]
    approval = {"taskToken": event["taskToken"], "order_id": order["order_id"], "amount": order["total"]}
    written = FOLDER / "approval.json.part"
    written.write_text(json.dumps(approval))
    written.replace(FOLDER / "approval.json")
    print(f"order {order['order_id']} waits for approval of {order['total']}")
