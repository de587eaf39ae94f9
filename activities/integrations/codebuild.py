"""`codebuild:startBuild` and its kin ("Manage AWS CodeBuild builds with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job, at, first


def _job(what: str, several: str) -> Job:
    """Builds and batches of builds are described and stopped alike."""
    return Job(
        describe=f"BatchGet{several}",
        key=lambda _, answer: {"Ids": [at(dict(answer), (what, "Id"))]},
        subject=(several, 0),
        status=(f"{what}Status",),
        succeeded=frozenset({"SUCCEEDED"}),
        failed=frozenset({"FAILED", "FAULT", "STOPPED", "TIMED_OUT"}),
        wrapped=what,
        stop=f"Stop{what}",
        stop_key=lambda key: {"Id": first(key["Ids"])},
    )


_BUILD: Final = _job("Build", "Builds")
_BATCH: Final = _job("BuildBatch", "BuildBatches")

CODEBUILD: Final = Optimized(
    folder="codebuild",
    prefix="CodeBuild",
    sdk_name="AWSCodeBuild",
    base_exception="AWSCodeBuildException",
    metadata=False,
    jobs={"startBuild": _BUILD, "startBuildBatch": _BATCH, "retryBuildBatch": _BATCH},
)
