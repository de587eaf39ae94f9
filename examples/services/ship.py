"""Does the shipping: takes one request from the queue and answers its task token."""

from __future__ import annotations

import json

import boto3


def ship(steploom: str, queue: str) -> None:
    """Answer one request; `steploom` is the URL of the HTTP door, `queue` that of the queue."""
    session = boto3.session.Session(region_name="us-east-1")
    sqs, sfn = session.client("sqs"), session.client("stepfunctions", endpoint_url=steploom)
    messages: list[dict[str, str]] = []
    while not messages:
        messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10).get("Messages", [])
    sfn.send_task_success(taskToken=json.loads(messages[0]["Body"])["token"], output='{"tracking": "T-1"}')


if __name__ == "__main__":
    ship("http://127.0.0.1:8083", "http://127.0.0.1:5000/123456789012/shipping")
