"""Tests of the operations on tags."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api.service.installation import Installation, execution_arn, machine_arn
from tests.api.service.test_state_machines import refused

ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:a"
RESOURCES = [machine_arn("m"), ACTIVITY]


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


@pytest_asyncio.fixture
async def tagged(installation: Installation) -> AsyncIterator[Installation]:
    """An installation with a state machine and an activity, each with the tag `k`."""
    await installation.create("m", publish=True, tags=tags(k="v"))
    await installation.call("CreateActivity", name="a", tags=tags(k="v"))
    yield installation


async def listed(installation: Installation, arn: str) -> Any:
    return (await installation.call("ListTagsForResource", resourceArn=arn))["tags"]


@pytest.mark.parametrize("arn", RESOURCES)
class TestResources:
    async def test_list_the_tags_of_their_creation(self, tagged: Installation, arn: str) -> None:
        assert await listed(tagged, arn) == tags(k="v")

    async def test_are_tagged_and_untagged(self, tagged: Installation, arn: str) -> None:
        assert await tagged.call("TagResource", resourceArn=arn, tags=tags(k="w", l="")) == {}
        assert await listed(tagged, arn) == tags(k="w", l="")
        assert await tagged.call("UntagResource", resourceArn=arn, tagKeys=["k", "none"]) == {}
        assert await listed(tagged, arn) == tags(l="")
        await tagged.call("UntagResource", resourceArn=arn, tagKeys=["l"])
        assert await listed(tagged, arn) == []

    async def test_take_empty_lists(self, tagged: Installation, arn: str) -> None:
        assert await tagged.call("TagResource", resourceArn=arn, tags=[]) == {}
        assert await tagged.call("UntagResource", resourceArn=arn, tagKeys=[]) == {}
        assert await listed(tagged, arn) == tags(k="v")

    async def test_take_fifty_tags(self, tagged: Installation, arn: str) -> None:
        await tagged.call("TagResource", resourceArn=arn, tags=tags(**{f"x{number}": "v" for number in range(49)}))
        call = tagged.call("TagResource", resourceArn=arn, tags=tags(y="v"))
        assert (await refused(call))[0] == "TooManyTags"
        assert len(await listed(tagged, arn)) == 50


@pytest.mark.parametrize(
    "operation, params",
    [("TagResource", {"tags": []}), ("UntagResource", {"tagKeys": []}), ("ListTagsForResource", {})],
)
@pytest.mark.parametrize(
    "arn, code",
    [
        (machine_arn("none"), "ResourceNotFound"),
        (machine_arn("m:1"), "ResourceNotFound"),
        (ACTIVITY + "b", "ResourceNotFound"),
        (execution_arn("m", "e"), "InvalidArn"),
        ("a", "InvalidArn"),
    ],
)
async def test_what_has_no_tags(
    tagged: Installation, operation: str, params: dict[str, Any], arn: str, code: str
) -> None:
    refusal = await refused(tagged.call(operation, resourceArn=arn, **params))
    assert refusal[0] == code
    if code == "ResourceNotFound":
        assert refusal[1] == f"Resource not found: '{arn}'"
