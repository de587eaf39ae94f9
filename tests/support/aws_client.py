"""Ordinary AWS clients for tests: boto3 in threads, aimed at a door on the loopback."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
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
    """A boto3 client of Step Functions, or another API, whose calls can be awaited; its threads are not the door's."""

    def __init__(self, endpoint: str, api: str = "stepfunctions") -> None:
        self._threads = ThreadPoolExecutor(max_workers=20)
        self._client = boto3.client(  # type: ignore[call-overload]  # any name
            api,
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

    def add_header(self, name: str, value: str) -> None:
        """Have every call carry a header."""
        self._client.meta.events.register("before-call", lambda params, **_: params["headers"].update({name: value}))

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call an operation by its name in snake case; the answer without its metadata."""
        method = functools.partial(getattr(self._client, operation), **params)
        answer: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(self._threads, method)
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

    async def pages(self, operation: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of a list, as boto3's paginator reads them."""
        pages: Iterable[dict[str, Any]] = self._client.get_paginator(operation).paginate(**params)
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: list(pages))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self._threads.shutdown()
