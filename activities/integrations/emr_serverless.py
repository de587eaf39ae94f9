"""`emr-serverless:startJobRun` and its kin ("Create and manage Amazon EMR Serverless applications")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job, Key


def _application(key: Key, *succeeded: str) -> Job:
    """A change of an application, done when it has reached one of the states."""
    states = frozenset(succeeded)
    return Job(
        describe="GetApplication",
        key=key,
        subject=("Application",),
        status=("State",),
        succeeded=states,
        failed=frozenset({"TERMINATED"}) - states,
    )


_NEW: Final[Key] = lambda _, answer: {"ApplicationId": answer["ApplicationId"]}  # noqa: E731 - data
_NAMED: Final[Key] = lambda arguments, _: {"ApplicationId": arguments["ApplicationId"]}  # noqa: E731 - data

EMR_SERVERLESS: Final = Optimized(
    folder="emr-serverless",
    prefix="EMRServerless",
    sdk_name="AmazonEMRServerless",
    base_exception="AmazonEMRServerlessException",
    metadata=False,
    jobs={
        "startJobRun": Job(
            describe="GetJobRun",
            key=lambda _, answer: {"ApplicationId": answer["ApplicationId"], "JobRunId": answer["JobRunId"]},
            subject=("JobRun",),
            status=("State",),
            succeeded=frozenset({"SUCCESS"}),
            failed=frozenset({"FAILED", "CANCELLED"}),
            stop="CancelJobRun",
        ),
        "cancelJobRun": Job(
            describe="GetJobRun",
            key=lambda arguments, _: {name: arguments[name] for name in ("ApplicationId", "JobRunId")},
            subject=("JobRun",),
            status=("State",),
            succeeded=frozenset({"CANCELLED"}),
            failed=frozenset({"SUCCESS", "FAILED"}),  # it had ended before
        ),
        "createApplication": _application(_NEW, "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"),
        "startApplication": _application(_NAMED, "STARTED"),
        "stopApplication": _application(_NAMED, "STOPPED"),
        "deleteApplication": _application(_NAMED, "TERMINATED"),
    },
)
