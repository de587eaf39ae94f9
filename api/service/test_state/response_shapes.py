"""Which API's answer a Task's result is: the shapes that a mocked result is checked against.

A job's mock is checked against the answer of the API that tells how the job is getting on. Resources whose result is
not an API's answer as it stands (HTTP, API Gateway, EKS calls, Lambda function ARNs, activities, and callbacks, whose
result is whatever is sent with the token) have no shape.
"""

from __future__ import annotations

from typing import Final

from botocore.model import StructureShape

from activities.integrations.aws_sdk import SEGMENT
from activities.integrations.aws_shapes import Spelling, pascal_case
from activities.java_names import member_name
from activities.sdk_services import sdk_folder
from api.service.model import service_model
from interpreter.definition.model import ServiceResource, TaskPattern, TaskResource

_FOLDERS: Final = {
    "athena": "athena",
    "batch": "batch",
    "bedrock": "bedrock",
    "codebuild": "codebuild",
    "databrew": "databrew",
    "dynamodb": "dynamodb",
    "ecs": "ecs",
    "emr-containers": "emr-containers",
    "emr-serverless": "emr-serverless",
    "events": "events",
    "glue": "glue",
    "lambda": "lambda",
    "mediaconvert": "mediaconvert",
    "sagemaker": "sagemaker",
    "sns": "sns",
    "sqs": "sqs",
    "states": "stepfunctions",
}
"""Optimized services whose actions are their API's operations, and botocore's folder of each."""

_ELSEWHERE: Final = {("bedrock", "invokeModel"): "bedrock-runtime"}

_POLLED: Final = {
    ("athena", "startQueryExecution"): "GetQueryExecution",
    ("batch", "submitJob"): None,  # the one job of DescribeJobs, not its answer
    ("bedrock", "createModelCustomizationJob"): "GetModelCustomizationJob",
    ("codebuild", "startBuild"): None,
    ("codebuild", "startBuildBatch"): None,
    ("codebuild", "retryBuildBatch"): None,
    ("databrew", "startJobRun"): "DescribeJobRun",
    ("ecs", "runTask"): None,
    ("emr-containers", "deleteVirtualCluster"): "DescribeVirtualCluster",
    ("emr-containers", "startJobRun"): "DescribeJobRun",
    ("emr-serverless", "createApplication"): "GetApplication",
    ("emr-serverless", "deleteApplication"): "GetApplication",
    ("emr-serverless", "startApplication"): "GetApplication",
    ("emr-serverless", "startJobRun"): "GetJobRun",
    ("emr-serverless", "stopApplication"): "GetApplication",
    ("glue", "startJobRun"): "GetJobRun",
    ("mediaconvert", "createJob"): "GetJob",
    ("sagemaker", "createHyperParameterTuningJob"): "DescribeHyperParameterTuningJob",
    ("sagemaker", "createLabelingJob"): "DescribeLabelingJob",
    ("sagemaker", "createProcessingJob"): "DescribeProcessingJob",
    ("sagemaker", "createTrainingJob"): "DescribeTrainingJob",
    ("sagemaker", "createTransformJob"): "DescribeTransformJob",
    ("states", "startExecution"): "DescribeExecution",
}


def response_shape(resource: TaskResource) -> StructureShape | None:
    """The shape of the API's answer, None where there is none to check against."""
    if not isinstance(resource, ServiceResource) or resource.pattern is TaskPattern.WAIT_FOR_TASK_TOKEN:
        return None
    if resource.service.startswith(SEGMENT):
        folder = sdk_folder(resource.service.removeprefix(SEGMENT))
        operation: str | None = pascal_case(resource.action)
    else:
        folder = _ELSEWHERE.get((resource.service, resource.action)) or _FOLDERS.get(resource.service)
        operation = _operation(resource)
    if folder is None or operation is None:
        return None
    return _output_shape(folder, operation)


def spelling_of(resource: TaskResource) -> Spelling:
    """How a result of the resource spells its members."""
    is_sdk = isinstance(resource, ServiceResource) and resource.service.startswith(SEGMENT)
    return member_name if is_sdk else pascal_case


def _operation(resource: ServiceResource) -> str | None:
    if resource.pattern in (TaskPattern.SYNC, TaskPattern.SYNC_2):
        return _POLLED.get((resource.service, resource.action))
    return pascal_case(resource.action)


def _output_shape(folder: str, operation: str) -> StructureShape | None:
    model = service_model(folder)
    return model.operation_model(operation).output_shape if operation in model.operation_names else None
