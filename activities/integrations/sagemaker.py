"""`sagemaker:create...Job` and its kin ("Create and manage Amazon SageMaker AI jobs with Step Functions")."""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Optimized
from activities.jobs import Job


def _job(kind: str) -> Job:
    """SageMaker names everything about a kind of job after it."""
    name = f"{kind}Name"
    return Job(
        describe=f"Describe{kind}",
        key=lambda arguments, _: {name: arguments[name]},
        status=(f"{kind}Status",),
        succeeded=frozenset({"Completed"}),
        failed=frozenset({"Failed", "Stopped", "DeleteFailed"}),
        stop=f"Stop{kind}",
    )


_KINDS: Final = ("TrainingJob", "TransformJob", "ProcessingJob", "HyperParameterTuningJob", "LabelingJob")

SAGEMAKER: Final = Optimized(
    folder="sagemaker",
    prefix="SageMaker",
    sdk_name="AmazonSageMaker",
    base_exception="AmazonSageMakerException",
    jobs={f"create{kind}": _job(kind) for kind in _KINDS},
)
