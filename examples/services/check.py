"""Works for the activity: takes one task as any worker written for AWS does, and answers it."""

from __future__ import annotations

import json

import boto3
from botocore.config import Config

ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:check"


def check(steploom: str) -> None:
    """Answer one task; `steploom` is the URL of the HTTP door."""
    config = Config(read_timeout=70)  # a poll is answered after a minute at the latest
    sfn = boto3.client("stepfunctions", region_name="us-east-1", endpoint_url=steploom, config=config)
    task: dict[str, str] = {}
    while not task.get("taskToken"):
        task = sfn.get_activity_task(activityArn=ACTIVITY, workerName="checker")
    if json.loads(task["input"])["boxes"] < 1:
        sfn.send_task_failure(taskToken=task["taskToken"], error="NothingToCheck")
    else:
        sfn.send_task_success(taskToken=task["taskToken"], output='{"by": "the activity\'s worker"}')


if __name__ == "__main__":
    check("http://127.0.0.1:8083")
