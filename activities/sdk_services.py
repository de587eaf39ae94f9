"""Which `aws-sdk:<service>:<action>` resources exist, as botocore's service models tell.

The service segment is the AWS SDK for Java v2's client name in lower case ("Learning to use AWS service SDK
integrations"), which is botocore's folder name but for those in `_FOLDERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from activities.service_models import model_loader

_FOLDERS: Final = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Where Java's client name and botocore's folder differ by more than hyphens."""

_OTHERWISE_CALLED: Final = frozenset(_FOLDERS.values())
"""Folders that are reached under Java's name alone: `aws-sdk:events` is no service, `aws-sdk:eventbridge` is one."""

_CALLED: Final = {folder.replace("-", ""): service for service, folder in _FOLDERS.items()}

_NOT_CALLABLE: Final = frozenset(
    {
        ("comprehendmedical", "detectEntities"),
        ("efs", "createTags"),
        ("emr", "describeJobFlows"),
        ("iotdeviceadvisor", "listTestCases"),
        ("kinesis", "subscribeToShard"),
        ("lambda", "invokeAsync"),
        ("lexruntimev2", "startConversation"),
        ("mediapackage", "rotateChannelCredentials"),
        ("rds", "executeSql"),
        ("s3", "selectObjectContent"),
        ("shield", "deleteSubscription"),
    }
)
"""Actions that exist but are refused ("Unsupported API actions for supported services")."""


def sdk_action_exists(service: str, action: str) -> bool:
    """Whether `aws-sdk:<service>:<action>` names an action that Step Functions can call, `action` in camelCase."""
    if (service, action) in _NOT_CALLABLE:
        return False
    folder = sdk_folder(service)
    return folder is not None and action in _actions(folder)


def sdk_actions(service: str) -> list[str]:
    """The actions of `aws-sdk:<service>` that Step Functions can call, in camelCase; none where there is no such."""
    folder = sdk_folder(service)
    actions = () if folder is None else sorted(_actions(folder))
    return [action for action in actions if (service, action) not in _NOT_CALLABLE]


def sdk_service_called(name: str) -> str | None:
    """What a service that botocore and the AWS CLI call `name` is called in resources, where that is something else."""
    called = _CALLED.get(name)
    return None if called == name else called


def sdk_folder(service: str) -> str | None:
    """Botocore's folder for the service of `aws-sdk:<service>:...`, None where there is none."""
    return _FOLDERS.get(service) or _hyphenated().get(service)


@cache
def _hyphenated() -> dict[str, str]:
    folders = model_loader().list_available_services("service-2")
    return {folder.replace("-", ""): folder for folder in folders if folder not in _OTHERWISE_CALLED}


@cache
def _actions(folder: str) -> frozenset[str]:
    model = model_loader().load_service_model(folder, "service-2")
    streams = {name for name, shape in model["shapes"].items() if shape.get("eventstream")}
    return frozenset(
        name[:1].lower() + name[1:]
        for name, operation in model["operations"].items()
        if not _is_streaming(operation, model["shapes"], streams)
    )


def _is_streaming(operation: Mapping[str, Any], shapes: Mapping[str, Any], streams: set[str]) -> bool:
    """Whether an operation sends or answers a stream of events, which no state could take."""
    ends = (operation[end]["shape"] for end in ("input", "output") if end in operation)
    return any(member["shape"] in streams for end in ends for member in shapes[end].get("members", {}).values())
