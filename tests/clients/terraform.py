"""Terraform's provider as far as its requests go: what the AWS SDK for Go sends, signed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.clients.keys import ANY, Key

AGENT = "APN/1.0 HashiCorp/1.0 Terraform/1.14.0 terraform-provider-aws/6.20.0 aws-sdk-go-v2/1.40.0 api/sfn#1.40.0"


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.code = str(body.get("__type"))


class Provider:
    """Sends what the AWS SDK for Go sends."""

    def __init__(self, endpoint: str, key: Key = ANY) -> None:
        self._endpoint = endpoint
        self._credentials = Credentials(key.id, key.secret)
        self._address = urlsplit(endpoint).netloc

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        body = json.dumps(params)
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AWSStepFunctions.{operation}",
            "User-Agent": AGENT,
            "Amz-Sdk-Invocation-Id": str(uuid4()),
            "Amz-Sdk-Request": "attempt=1; max=25",
            "Accept-Encoding": "identity",
        }
        request = AWSRequest("POST", f"{self._endpoint}/", headers, body.encode())
        SigV4Auth(self._credentials, "states", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self._address, timeout=60)
        try:
            connection.request("POST", "/", body, dict(request.headers))
            answer = connection.getresponse()
            read: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise Refused(answer.status, read)
        return read

    def error(self, operation: str, **params: Any) -> str:
        """The code of a call that must be refused."""
        with pytest.raises(Refused) as refused:
            self.call(operation, **params)
        return refused.value.code

    # ------------------------------------------------------------------ aws_sfn_state_machine

    def read(self, arn: str) -> dict[str, Any]:
        """A refresh of the resource."""
        described = self.call("DescribeStateMachine", stateMachineArn=arn)
        versions = self.call("ListStateMachineVersions", stateMachineArn=arn)["stateMachineVersions"]
        tags = self.call("ListTagsForResource", resourceArn=arn)["tags"]
        return {
            **described,
            "versions": [version["stateMachineVersionArn"] for version in versions],
            "tags": {tag["key"]: tag["value"] for tag in tags},
        }

    def is_gone(self, arn: str) -> Callable[[], bool]:
        """What the wait for a deletion asks."""

        def look() -> bool:
            try:
                status = self.call("DescribeStateMachine", stateMachineArn=arn)["status"]
            except Refused as refused:
                if refused.code != "StateMachineDoesNotExist":
                    raise
                return True
            assert status == "DELETING"
            return False

        return look
