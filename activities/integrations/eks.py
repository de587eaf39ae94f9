"""`eks:createCluster` and its kin ("Create and manage Amazon EKS clusters with Step Functions").

What is asked of a cluster's own Kubernetes API (`eks:call`, `eks:runJob`) is in `eks_kubernetes`.
"""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job, Key

_NOT_FOUND: Final = "ResourceNotFoundException"


def _created(what: str, key: Key) -> Job:
    return Job(
        describe=f"Describe{what}",
        key=key,
        subject=(what,),
        status=("Status",),
        succeeded=frozenset({"ACTIVE"}),
        failed=frozenset({"FAILED", "CREATE_FAILED", "DEGRADED", "DELETING", "DELETE_FAILED"}),
        wrapped=what,
    )


def _deleted(what: str, key: Key) -> Job:
    return Job(
        describe=f"Describe{what}",
        key=key,
        subject=(what,),
        status=("Status",),
        succeeded=frozenset(),
        failed=frozenset({"FAILED", "DELETE_FAILED"}),
        wrapped=what,
        gone=_NOT_FOUND,
    )


def _key(*names: str) -> Key:
    return lambda arguments, _: {name: arguments[name] for name in names}


_CLUSTER: Final = _key("Name")
_NODEGROUP: Final = _key("ClusterName", "NodegroupName")
_PROFILE: Final = _key("ClusterName", "FargateProfileName")

EKS: Final = Optimized(
    folder="eks",
    prefix="EKS",
    sdk_name="AmazonEKS",
    base_exception="AmazonEKSException",
    metadata=False,
    jobs={
        "createCluster": _created("Cluster", _CLUSTER),
        "deleteCluster": _deleted("Cluster", _CLUSTER),
        "createNodegroup": _created("Nodegroup", _NODEGROUP),
        "deleteNodegroup": _deleted("Nodegroup", _NODEGROUP),
        "createFargateProfile": _created("FargateProfile", _PROFILE),
        "deleteFargateProfile": _deleted("FargateProfile", _PROFILE),
    },
)
