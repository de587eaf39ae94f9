"""`glue:startJobRun` ("Start an AWS Glue job with Step Functions"); the job's name joins the run's id in the answer."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Action, Optimized
from activities.jobs import Job

GLUE: Final = Optimized(
    folder="glue",
    prefix="Glue",
    sdk_name="AWSGlue",
    base_exception="AWSGlueException",
    metadata=False,
    actions={"startJobRun": Action(operation="StartJobRun", repeats=("JobName",))},
    jobs={
        "startJobRun": Job(
            describe="GetJobRun",
            key=lambda arguments, answer: {"JobName": arguments["JobName"], "RunId": answer["JobRunId"]},
            subject=("JobRun",),
            status=("JobRunState",),
            succeeded=frozenset({"SUCCEEDED"}),
            failed=frozenset({"FAILED", "ERROR", "TIMEOUT", "STOPPED", "EXPIRED"}),
            stop="BatchStopJobRun",
            stop_key=lambda key: {"JobName": key["JobName"], "JobRunIds": [key["RunId"]]},
        )
    },
)
