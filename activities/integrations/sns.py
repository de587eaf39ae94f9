"""`sns:publish` ("Publish messages to an Amazon SNS topic with Step Functions"); headers and errors as recorded."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized, spellings

SNS: Final = Optimized(
    folder="sns",
    prefix="SNS",
    sdk_name="AmazonSNS",
    base_exception="AmazonSNSException",
    headers=spellings("Content-Length", "Content-Type", "Date", "connection", "x-amzn-RequestId"),
)
