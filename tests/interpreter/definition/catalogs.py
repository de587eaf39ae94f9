"""Catalogues of resources for tests of definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import TaskResource
from interpreter.definition.resources import ResourceSupport


@dataclass(frozen=True, slots=True)
class FixedCatalog:
    """Supports every resource but those named."""

    not_yet: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def check(self, resource: TaskResource) -> ResourceSupport:
        if resource.arn in self.unknown:
            return ResourceSupport.UNKNOWN
        return ResourceSupport.NOT_YET if resource.arn in self.not_yet else ResourceSupport.SUPPORTED

    def check_arguments(self, resource: TaskResource, arguments: Known) -> Iterable[ArgumentFault]:
        return ()

    def candidates(self, name: str) -> tuple[str, Collection[str]]:
        return "", (
            "lambda:invoke",
            "lambda:invoke.waitForTaskToken",
            "dynamodb:putItem",
            "dynamodb:getItem",
            "sqs:sendMessage",
        )


TEST_CATALOG = FixedCatalog(
    not_yet=frozenset({"arn:aws:states:::sqs:sendMessage", "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}),
    unknown=frozenset({"arn:aws:states:::dynamodb:query"}),
)
