"""Clients of AWS's APIs: kept, and not more than so many."""

from __future__ import annotations

import pytest

import activities.aws_clients
from activities.aws_clients import AwsClients


def test_the_clients_that_were_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activities.aws_clients, "_MOST_CLIENTS", 2)
    made: list[str] = []
    clients = AwsClients("us-east-1", prepare=lambda _, client: made.append(client.meta.region_name))
    for region in ("eu-west-1", "eu-west-2", "eu-west-1", "eu-west-3", "eu-west-1", "eu-west-2"):
        assert clients.client("sqs", region, None).meta.region_name == region
    assert made == ["eu-west-1", "eu-west-2", "eu-west-3", "eu-west-2"]


def test_calls_say_that_they_are_botocores() -> None:
    """As the changelog says; who looks for calls of Tasks in CloudTrail finds them by it."""
    assert AwsClients("us-east-1").client("sqs", None, None).meta.config.user_agent.startswith("Botocore/")
