"""Makes what the state machine uses: a table, a bucket, a queue and a topic, wherever boto3 is directed."""

from __future__ import annotations

import boto3


def prepare() -> None:
    """Make everything; the region is us-east-1, as in `input.json`."""
    session = boto3.session.Session(region_name="us-east-1")
    session.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    session.client("s3").create_bucket(Bucket="orders")
    session.client("sqs").create_queue(QueueName="shipping")
    session.client("sns").create_topic(Name="shipped")


if __name__ == "__main__":
    prepare()
