"""The look-up of activities, as the Temporal activity that workflows ask."""

from __future__ import annotations

import pytest
from temporalio.testing import ActivityEnvironment

from activities.integrations.activity_look_up import ActivityLookUp


class Known:
    """A catalogue of one activity."""

    async def exists(self, activity_arn: str) -> bool:
        return activity_arn == "known"


@pytest.mark.parametrize("arn, exists", [("known", True), ("unknown", False)])
async def test_answers_whether_there_is_one(arn: str, exists: bool) -> None:
    assert await ActivityEnvironment().run(ActivityLookUp(Known()).exists, {"arn": arn}) is exists
