"""Calls of AWS's APIs as Tasks make them, without an activity around them."""

from __future__ import annotations

from typing import Any

from activities.aws_calls import AwsCall
from activities.integrations.aws_service import AwsService


async def call_aws(service: str, action: str, arguments: dict[str, Any]) -> Any:
    """The answer of a service that botocore finds, as a state sees it. Raises: StatesError."""
    call = AwsCall(service=service, action=action, arguments=arguments)
    return await AwsService("us-east-1").call(call.to_json(), "S-1", None, None)
