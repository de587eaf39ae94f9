"""Task resources: the grammar of the `Resource` field, and the question which of them can be run.

Grammar: Step Functions developer guide, "Integrating services"; what each form means stands in the model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final, Protocol

from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import (
    ActivityResource,
    LambdaFunctionResource,
    ServiceResource,
    TaskPattern,
    TaskResource,
)

SERVICE_PREFIX: Final = "arn:aws:states:::"

_PARTITION: Final = r"arn:aws(?:-[a-z]+)*"
_LAMBDA: Final = re.compile(
    _PARTITION + r":lambda:[a-z0-9-]+:[A-Za-z0-9-]+:function:[A-Za-z0-9_-]{1,140}(?::[A-Za-z0-9$_-]{1,128})?"
)
_ACTIVITY: Final = re.compile(
    _PARTITION + r":states:[a-z0-9-]+:[0-9]{12}:activity:[^\s:/<>{}\[\]?*\"#%\\^|~`$&,;]{1,80}"
)
_SERVICE: Final = re.compile(
    _PARTITION
    + r":states:::(?P<service>aws-sdk:[a-z0-9-]+|[a-z0-9-]+)"
    + r":(?P<action>[A-Za-z0-9]+)(?P<pattern>\.sync:2|\.sync|\.waitForTaskToken|)"
)


class ResourceCatalog(Protocol):
    """Knows which resources there are, and what they take."""

    def has(self, resource: TaskResource) -> bool:
        """Whether there is such a resource."""
        ...

    def requires_arguments(self, resource: TaskResource) -> bool:
        """Whether a Task of the resource must have Parameters or Arguments."""
        ...

    def check_arguments(self, resource: TaskResource, arguments: Known) -> Iterable[ArgumentFault]:
        """What is wrong with the arguments of a resource that there is, as far as the definition tells."""
        ...

    def candidates(self, name: str) -> tuple[str, Collection[str]]:
        """What the unknown `name` behind `SERVICE_PREFIX` may have been meant to be: for hints.

        A part at its beginning that is right, and what there is to go on with, such as `sqs:sendMessage`.
        """
        ...


def parse_resource(arn: str) -> TaskResource | None:
    """The resource that `arn` names, or None where it is of no known form."""
    if _LAMBDA.fullmatch(arn):
        return LambdaFunctionResource(arn)
    if _ACTIVITY.fullmatch(arn):
        return ActivityResource(arn)
    if match := _SERVICE.fullmatch(arn):
        return ServiceResource(arn, match["service"], match["action"], TaskPattern(match["pattern"]))
    return None
