"""`databrew:startJobRun` ("Start AWS Glue DataBrew jobs with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job

DATABREW: Final = Optimized(
    folder="databrew",
    prefix="DataBrew",
    sdk_name="AWSGlueDataBrew",
    base_exception="AWSGlueDataBrewException",
    metadata=False,
    jobs={
        "startJobRun": Job(
            describe="DescribeJobRun",
            key=lambda arguments, answer: {"Name": arguments["Name"], "RunId": answer["RunId"]},
            status=("State",),
            succeeded=frozenset({"SUCCEEDED"}),
            failed=frozenset({"FAILED", "STOPPED", "TIMEOUT"}),
            stop="StopJobRun",
        )
    },
)
