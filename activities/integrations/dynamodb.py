"""`dynamodb:getItem`, `putItem`, `updateItem`, `deleteItem` ("Perform DynamoDB CRUD operations"); as recorded."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized, spellings

DYNAMODB: Final = Optimized(
    folder="dynamodb",
    prefix="DynamoDB",
    sdk_name="AmazonDynamoDBv2",
    base_exception="AmazonDynamoDBException",
    headers=spellings("Connection", "Content-Length", "Content-Type", "Date", "Server", "x-amzn-RequestId"),
)
