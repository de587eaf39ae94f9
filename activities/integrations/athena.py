"""`athena:startQueryExecution` and its kin ("Run Athena queries with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job

ATHENA: Final = Optimized(
    folder="athena",
    prefix="Athena",
    sdk_name="AmazonAthena",
    base_exception="AmazonAthenaException",
    metadata=False,
    jobs={
        "startQueryExecution": Job(
            describe="GetQueryExecution",
            key=lambda _, answer: {"QueryExecutionId": answer["QueryExecutionId"]},
            status=("QueryExecution", "Status", "State"),
            succeeded=frozenset({"SUCCEEDED"}),
            failed=frozenset({"FAILED", "CANCELLED"}),
            stop="StopQueryExecution",
        )
    },
)
