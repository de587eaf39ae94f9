"""`sqs:sendMessage` ("Send messages to an Amazon SQS queue with Step Functions"); headers and errors as recorded.

Step Functions goes where the queue's URL points. Here the configured endpoint is called, since stand-ins name
themselves in their own way; what remains is that AWS's URLs choose their region, and that the URL's host must exist.
"""

from __future__ import annotations

import re
import socket
from typing import Final
from urllib.parse import urlsplit

from activities.integrations.optimized import Arguments, Optimized, spellings

_AWS_HOST: Final = re.compile(r"(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?")

_KNOWN: Final = frozenset(
    {
        "DelaySeconds",
        "MessageAttributes",
        "MessageBody",
        "MessageDeduplicationId",
        "MessageGroupId",
        "MessageSystemAttributes",
        "QueueUrl",
    }
)
"""Those of SendMessage; others are dropped (recorded). Kept as data, as workflows load no model of an API."""


class NoSuchHost(OSError):
    """The host of a queue's URL does not exist; `host` and `reason` say more."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


def queue_region(arguments: Arguments) -> str | None:
    """The region of the queue, where its URL tells.

    Raises:
        NoSuchHost: the URL's host has no address.
    """
    url = arguments.get("QueueUrl")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        return None
    host = _host(url)
    if match := _AWS_HOST.fullmatch(host):
        return match[1] or match[2]
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError) as error:
        raise NoSuchHost(host, getattr(error, "strerror", None) or str(error)) from None
    return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        raise NoSuchHost(url, "not a URL") from None


SQS: Final = Optimized(
    folder="sqs",
    prefix="SQS",
    sdk_name="AmazonSQS",
    base_exception="AmazonSQSException",
    headers=spellings("Content-Length", "Content-Type", "Date", "connection", "x-amzn-RequestId"),
    region=queue_region,
    known=_KNOWN,
)
