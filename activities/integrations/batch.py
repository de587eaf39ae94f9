"""`batch:submitJob` ("Run AWS Batch workloads with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import STOPPED, Job, first

BATCH: Final = Optimized(
    folder="batch",
    prefix="Batch",
    sdk_name="AWSBatch",
    base_exception="BatchException",
    jobs={
        "submitJob": Job(
            describe="DescribeJobs",
            key=lambda _, answer: {"Jobs": [answer["JobId"]]},
            subject=("Jobs", 0),
            status=("Status",),
            succeeded=frozenset({"SUCCEEDED"}),
            failed=frozenset({"FAILED"}),
            stop="TerminateJob",
            stop_key=lambda key: {"JobId": first(key["Jobs"]), "Reason": STOPPED},
        )
    },
)
