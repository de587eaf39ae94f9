"""`mediaconvert:createJob` ("Create AWS Elemental MediaConvert jobs with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job, at

MEDIACONVERT: Final = Optimized(
    folder="mediaconvert",
    prefix="MediaConvert",
    sdk_name="AWSMediaConvert",
    base_exception="AWSMediaConvertException",
    metadata=False,
    jobs={
        "createJob": Job(
            describe="GetJob",
            key=lambda _, answer: {"Id": at(dict(answer), ("Job", "Id"))},
            subject=("Job",),
            status=("Status",),
            succeeded=frozenset({"COMPLETE"}),
            failed=frozenset({"ERROR", "CANCELED"}),
            wrapped="Job",
            stop="CancelJob",
        )
    },
)
