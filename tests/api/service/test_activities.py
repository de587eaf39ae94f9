"""Tests of the operations on activities."""

from __future__ import annotations

import asyncio

import pytest

from api.service import activities
from api.service.gateway import ActivityTask
from api.storage.store import Activity
from interpreter.values import JsonValue
from tests.api.service.installation import Installation, machine_arn
from tests.api.service.test_state_machines import NOW, refused

ARN = "arn:aws:states:us-east-1:123456789012:activity:a"
KMS: dict[str, JsonValue] = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}
CALLS = ["DescribeActivity", "GetActivityTask"]


class TestResource:
    async def test_is_created_once(self, installation: Installation) -> None:
        answer = await installation.call("CreateActivity", name="a")
        assert answer == {"activityArn": ARN, "creationDate": NOW}
        installation.clock.move(seconds=1)
        again = await installation.call("CreateActivity", name="a", tags=[{"key": "k", "value": "v"}])
        assert again == answer
        assert await installation.store.get_tags("activity", "a") == {}

    async def test_keeps_its_encryption(self, installation: Installation) -> None:
        encrypted = Activity(name="a", encryption=KMS, created=installation.clock.now)  # by a release that took keys
        await installation.store.create_activity(encrypted, {})
        assert await refused(installation.call("CreateActivity", name="a")) == (
            "ActivityAlreadyExists",
            "Activity already exists. EncryptionConfiguration may not be updated.",
        )

    async def test_takes_no_key(self, installation: Installation) -> None:
        code, message = await refused(installation.call("CreateActivity", name="a", encryptionConfiguration=KMS))
        assert code == "InvalidEncryptionConfiguration"
        assert "steploom has no KMS" in message
        assert await installation.store.get_activity("a") is None

    async def test_is_described(self, installation: Installation) -> None:
        await installation.call("CreateActivity", name="a")
        assert await installation.call("DescribeActivity", activityArn=ARN) == {
            "activityArn": ARN,
            "name": "a",
            "creationDate": NOW,
            "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        }

    @pytest.mark.parametrize("name", ["a b", "a:b", "a/b", "a\x00b", "a{b"])
    async def test_has_a_name_without_special_characters(self, installation: Installation, name: str) -> None:
        assert await refused(installation.call("CreateActivity", name=name)) == (
            "InvalidName",
            f"Invalid Name: '{name}'",
        )

    async def test_is_deleted_also_twice(self, installation: Installation) -> None:
        await installation.call("CreateActivity", name="a")
        for _ in range(2):
            assert await installation.call("DeleteActivity", activityArn=ARN) == {}
        assert await installation.call("ListActivities") == {"activities": []}

    async def test_is_listed_in_pages(self, installation: Installation) -> None:
        for name in ("b", "é", "a"):
            await installation.call("CreateActivity", name=name)
        first = await installation.call("ListActivities", maxResults=2)
        assert first["activities"][0] == {"activityArn": ARN, "name": "a", "creationDate": NOW}
        rest = await installation.call("ListActivities", nextToken=first["nextToken"])
        assert [each["name"] for each in first["activities"] + rest["activities"]] == ["a", "b", "é"]
        assert "nextToken" not in rest

    @pytest.mark.parametrize("operation", CALLS)
    @pytest.mark.parametrize("arn", [ARN, ARN.replace("us-east-1", "eu-west-1")])
    async def test_that_does_not_exist(self, installation: Installation, operation: str, arn: str) -> None:
        refusal = await refused(installation.call(operation, activityArn=arn))
        assert refusal == ("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")

    @pytest.mark.parametrize("operation", [*CALLS, "DeleteActivity"])
    @pytest.mark.parametrize(
        "arn, message",
        [
            ("a", "Invalid Arn: 'Invalid ARN prefix: a'"),
            (machine_arn("m"), "Invalid Arn: 'Resource type not valid in this context: statemachine'"),
        ],
    )
    async def test_that_is_none(self, installation: Installation, operation: str, arn: str, message: str) -> None:
        assert await refused(installation.call(operation, activityArn=arn)) == ("InvalidArn", message)


class TestTasks:
    async def test_are_handed_out(self, installation: Installation) -> None:
        await installation.call("CreateActivity", name="a")
        installation.gateway.activity_tasks[ARN].put_nowait(ActivityTask("t", '{"x": 1}'))
        answer = await installation.call("GetActivityTask", activityArn=ARN, workerName="w")
        assert answer == {"taskToken": "t", "input": '{"x": 1}'}
        assert installation.gateway.polls == [(ARN, "w")]
        await installation.call("SendTaskSuccess", taskToken="t", output="1")
        assert installation.gateway.tasks["t"] == {"output": 1}

    async def test_may_not_come(self, installation: Installation) -> None:
        await installation.call("CreateActivity", name="a")
        assert await installation.call("GetActivityTask", activityArn=ARN) == {}

    async def test_are_asked_for_by_so_many_at_once(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(activities, "_MOST_POLLERS", 1)
        installation.gateway.poll_seconds = 60
        for name in ("a", "b"):
            await installation.call("CreateActivity", name=name)
        poll = asyncio.create_task(installation.call("GetActivityTask", activityArn=ARN))
        await installation.gateway.waiting.wait()
        assert (await refused(installation.call("GetActivityTask", activityArn=ARN)))[0] == (
            "ActivityWorkerLimitExceeded"
        )
        installation.gateway.poll_seconds = 0.01
        assert await installation.call("GetActivityTask", activityArn=ARN[:-1] + "b") == {}
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        assert await installation.call("GetActivityTask", activityArn=ARN) == {}

    async def test_are_given_back(self, installation: Installation) -> None:
        installation.gateway.tasks["t"] = None
        await installation.service.return_activity_task("t")
        assert installation.gateway.returned == ["t"]
        assert (await refused(installation.service.return_activity_task("x")))[0] == "InvalidToken"
