"""`states:startExecution.sync` where the execution is no child: it was there already, under the same name and input.

It is watched and stopped through the API, as any job; nested executions in general are `activities.nested_executions`.
"""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job
from activities.nested_executions import PREFIX, SDK_NAME, SHOWN

STATES: Final = Optimized(
    folder="stepfunctions",
    prefix=PREFIX,
    sdk_name=SDK_NAME,
    base_exception="AWSStepFunctionsException",
    jobs={
        "startExecution": Job(
            describe="DescribeExecution",
            key=lambda _, answer: {"ExecutionArn": answer["ExecutionArn"]},
            status=("Status",),
            succeeded=frozenset({"SUCCEEDED"}),
            failed=frozenset({"FAILED", "TIMED_OUT", "ABORTED"}),
            shown=frozenset(SHOWN),
            stop="StopExecution",
        )
    },
)
