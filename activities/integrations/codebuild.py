"""`codebuild:startBuild` and its kin ("Manage AWS CodeBuild builds with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job, at, first

_FAILED: Final = frozenset({"FAILED", "FAULT", "STOPPED", "TIMED_OUT"})

_BUILD: Final = Job(
    describe="BatchGetBuilds",
    key=lambda _, answer: {"Ids": [at(dict(answer), ("Build", "Id"))]},
    subject=("Builds", 0),
    status=("BuildStatus",),
    succeeded=frozenset({"SUCCEEDED"}),
    failed=_FAILED,
    wrapped="Build",
    stop="StopBuild",
    stop_key=lambda key: {"Id": first(key["Ids"])},
)

_BATCH: Final = Job(
    describe="BatchGetBuildBatches",
    key=lambda _, answer: {"Ids": [at(dict(answer), ("BuildBatch", "Id"))]},
    subject=("BuildBatches", 0),
    status=("BuildBatchStatus",),
    succeeded=frozenset({"SUCCEEDED"}),
    failed=_FAILED,
    wrapped="BuildBatch",
    stop="StopBuildBatch",
    stop_key=lambda key: {"Id": first(key["Ids"])},
)

CODEBUILD: Final = Optimized(
    folder="codebuild",
    prefix="CodeBuild",
    sdk_name="AWSCodeBuild",
    base_exception="AWSCodeBuildException",
    metadata=False,
    jobs={"startBuild": _BUILD, "startBuildBatch": _BATCH, "retryBuildBatch": _BATCH},
)
