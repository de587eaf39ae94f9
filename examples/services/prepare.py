"""Makes what the state machine uses, and prints its input.

A table, a bucket, a queue and a topic, wherever boto3 is directed; in steploom a connection, an activity and the state
machine that packs.
"""

from __future__ import annotations

import json
from pathlib import Path

import boto3

HERE = Path(__file__).parent
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/shop"
KEY = "sesame"  # what the endpoint of ../http-endpoint lets in


def prepare_aws() -> None:
    """Make what is AWS's."""
    session = boto3.session.Session(region_name=REGION)
    session.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    session.client("s3").create_bucket(Bucket="orders")
    session.client("sqs").create_queue(QueueName="shipping")
    session.client("sns").create_topic(Name="shipped")


def prepare_steploom(steploom: str) -> str:
    """Make what is steploom's, at the URL of its HTTP door; the connection's ARN."""
    session = boto3.session.Session(region_name=REGION)
    sfn = session.client("stepfunctions", endpoint_url=steploom)
    sfn.create_activity(name="check")
    sfn.create_state_machine(name="packing", definition=(HERE / "packing.asl.json").read_text(), roleArn=ROLE)
    connection = session.client("events", endpoint_url=steploom).create_connection(
        Name="prices",
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": KEY}},
    )
    return str(connection["ConnectionArn"])


if __name__ == "__main__":
    prepare_aws()
    made = json.loads((HERE / "input.json").read_text())
    made["prices"]["connection"] = prepare_steploom("http://127.0.0.1:8083")
    print(json.dumps(made))
