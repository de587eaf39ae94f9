"""Ordinary AWS clients for tests: boto3 in threads, aimed at a door on the loopback."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


@dataclass(frozen=True)
class AwsError:
    """What a boto3 program sees of an error."""

    code: str
    message: str
    status: int


class AwsClient:
    """A boto3 client of Step Functions whose calls can be awaited."""

    def __init__(self, endpoint: str) -> None:
        self._client = boto3.client(
            "stepfunctions",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                inject_host_prefix=False,
                parameter_validation=False,  # the server's checks are what is tested
                retries={"total_max_attempts": 1},
                max_pool_connections=20,
            ),
        )

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call an operation by its name in snake case; the answer without its metadata."""
        answer: dict[str, Any] = await asyncio.to_thread(getattr(self._client, operation), **params)
        del answer["ResponseMetadata"]
        return answer

    async def error(self, operation: str, **params: Any) -> AwsError:
        """Call an operation that must be refused."""
        try:
            answer = await self.call(operation, **params)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return AwsError(error.response["Error"]["Code"], error.response["Error"]["Message"], status)
        raise AssertionError(f"{operation} answered {answer}")

    def paginate(self, operation: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of a list, read in this thread."""
        return list(self._client.get_paginator(operation).paginate(**params))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
