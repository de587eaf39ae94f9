"""`emr-containers:startJobRun` and its kin ("Create and manage Amazon EMR clusters on EKS with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job

EMR_CONTAINERS: Final = Optimized(
    folder="emr-containers",
    prefix="EMRContainers",
    sdk_name="AmazonEMRContainers",
    base_exception="AmazonEMRContainersException",
    metadata=False,
    jobs={
        "startJobRun": Job(
            describe="DescribeJobRun",
            key=lambda _, answer: {"Id": answer["Id"], "VirtualClusterId": answer["VirtualClusterId"]},
            subject=("JobRun",),
            status=("State",),
            succeeded=frozenset({"COMPLETED"}),
            failed=frozenset({"FAILED", "CANCELLED"}),
            stop="CancelJobRun",
        ),
        "deleteVirtualCluster": Job(
            describe="DescribeVirtualCluster",
            key=lambda arguments, _: {"Id": arguments["Id"]},
            subject=("VirtualCluster",),
            status=("State",),
            succeeded=frozenset({"TERMINATED"}),
            failed=frozenset({"ARRESTED"}),
        ),
    },
)
