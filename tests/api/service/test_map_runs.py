"""Tests of the operations on map runs, of which there are none."""

from __future__ import annotations

import pytest

from tests.api.service.installation import Installation, execution_arn, machine_arn
from tests.api.service.test_state_machines import refused

MAP_RUN = "arn:aws:states:us-east-1:123456789012:mapRun:m/label:6b0e9c1e-0000-4000-8000-000000000001"


async def test_an_execution_has_none(installation: Installation) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e")
    assert await installation.call("ListMapRuns", executionArn=arn) == {"mapRuns": []}


@pytest.mark.parametrize(
    "arn, code", [(execution_arn("m", "none"), "ExecutionDoesNotExist"), (machine_arn("m"), "InvalidArn")]
)
async def test_no_execution_has_none(installation: Installation, arn: str, code: str) -> None:
    assert (await refused(installation.call("ListMapRuns", executionArn=arn)))[0] == code


async def test_no_page_follows(installation: Installation) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e")
    assert (await refused(installation.call("ListMapRuns", executionArn=arn, nextToken="t")))[0] == "InvalidToken"


@pytest.mark.parametrize("operation", ["DescribeMapRun", "UpdateMapRun"])
@pytest.mark.parametrize("arn, code", [(MAP_RUN, "ResourceNotFound"), (machine_arn("m"), "InvalidArn")])
async def test_none_is_found(installation: Installation, operation: str, arn: str, code: str) -> None:
    assert (await refused(installation.call(operation, mapRunArn=arn)))[0] == code
